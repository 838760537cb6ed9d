"""An old config.toml with keys that have no effect any more still loads, and the keys are named."""

import pytest

from mailer.config import load_config
from mailer.config.retired import RETIRED
from mailer.domain.errors import BadInput


@pytest.fixture
def read(tmp_path):
    """Reads a config.toml of these words."""

    def load(words):
        file = tmp_path / "config.toml"
        file.write_text(words)
        return load_config(file)

    return load


@pytest.mark.parametrize(("section", "key"), [(name, key) for name, keys in RETIRED.items() for key in sorted(keys)])
def test_a_retired_key_loads_whatever_it_says_and_is_named(read, section, key):
    config = read(f"[{section}]\n{key} = 'whatever'\n")
    assert config.retired == (f"[{section}] {key}",)


def test_all_of_them_are_named_in_the_order_of_the_file(read):
    config = read("[holds]\nquiet_days = 7\naddress_issues = 2\n[delivery]\nretry_minutes = 1\ndead_share = 0.1\n")
    assert config.retired == ("[holds] quiet_days", "[holds] address_issues", "[delivery] dead_share")
    assert config.delivery.retry_minutes == 1


def test_a_file_of_today_has_none(read):
    assert read("[delivery]\nretry_minutes = 1\n").retired == ()


def test_an_empty_table_of_them_loads(read):
    assert read("[holds]\n").retired == ()


def test_a_variable_for_one_has_no_effect_either_and_is_named(read, monkeypatch):
    monkeypatch.setenv("MAILER_HOLDS__QUIET_DAYS", "7")
    monkeypatch.setenv("MAILER_DELIVERY__DEAD_SHARE", "0.1")
    assert read("").retired == ("MAILER_DELIVERY__DEAD_SHARE", "MAILER_HOLDS__QUIET_DAYS")


def test_another_key_beside_them_is_still_an_error(read):
    with pytest.raises(BadInput, match="holds is not a setting"):
        read("[holds]\nquiet_days = 7\nquiet_hours = 7\n")
