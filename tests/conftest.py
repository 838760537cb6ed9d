"""What every room's tests may ask for: an open store, on SQLite or, where a server is named, on PostgreSQL."""

import asyncio
import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from mailer.gateways.smtp import connection
from mailer.pipeline import maillog
from mailer.pipeline.trouble_log import TroubleLog
from mailer.store import Store
from tests.certificates import Authority, an_authority
from tests.club import empty_database
from tests.leaping_loop import LeapingLoop
from tests.spared import spare

# No deadline: the machines that run this are shared, and a slow one proves nothing.
settings.register_profile("mailer", deadline=None)
settings.load_profile("mailer")
spare()

# Taken out of the environment: for the service itself it would be a setting that it does not know.
POSTGRES = os.environ.pop("MAILER_TESTS_POSTGRES", "") or os.environ.get("TESTS_POSTGRES", "")
os.environ["TESTS_POSTGRES"] = POSTGRES  # for the further processes of a run on all cores
DATABASES = ["postgresql"] if POSTGRES else ["sqlite"]
# A file system in memory, and the octets that it must have free to be used.
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3
SEED = Path(__file__).parents[2] / "shared" / "seed"

_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The club over which tests/growth counts: `make growth` names a larger one."""
    parser.addoption(
        "--people", type=int, default=60, help="the people of the club in tests/growth, and eight times as many"
    )


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The event loop of a test: a leaping one where it is marked so."""
    return {"loop": LeapingLoop if item.get_closest_marker("leaping") else asyncio.new_event_loop}


def pytest_configure() -> None:
    """The files of tests are in memory where there is room: nearly every test commits, and a disk lets it wait each time."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish() -> None:
    """The tests that were collected are garbage at no time: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_freezing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaping loop is never frozen: its own time is the only one."""
    if request.node.get_closest_marker("leaping"):
        monkeypatch.setattr(connection, "elapsed", lambda: asyncio.get_running_loop().time())


@pytest.fixture(autouse=True)
def no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """The troubles of the machine that an earlier test has shown are over."""
    monkeypatch.setattr(maillog, "troubles", TroubleLog())


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new, empty store."""
    (tmp_path / "mailer.db").write_bytes(empty_database())
    url = "sqlite:///mailer.db" if request.param == "sqlite" else request.getfixturevalue("postgres_schema")
    opened = Store.open(url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def postgres_schema() -> Iterator[str]:
    """The URL of a new schema in the database that MAILER_TESTS_POSTGRES names; it is dropped afterwards."""
    name = f"mailer_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    url = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={name}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(scope="session")
def seed() -> Path:
    """The folder with a real issue and register, which stands beside the project and is no part of it."""
    if not SEED.is_dir():
        pytest.skip("../shared/seed is not there")
    return SEED


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority with a good certificate for this machine, and bad ones."""
    return an_authority(tmp_path_factory.mktemp("authority"))
