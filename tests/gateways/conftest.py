"""A certificate authority made for the tests, and a relay's certificate signed by it."""

import pytest

from tests.certificates import Authority, an_authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("authority"))
