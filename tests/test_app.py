"""An installation is opened, renewed and made: what is there, what is private, what is named when it is missing."""

import os
import tomllib

import pytest

from mailer import app as composition
from mailer.config.machine import load_config
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.gateways import installation
from mailer.gateways.smtp import Security
from tests.club import LETTER, THURSDAY, Club
from tests.doubles import FrozenClock


@pytest.fixture
def club(tmp_path):
    return Club.found(tmp_path / "club")


def refused(kind, call, *arguments):
    with pytest.raises(kind) as caught:
        call(*arguments)
    return str(caught.value)


def rights(path):
    return path.stat().st_mode & 0o777


# --- making one -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [False, True])
def test_a_new_installation_is_complete_and_its_owners_alone(tmp_path, there):
    folder = tmp_path / "mailer"
    if there:
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
    umask = os.umask(0o022)
    try:
        config = installation.install(folder)
    finally:
        os.umask(umask)
    assert config == folder / "config.toml"
    assert config.read_bytes() == installation.shipped("config.example.toml").read_bytes()
    assert rights(config) == rights(folder / "mailer.key") == 0o600
    assert rights(folder) == (0o755 if there else 0o700)  # a folder that was there keeps its rights
    for name in ("templates", "schedules", "issues"):
        assert rights(folder / name) == 0o700
    for name in ("templates", "schedules"):
        shipped = installation.shipped(name)
        for one in shipped.rglob("*"):
            if one.is_file():
                assert (folder / name / one.relative_to(shipped)).read_bytes() == one.read_bytes()
    assert list((folder / "issues").iterdir()) == []
    assert not (folder / "mailer.db").exists()
    opened = composition.open_app(config, clock=FrozenClock(THURSDAY))
    opened.store.close()
    assert (folder / "mailer.db").exists()
    assert rights(folder / "mailer.db") == 0o600


def test_two_installations_have_two_keys(tmp_path):
    first, second = (installation.install(tmp_path / name).parent / "mailer.key" for name in ("one", "two"))
    assert composition.read_key(first) != composition.read_key(second)
    assert len(composition.read_key(first)) == 32


def test_nothing_that_is_there_is_written_over(tmp_path):
    installation.install(tmp_path)
    key = (tmp_path / "mailer.key").read_text()
    said = refused(Refused, installation.install, tmp_path)
    assert f"{tmp_path / 'config.toml'} is already there" in said
    (tmp_path / "config.toml").unlink()
    (tmp_path / "templates" / "mine").mkdir()
    installation.install(tmp_path)
    assert (tmp_path / "mailer.key").read_text() == key
    assert (tmp_path / "templates" / "mine").is_dir()


# --- opening one ------------------------------------------------------------------------------------------------------


def test_an_installation_is_joined_from_its_files(club):
    with club.opened(who="vera") as app:
        assert set(app.press.newsletters) == {LETTER}
        assert [season.year for season in app.press.fees.seasons] == [2018]
        assert (app.press.key, app.press.who) == (bytes.fromhex("5a" * 32), "vera")
        assert app.press.clock.now() == THURSDAY
        assert app.database_files == [club.folder / f"mailer.db{end}" for end in ("", "-wal", "-shm")]
        assert app.state_folder == club.folder
    said = composition.open_app(club.config)
    said.store.close()
    assert said.press.who


def test_the_database_is_beside_config_toml_wherever_we_stand(club, tmp_path, monkeypatch):
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    with club.opened():
        assert (club.folder / "mailer.db").exists()
    assert list(desk.iterdir()) == []
    club.settle(database={"url": "sqlite:///data/club.db"})
    (club.folder / "data").mkdir()
    with club.opened() as app:
        assert app.state_folder == club.folder / "data"
        assert rights(club.folder / "data" / "club.db") == 0o600


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///gone/mailer.db", "the database cannot be opened: "),
        ("nonsense", "the database cannot be opened: "),
        ("postgresql+psycopg://club:sesame@127.0.0.1:1/club", "the database cannot be opened: "),
        ("oracle://club@db.example/club", "the database cannot be opened: "),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_without_its_password(club, url, said):
    club.settle(database={"url": url})
    message = refused(MailerError, composition.open_app, club.config)
    assert said in message
    assert "see [database] in config.toml" in message
    assert "sesame" not in message


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, "is not there; `mailer init` makes one, or restore it from your backup"),
        ("", "is too short: 0 bytes, 32 are needed"),
        ("5a" * 31, "is too short: 31 bytes"),
        ("not hexadecimal", "cannot be read: it must be 64 hexadecimal digits"),
    ],
)
def test_a_key_that_is_no_good_is_named_and_never_shown(club, key, said):
    file = club.folder / "mailer.key"
    file.unlink() if key is None else file.write_text(key)
    message = refused(BadInput, composition.open_app, club.config)
    assert message.startswith(f"the key {file} ")
    assert said in message
    assert not key or key not in message


