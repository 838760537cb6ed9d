"""Postfix as the club's relay: its doors, its login, and what its log and the ledger must agree on."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.app.installation import App
from mailer.app.sender import open_sender
from mailer.pipeline.sending.sender import Sender
from tests.club import Club, attempts, copies
from tests.doubles import FrozenClock
from tests.real.doors import Doors, Taken
from tests.servers import free_port, program

USER, PASSWORD = "bulletin", "пароль-lighthouse"
GREYLIST = free_port()
PRIVATE = {"smtpd_tls_security_level": "encrypt", "smtpd_tls_chain_files": "{folder}/conf/ours.pem"}
LOGIN = {
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_sasl_local_domain": "relay.club.example",
    "mynetworks": "",
}
NOBODY_ELSE = "permit_sasl_authenticated, reject"
MANNERS = {
    "plain": {},
    "private": PRIVATE,
    "stranger": PRIVATE | {"smtpd_tls_chain_files": "{folder}/conf/theirs.pem"},
    "login": PRIVATE | LOGIN | {"smtpd_recipient_restrictions": NOBODY_ELSE},
    "submission": PRIVATE
    | LOGIN
    | {"smtpd_client_restrictions": NOBODY_ELSE, "smtpd_recipient_restrictions": NOBODY_ELSE},
    "onebyone": {"smtpd_discard_ehlo_keywords": "pipelining, chunking"},
    "nochunks": {"smtpd_discard_ehlo_keywords": "chunking"},
    "ascii": {"smtputf8_enable": "no"},
    "small": {"message_size_limit": "2000"},
    "silent": {"message_size_limit": "2000", "smtpd_discard_ehlo_keywords": "size"},
    "greylisting": {
        "smtpd_recipient_restrictions": f"check_policy_service inet:127.0.0.1:{GREYLIST}, permit_mynetworks, reject"
    },
}
KEPT = range(200, 260)  # the members who have a Maildir at Postfix, but for each fifth


def give_login(settings: Path) -> None:
    command, folder = program("saslpasswd2"), settings / "sasl"  # where Debian's Postfix looks, whatever it is told
    folder.mkdir()
    passwords = folder / "sasldb"
    if command:  # the tests of the login are skipped without
        words = [command, "-p", "-c", "-f", passwords, "-u", "relay.club.example", USER]
        subprocess.run(words, input=PASSWORD.encode(), check=True)
        shutil.chown(passwords, "postfix")
    given = {
        "pwcheck_method": "auxprop",
        "auxprop_plugin": "sasldb",
        "sasldb_path": passwords,
        "mech_list": "PLAIN LOGIN CRAM-MD5",
    }
    (folder / "smtpd.conf").write_text("".join(f"{key}: {value}\n" for key, value in given.items()))


@contextmanager
def sending(club: Club, clock: FrozenClock, port: int, **smtp: object) -> Iterator[tuple[App, Sender]]:
    """The club, open, and a sender of its own to this port."""
    club.settle(smtp={"port": port, **smtp})
    with club.opened(clock) as app, open_sender(app) as (sender, _owner):
        yield app, sender


def kept(number: int) -> str:
    return f"desk{number}@kept.example"


def agreed(app: App, postfix: Doors, door: str) -> int:
    """How many copies were accepted by the ledger; the same that Postfix delivered, each once, under the same number."""
    ledger = [
        Taken(copy.address, one.queue_id, one.tls_version)
        for person, copy in copies(app).items()
        for one in attempts(app, person)
        if one.outcome == "accepted"
    ]
    ours = {copy.address for copy in copies(app).values()}
    assert sorted(ledger) == sorted(one for one in postfix.taken(door) if one.recipient in ours)
    return len(ledger)
