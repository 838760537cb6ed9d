"""Postfix passes the return-path domain's mail on to our listener, and returns what the listener refuses to its sender."""

import asyncio
import re
import smtplib
from collections.abc import Iterator

import pytest

from mailer.domain.bounce import RawReport
from mailer.gateways.listener.server import Listener
from tests.postfix import Postfix, absent, installed
from tests.servers import free_port, wait_for, wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(absent()), reason=f"{absent()}: run sh tests/real/install as root"),
]

DOMAIN = "bounces.club.example"
SMTP = "smtp unix - - n - - smtp\n127.0.0.1:{port} inet n - n - - smtpd\n"
# A recipient each time: without that Postfix would wait for its next queue run with the second one.
MAIN = """
maillog_file = {{folder}}/maillog
maillog_file_prefixes = {{folder}}
relay_domains = bounces.club.example
transport_maps = inline:{{{{ bounces.club.example=smtp:[127.0.0.1]:{listener} }}}}
smtp_destination_recipient_limit = 1
queue_run_delay = 1s
minimal_backoff_time = 1s
virtual_mailbox_domains = club.example
virtual_mailbox_maps = inline:{{{{ secretary@club.example=secretary/ }}}}
virtual_mailbox_base = {{folder}}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""
CONTENT = b"From: mailer-daemon@mx.example\r\nSubject: Undelivered\r\n\r\n.dot\r\n" + b"x" * 900 + b"\r\n"


class Office:
    """A Postfix that passes mail on to a port of ours, and keeps the secretary's."""

    def __init__(self, postfix: Postfix, port: int, listener: int) -> None:
        self.postfix, self.port, self.listener = postfix, port, listener

    def send(self, sender: str, *recipients: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="mx.example", timeout=20) as client:
            client.sendmail(sender, recipients, CONTENT)

    def log(self) -> str:
        return (self.postfix.folder / "maillog").read_text()

    def returned(self) -> list[str]:
        return [one.read_text() for one in (self.postfix.folder / "mail/secretary/new").glob("*")]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    port, listener = free_port(), free_port()
    with installed(SMTP.format(port=port), MAIN.format(listener=listener)) as postfix:
        (postfix.folder / "mail").mkdir()
        (postfix.folder / "mail").chmod(0o777)
        postfix.start()
        wait_for(port)
        yield Office(postfix, port, listener)


async def listened(office: Office, enough: int, *mails: tuple[str, ...], failing: int = 0) -> list[RawReport]:
    """What came of these mails, each a sender and its recipients, by the time there was enough of it."""
    kept: list[RawReport] = []

    async def admit(recipient: str) -> bool:
        return recipient.startswith("b-")

    async def take(report: RawReport) -> None:
        nonlocal failing
        failing -= 1
        if failing >= 0:
            raise RuntimeError("the disk is full")
        kept.append(report)

    async with Listener("127.0.0.1", office.listener, admit=admit, take=take):
        for sender, *recipients in mails:
            await asyncio.to_thread(office.send, sender, *recipients)
        await asyncio.to_thread(wait_until, lambda: len(kept) >= enough, "too little comes")
    return kept


async def test_a_report_to_each_of_three_comes_as_three(office: Office):
    everybody = [f"b-{number}@{DOMAIN}" for number in range(3)]
    kept = await listened(office, 3, ("", *everybody))
    assert sorted(one.recipient for one in kept) == everybody
    for one in kept:
        assert one.content.endswith(CONTENT.partition(b"\r\n\r\n")[2])
        assert one.content.startswith(b"Return-Path: <>\r\nReceived: ")


async def test_what_is_refused_goes_back_to_its_sender(office: Office):
    kept = await listened(office, 1, ("secretary@club.example", f"nobody@{DOMAIN}", f"b-good@{DOMAIN}"))
    assert [one.recipient for one in kept] == [f"b-good@{DOMAIN}"]
    wait_until(lambda: len(office.returned()) == 1, "nothing is returned")
    (said,) = office.returned()
    assert "Final-Recipient: rfc822; nobody@bounces.club.example" in said
    assert re.search(r"Diagnostic-Code: smtp; 550 5\.1\.1 No such address here", said)


async def test_what_could_not_be_kept_comes_again(office: Office):
    kept = await listened(office, 1, ("", f"b-later@{DOMAIN}"), failing=2)
    assert [one.recipient for one in kept] == [f"b-later@{DOMAIN}"]
    assert office.log().count("said: 451 4.3.0 The report could not be stored") == 2


async def test_what_comes_while_nobody_listens_comes_later(office: Office):
    office.send("", f"b-early@{DOMAIN}")
    wait_until(lambda: "Connection refused" in office.log(), "postfix does not try")
    assert [one.recipient for one in await listened(office, 1)] == [f"b-early@{DOMAIN}"]