def test_a_reload_takes_new_schedules_or_leaves_the_old_ones(club):
    with club.opened() as app:
        club.reschedule({"newsletter": {"name": "The Lighthouse Letter"}})
        renewed = composition.reload(app)
        assert renewed.press.newsletters[LETTER].name == "The Lighthouse Letter"
        assert renewed.store is app.store
        assert app.press.newsletters[LETTER].name == "The Harbour Letter"
        club.reschedule({"send": {"timezone": "Nowhere"}})
        assert f"{LETTER}.toml: [send] timezone" in refused(BadInput, composition.reload, renewed)
        assert renewed.press.newsletters[LETTER].name == "The Lighthouse Letter"


# --- its parts --------------------------------------------------------------------------------------------------------


def test_how_copies_are_sent_is_as_the_settings_say(club):
    club.settle(smtp={"connections": 3, "per_minute": 40}, delivery={"give_up_after_hours": 2, "retry_minutes": 0.5})
    manner = composition.manner(load_config(club.config))
    assert (manner.connections, manner.per_minute, manner.resend_unknown) == (3, 40, False)
    assert (manner.give_up_after.total_seconds(), manner.backoff.first.total_seconds()) == (7200, 30)
    club.settle(delivery={"on_unknown": "resend"})
    assert composition.manner(load_config(club.config)).resend_unknown


def test_the_relay_is_as_the_settings_say(club):
    (club.folder / "password").write_text("sesame\n")
    club.settle(smtp={"security": "tls", "username": "club", "password_file": "password", "port": 465})
    with club.opened() as app:
        settings = composition.transport(app)._settings
        assert (settings.host, settings.port, settings.security) == ("127.0.0.1", 465, Security.TLS)
        assert (settings.username, settings.password, settings.ca_file) == ("club", "sesame", None)
        assert "sesame" not in repr(settings)


def test_the_first_of_several_relays_is_used_as_its_table_says(club):
    settings = tomllib.loads(club.config.read_text())
    club.config.write_text(
        f"paths.templates = '{settings['paths']['templates']}'\n"
        "[[relay]]\nhost = 'relay.club.example'\nconnections = 7\n[[relay]]\nhost = 'spare.club.example'\n"
    )
    with club.opened() as app:
        assert composition.transport(app)._settings.host == "relay.club.example"
        assert composition.manner(app.config).connections == 7


def test_a_certificate_file_that_is_missing_is_named(club):
    club.settle(smtp={"security": "tls", "ca_file": "ca.pem"})
    with club.opened() as app:
        said = refused(BadInput, composition.transport, app)
    assert f"[smtp] ca_file {club.folder / 'ca.pem'} is no readable file of PEM certificates" in said


def test_a_file_that_others_can_read_is_named_with_the_remedy(tmp_path):
    file = tmp_path / "mailer.key"
    assert installation.too_open(file) is None
    file.touch()
    for mode, wrong in ((0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, True), (0o700, True)):
        file.chmod(mode)
        said = installation.too_open(file)
        assert (said is not None) == wrong
        assert not wrong or f"`chmod 600 {file}`" in said
    tmp_path.chmod(0o700)
    assert installation.too_open(tmp_path) is None
    tmp_path.chmod(0o750)
    assert f"`chmod 700 {tmp_path}`" in installation.too_open(tmp_path)
    tmp_path.chmod(0o700)


def test_a_daemon_runs_while_its_process_lives_and_holds_the_lease(club):
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app:
        assert not composition.daemon_runs(app)
        with composition.sending(app) as (_sender, owner):
            assert not composition.daemon_runs(app)  # a sender by hand is no daemon
            assert composition.hold_scheduler(app, owner)
            assert composition.daemon_runs(app)
            clock.advance(seconds=31)
            assert not composition.daemon_runs(app)
            assert composition.hold_scheduler(app, owner)
            assert composition.daemon_runs(app)
        assert not composition.daemon_runs(app)


def test_a_second_daemon_waits_until_the_first_has_gone(club):
    with club.opened() as app:
        with composition.sending(app) as (_first, first):
            assert composition.hold_scheduler(app, first)
            with composition.sending(app) as (_second, second):
                assert not composition.hold_scheduler(app, second)
                assert composition.hold_scheduler(app, first)
        with composition.sending(app) as (_third, third):
            assert composition.hold_scheduler(app, third)
