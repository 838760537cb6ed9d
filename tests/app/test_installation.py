"""An installation is opened, renewed and made: what is there, what is private, what is named when it is missing."""

from dataclasses import replace

import pytest

from mailer.app import installation as composition
from mailer.app.dead_senders import journal_of_dead
from mailer.app.relays import all_relays, first_transport, send_settings
from mailer.app.scheduler import daemon_runs, hold_scheduler
from mailer.app.sender import open_sender
from mailer.config.machine import load_config
from mailer.domain.delivery import JournalEntry, JournalState
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.pacing import FamilyLimit, RelayLimit
from mailer.gateways import new_installation
from mailer.gateways.process import locks
from mailer.gateways.smtp.settings import Security
from mailer.pipeline.sending.lane import AHEAD
from mailer.pipeline.sending.turn import TurnRequest, run_turn
from mailer.store.ledger.owners import owners_with_copies
from tests.club import LETTER, THURSDAY, Club, begin, members, states
from tests.databases import POSTGRES
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


# --- opening one ------------------------------------------------------------------------------------------------------


def test_a_new_database_is_its_owners_alone(tmp_path):
    config = new_installation.install(tmp_path / "mailer")
    assert not (tmp_path / "mailer" / "mailer.db").exists()
    composition.open_app(config, clock=FrozenClock(THURSDAY)).store.close()
    assert rights(tmp_path / "mailer" / "mailer.db") == 0o600


def test_a_key_file_has_a_key_a_line_and_the_first_signs(club):
    (club.folder / "mailer.key").write_text(f"\n{'a5' * 40}\r\n\n  {'5a' * 32}  ")
    with club.opened() as app:
        assert app.context.keys.keys == (bytes.fromhex("a5" * 40), bytes.fromhex("5a" * 32))


def test_an_installation_is_joined_from_its_files(club):
    with club.opened(who="vera") as app:
        assert set(app.context.newsletters) == {LETTER}
        assert [season.year for season in app.context.fees.seasons] == [2018]
        assert (app.context.keys.keys, app.context.who) == ((bytes.fromhex("5a" * 32),), "vera")
        assert app.context.clock.now() == THURSDAY
        ends = () if POSTGRES else ("", "-wal", "-shm")
        assert app.database_files == [club.folder / f"mailer.db{end}" for end in ends]
        assert app.state_folder == club.folder
    said = composition.open_app(club.config)
    said.store.close()
    assert said.context.who


@pytest.mark.sqlite
def test_the_database_is_beside_config_toml_wherever_we_stand(club, tmp_path, monkeypatch):
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    (club.folder / "mailer.db").unlink()
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
        ("nonsense", "[database] url cannot be used: write "),
        ("postgresql+psycopg://club:sesame@127.0.0.1:1/club", "the database cannot be opened: "),
        ("postgresql+psycopg://club:ses/ame@db.example:sesame/club", "[database] url cannot be used: write "),
        ("postgresql+psycopg://club:sesame@db.example:sesame/club", "[database] url cannot be used: write "),
        ("postgresql+psycopg://club:sesame@db.example:65536/club", "[database] url cannot be used: write "),
        ("postgresql+psycopg2://club:sesame@db.example/club", "[database] url cannot be used: write "),
        ("oracle://club@db.example/club", "[database] url cannot be used: write "),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_without_its_password(club, url, said):
    club.settle(database={"url": url})
    message = refused(MailerError, composition.open_app, club.config)
    assert said in message
    assert "[database]" in message
    assert "sesame" not in message


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, "is not there: restore it from your backup"),
        ("", "is too short: 0 bytes, 32 are needed"),
        ("\n \n", "is too short: 0 bytes, 32 are needed"),
        ("5a" * 31, "is too short in line 1: 31 bytes, 32 are needed"),
        (f"{'5a' * 32}\n\n{'5a' * 16}\n", "is too short in line 3: 16 bytes"),
        ("not hexadecimal", "cannot be read in line 1: it must be 64 hexadecimal digits"),
        (f"{'5a' * 32}\n{'5a' * 31}5ö\n", "cannot be read in line 2: it must be 64 hexadecimal digits"),
        ("5a\udcff", "cannot be read: it must be 64 hexadecimal digits"),
    ],
)
def test_a_key_that_is_no_good_is_named_and_never_shown(club, key, said):
    file = club.folder / "mailer.key"
    file.unlink() if key is None else file.write_text(key, errors="surrogateescape")
    message = refused(BadInput, composition.open_app, club.config)
    assert message.startswith(f"the key {file} ")
    assert said in message
    assert not (key or "").strip() or key not in message


