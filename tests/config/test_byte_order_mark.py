"""A byte order mark, which Windows editors write, is no part of a setting, a secret or a key."""

import shutil
from pathlib import Path

import pytest

from mailer.config import load_config, load_schedules
from mailer.gateways.key_file import read_keys

MARK = b"\xef\xbb\xbf"
SHIPPED = Path(__file__).parents[2] / "schedules"


@pytest.fixture
def marked(tmp_path):
    def write(name, text):
        (tmp_path / name).write_bytes(MARK + text.encode())
        return tmp_path / name

    return write


def test_config_toml_is_read_without_it(marked):
    assert load_config(marked("config.toml", "[smtp]\r\nhost = 'relay.example'\r\n")).smtp.host == "relay.example"


def test_schedules_and_fees_are_read_without_it(tmp_path):
    folder = tmp_path / "schedules"
    shutil.copytree(SHIPPED, folder)
    for file in folder.glob("*.toml"):
        file.write_bytes(MARK + file.read_bytes())
    assert load_schedules(folder) == load_schedules(SHIPPED)


def test_secrets_are_read_without_it(marked):
    marked("smtp.password", "sesame\r\n")
    marked("imap.password", "пароль\n")
    marked("url", "sqlite:///marked.db\n")
    config = load_config(
        marked(
            "config.toml",
            "[smtp]\npassword_file = 'smtp.password'\n[bounces]\nimap_password_file = 'imap.password'\n"
            "[database]\nurl_file = 'url'\n",
        )
    )
    assert (config.relays[0].smtp.password, config.imap_password) == ("sesame", "пароль")
    assert config.database_url == "sqlite:///marked.db"


def test_a_mark_inside_a_secret_stays(marked):
    marked("smtp.password", "se\ufeffsame\ufeff\n")
    config = load_config(marked("config.toml", "[smtp]\npassword_file = 'smtp.password'\n"))
    assert config.relays[0].smtp.password == "se\ufeffsame\ufeff"


def test_keys_are_read_without_it(marked):
    assert read_keys(marked("mailer.key", f"{'ab' * 32}\n")) == (b"\xab" * 32,)