def test_a_reload_takes_new_schedules_or_leaves_the_old_ones(club):
    with club.opened() as app:
        club.reschedule({"newsletter": {"name": "The Lighthouse Letter"}})
        renewed = composition.reload(app)
        assert renewed.context.newsletters[LETTER].name == "The Lighthouse Letter"
        assert renewed.store is app.store
        assert app.context.newsletters[LETTER].name == "The Harbour Letter"
        club.reschedule({"send": {"timezone": "Nowhere"}})
        assert f"{LETTER}.toml: [send] timezone" in refused(BadInput, composition.reload, renewed)
        assert renewed.context.newsletters[LETTER].name == "The Lighthouse Letter"


# --- its parts --------------------------------------------------------------------------------------------------------


def test_how_copies_are_sent_is_as_the_settings_say(club):
    club.settle(
        smtp={"per_minute": 40, "new_relay_per_hour": 50, "timeout_seconds": 30},
        delivery={"give_up_after_hours": 2, "retry_minutes": 0.5},
        domain=[{"name": "googlemail.com", "per_minute": 60}, {"name": "members.example", "connections": 2}],
    )
    manner = send_settings(load_config(club.config))
    assert (manner.give_up_after.total_seconds(), manner.backoff.first.total_seconds()) == (7200, 30)
    assert manner.relays == {"127.0.0.1": RelayLimit(per_minute=40, new_relay_per_hour=50, weight=1)}
    # A limit is its provider's, whichever of the provider's domains the settings name.
    assert manner.families == {"gmail.com": FamilyLimit(per_minute=60), "members.example": FamilyLimit(connections=2)}
    assert not manner.resend_unknown
    # Longer than the four answers that each of the copies in hand may wait for.
    assert manner.lease.total_seconds() >= 30 * 4 * AHEAD
    club.settle(delivery={"on_unknown": "resend"})
    assert send_settings(load_config(club.config)).resend_unknown


def test_two_limits_for_one_provider_are_refused(club):
    club.settle(domain=[{"name": "gmail.com", "per_minute": 60}, {"name": "googlemail.com", "per_minute": 1}])
    said = refused(BadInput, send_settings, load_config(club.config))
    assert said == f"{club.config}: [[domain]] gmail.com and googlemail.com are one provider's: limit one of them"


def test_a_signing_key_that_cannot_be_read_stops_what_signs_and_nothing_else(club):
    club.settle(dkim={"domain": "club.example", "selector": "s1", "key_file": "gone.pem"})
    with club.opened() as app:
        said = refused(BadInput, all_relays, app)
        assert "[dkim] key_file: " in said
        assert "gone.pem" in said


def test_the_relay_is_as_the_settings_say(club):
    (club.folder / "password").write_text("sesame\n")
    club.settle(smtp={"security": "tls", "username": "club", "password_file": "password", "port": 465})
    with club.opened() as app:
        settings = first_transport(app)._settings
        assert (settings.host, settings.port, settings.security) == ("127.0.0.1", 465, Security.TLS)
        assert (settings.username, settings.password, settings.ca_file) == ("club", "sesame", None)
        assert "sesame" not in repr(settings)


def test_every_relay_is_as_its_table_says_and_the_first_takes_the_tests(club):
    main = {"name": "main", "host": "relay.club.example", "security": "tls", "connections": 7, "window": 3}
    spare = {"host": "spare.club.example", "security": "tls", "weight": 0, "messages_per_connection": 50}
    club.settle(relay=[main, spare])
    with club.opened() as app:
        assert first_transport(app)._settings.host == "relay.club.example"
        found = all_relays(app)
        assert [(one.name, one.connections) for one in found] == [("main", 7), ("spare.club.example", 2)]
        settings = [one.transport._settings for one in found]
        assert [(one.host, one.window, one.messages_per_connection) for one in settings] == [
            ("relay.club.example", 3, 0),
            ("spare.club.example", 4, 50),
        ]
        limits = send_settings(app.config).relays
        assert {name: limit.weight for name, limit in limits.items()} == {"main": 1, "spare.club.example": 0}


def test_the_senders_domain_may_stand_for_the_name_of_this_machine(club):
    club.settle(relay=[{"name": "main"}, {"name": "spare", "ehlo_name": "mailer.example"}])
    with club.opened() as app:
        settings = [relay.transport._settings for relay in all_relays(app)]
        assert [(smtp.ehlo_name, smtp.sender_domain) for smtp in settings] == [
            ("", "club.example"),
            ("mailer.example", "club.example"),
        ]
        assert first_transport(app)._settings.sender_domain == "club.example"


def test_a_certificate_file_that_is_missing_is_named(club):
    club.settle(smtp={"security": "tls", "ca_file": "ca.pem"})
    with club.opened() as app:
        said = refused(BadInput, first_transport, app)
    assert f"[smtp] ca_file: {club.folder / 'ca.pem'} is not a readable file of PEM certificates" in said


def test_a_daemon_runs_while_its_process_lives_and_holds_the_lease(club):
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app:
        assert not daemon_runs(app)
        with open_sender(app) as (_sender, owner):
            assert not daemon_runs(app)  # a sender by hand is no daemon
            assert hold_scheduler(app, owner)
            assert daemon_runs(app)
            clock.advance(seconds=31)
            assert not daemon_runs(app)
            assert hold_scheduler(app, owner)
            assert daemon_runs(app)
        assert not daemon_runs(app)


def test_a_second_daemon_waits_until_the_first_has_gone(club):
    with club.opened() as app:
        with open_sender(app) as (_first, first):
            assert hold_scheduler(app, first)
            with open_sender(app) as (_second, second):
                assert not hold_scheduler(app, second)
                assert hold_scheduler(app, first)
        with open_sender(app) as (_third, third):
            assert hold_scheduler(app, third)


# --- what a sender leaves behind --------------------------------------------------------------------------------------


def the_owners(app):
    with app.store.reading() as connection:
        return connection.exec_driver_sql("SELECT id, ended_at IS NOT NULL FROM owners ORDER BY id").all()


def test_a_sender_that_ends_well_leaves_neither_lock_nor_journal(club):
    with club.opened() as app:
        with open_sender(app) as (_sender, owner):
            [lock] = club.folder.glob(".mailer-*.lock")
            [journal] = club.folder.glob(".mailer-*.journal")
            assert journal.stem == lock.stem
            assert rights(lock) == rights(journal) == 0o600
            assert the_owners(app) == [(owner, 0)]
        assert not list(club.folder.glob(".mailer-*"))
        assert the_owners(app) == [(owner, 1)]


async def test_what_a_sender_could_not_write_stays_in_its_journal_for_the_next(club):
    with club.opened() as app:
        begin(app, members(2))
        with open_sender(app) as (sender, owner):
            [held, other] = claimed(app, owner)
            sender._journal.write(held.delivery, held.epoch, JournalState.BEGUN)
            sender._journal.write(held.delivery, held.epoch, JournalState.ACCEPTED, 250)
            sender._ledger.unsettled = True  # the ledger could not be written
            row = owner_of(app)
            # While it lives, nobody looks into its journal.
            assert journal_of_dead(row) is None
        assert journal_of_dead(row).journal == {
            (held.delivery, held.epoch): JournalEntry(state=JournalState.ACCEPTED, code=250)
        }
        assert the_owners(app) == [(owner, 0)]
        with open_sender(app) as (sender, _next):
            await sender.drain()  # nobody listens: but what was left behind is taken over before
            assert states(app) == {"accepted": 1, "pending": 1}
        assert other.epoch == 1


def abandoned(app):
    """A sender that died with its copy in hand."""
    begin(app, members(1))
    with open_sender(app) as (sender, owner):
        claimed(app, owner)
        sender._ledger.unsettled = True
    return owner_of(app)


def test_a_container_made_anew_has_another_host_name_and_the_same_proof(club):
    with club.opened() as app:
        row = abandoned(app)
        assert journal_of_dead(replace(row, host="3f2a1b77")).journal == {}


@pytest.mark.parametrize("boot_id", ["another", ""])
def test_of_another_machine_or_boot_nothing_is_proved(club, boot_id):
    with club.opened() as app:
        assert journal_of_dead(replace(abandoned(app), boot_id=boot_id)) is None


def test_where_a_system_has_no_boot_id_nothing_is_proved(club, monkeypatch):
    with club.opened() as app:
        row = abandoned(app)
        monkeypatch.setattr(locks, "boot_id", lambda: "")
        assert journal_of_dead(replace(row, boot_id="")) is None


def test_of_a_container_with_another_disk_at_that_path_nothing_is_proved(club):
    with club.opened() as app:
        row = abandoned(app)
        for file in club.folder.glob(".mailer-*"):
            file.rename(file.with_name(f"{file.name}.elsewhere"))
        assert journal_of_dead(row) is None


def test_a_dead_sender_without_copies_is_noted_and_its_files_are_deleted_at_the_next_start(club):
    with club.opened() as app:
        with open_sender(app) as (sender, dead):
            sender._ledger.unsettled = True
        assert len(list(club.folder.glob(".mailer-*"))) == 2
        with open_sender(app) as (_sender, owner):
            assert the_owners(app) == [(dead, 1), (owner, 0)]
            assert len(list(club.folder.glob(".mailer-*"))) == 2
            with open_sender(app) as (_other, _third):
                assert (owner, 0) in the_owners(app)  # it lives


def claimed(app, owner):
    with app.store.transaction() as connection:
        asked = TurnRequest(
            owner=owner, results={}, room={"127.0.0.1": 9}, carried={}, sizes={}, unmakable=(), elapsed=0.0, only=None
        )
        given = run_turn(connection, app.context, send_settings(app.config), {}, asked)
    return [copy.claim for copy in given.copies["127.0.0.1"]]


def owner_of(app):
    with app.store.reading() as connection:
        [found] = owners_with_copies(connection)
    return found
