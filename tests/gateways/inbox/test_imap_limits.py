"""A mailbox that refuses, stalls, floods or lies costs neither memory nor time nor a mail."""

import imaplib
import resource
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from mailer.domain.errors import MailerError, NotMoved
from mailer.domain.ports import BIGGEST_MAIL
from mailer.gateways.inbox import imap, imap_client
from mailer.gateways.inbox.imap import ImapInbox
from mailer.gateways.inbox.imap_commands import error_text
from mailer.gateways.inbox.imap_settings import ImapSettings
from tests.certificates import Authority
from tests.scripted_mailbox import Mailbox, Talk, scripted

THREE = {1: b"Subject: 1\r\n\r\nx\r\n", 2: b"Subject: 2\r\n\r\nx\r\n", 3: b"Subject: 3\r\n\r\nx\r\n"}
Bodies = Callable[[Talk, int], bytes | None]


def inbox(mailbox: Mailbox, authority: Authority, stopped: Callable[[], bool] = lambda: False) -> ImapInbox:
    return ImapInbox(ImapSettings.read(f"{mailbox.url}/INBOX", "secret", authority.ca_file), stopped)


def for_the_second(odd: Bodies) -> Bodies:
    """The second mail is answered oddly, the others as they should be."""
    return lambda talk, uid: odd(talk, uid) if uid == 2 else talk.mailbox.fetched(uid) + b"OK done"


def stalls(talk: Talk, uid: int) -> None:
    talk.write(b"* 1 FETCH (UID %d BODY[] {500}\r\nSubject: half" % uid)
    talk.stall()


def trickles(talk: Talk, uid: int) -> None:
    talk.write(b"* 1 FETCH (UID %d BODY[] {50000}\r\n" % uid)
    while not talk.mailbox.ended.wait(0.01):
        talk.write(b"x")


def chats(talk: Talk, _uid: int) -> None:
    while not talk.mailbox.ended.wait(0.005):
        talk.write(b"* 5 EXISTS\r\n")


def announces_gigabytes(talk: Talk, uid: int) -> None:
    talk.write(b"* 1 FETCH (UID %d BODY[] {4000000000}\r\n" % uid)
    while not talk.mailbox.ended.is_set():
        talk.write(b"A" * 65536)


def floods(talk: Talk, _uid: int) -> None:
    while not talk.mailbox.ended.is_set():
        talk.write(b"* 5 FETCH (FLAGS (" + b"x" * 65536 + b"))\r\n")


def cuts(talk: Talk, uid: int) -> None:
    talk.write(b"* 1 FETCH (UID %d BODY[] {500}\r\nSubject: half" % uid)


def gives_another(talk: Talk, _uid: int) -> bytes:
    return talk.mailbox.fetched(3) + b"OK done"


def refuses(_talk: Talk, _uid: int) -> bytes:
    return b"NO [UNAVAILABLE] Server busy"


def gives_nothing(_talk: Talk, _uid: int) -> bytes:
    return b"OK done"


def gives_an_empty_body(_talk: Talk, uid: int) -> bytes:
    return b"* 1 FETCH (UID %d BODY[] {0}\r\n)\r\nOK done" % uid


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (stalls, "did not arrive within"),
        (trickles, "did not arrive within"),
        (chats, "did not arrive within"),
        (announces_gigabytes, f"it has 4000000000 octets, more than {BIGGEST_MAIL}"),
        (floods, "answers with more than"),
        (cuts, "closes the connection"),
        (gives_another, "answers with another mail"),
        (refuses, "does not deliver it: [UNAVAILABLE] Server busy"),
        (gives_nothing, "returns no content"),
        (gives_an_empty_body, "returns no content"),
    ],
)
def test_an_odd_answer_lays_its_mail_aside_and_the_others_are_read(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, odd: Bodies, why: str
):
    if "arrive" in why:  # only these wait for the deadline; a busy machine may need longer for the others
        monkeypatch.setattr(imap_client, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(imap_client, "MOST_OCTETS", 1 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        scripted(Mailbox(mails=dict(THREE), on_body=for_the_second(odd)), authority) as mailbox,
        closing(inbox(mailbox, authority)) as its,
    ):
        first, second, third = its.mails()
        assert (first.content, third.content) == (THREE[1], THREE[3])
        assert (second.content, why in second.why) == (b"", True), second.why
        assert second.may_pass is (odd is not announces_gigabytes)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def test_a_mailbox_of_which_nothing_can_be_fetched_is_not_tried_for_ever(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(imap_client, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(imap, "TROUBLE_SECONDS", 0.5)
    with scripted(Mailbox(mails=dict(THREE), on_body=stalls), authority) as mailbox:
        with (
            closing(inbox(mailbox, authority)) as its,
            pytest.raises(MailerError, match="broke off at fetching a mail"),
        ):
            list(its.mails())
        assert mailbox.count("UID FETCH") < 8


def test_a_mail_may_come_in_spite_of_a_wrong_size_and_answers_about_others(authority: Authority):
    def answer(talk: Talk, uid: int) -> bytes:
        return b"* 9 FETCH (UID 3 FLAGS (\\Seen))\r\n" + talk.mailbox.fetched(uid) + b"* 9 EXISTS\r\nOK done"

    with (
        scripted(Mailbox(mails=dict(THREE), sizes={2: 1}, on_body=answer), authority) as mailbox,
        closing(inbox(mailbox, authority)) as its,
    ):
        assert [mail.content for mail in its.mails()] == [*THREE.values()]


@pytest.mark.parametrize("place", ["greeting", "search", "body"])
def test_a_stop_ends_every_wait(authority: Authority, monkeypatch: pytest.MonkeyPatch, place: str):
    monkeypatch.setattr(imap_client, "STOP_SECONDS", 0.02)
    mailbox = Mailbox(mails=dict(THREE))
    if place == "greeting":
        monkeypatch.setattr(
            Mailbox, "serve", lambda self, connection: Talk(mailbox=self, connection=connection).stall()
        )
    elif place == "search":
        mailbox.on_search = lambda talk, _uid: talk.stall()
    else:
        mailbox.on_body = trickles
    begun = time.monotonic()
    with (
        scripted(mailbox, authority),
        closing(inbox(mailbox, authority, lambda: time.monotonic() > begun + 0.2)) as its,
        pytest.raises(MailerError),
    ):
        list(its.mails())
    assert time.monotonic() - begun < 3


# --- moving -----------------------------------------------------------------------------------------------------------


def is_over_quota(_talk: Talk, _uid: int) -> bytes:
    return b"NO [OVERQUOTA] quota exceeded"


def cuts_at_a_move(talk: Talk, _uid: int) -> None:
    return None


@pytest.mark.parametrize(
    ("on_move", "why"), [(is_over_quota, "quota exceeded"), (cuts_at_a_move, "broke off at moving a mail to Processed")]
)
def test_a_mail_that_cannot_be_moved_is_said_and_the_others_are_read(authority: Authority, on_move: Bodies, why: str):
    with (
        scripted(Mailbox(mails=dict(THREE), on_move=on_move), authority) as mailbox,
        closing(inbox(mailbox, authority)) as its,
    ):
        for mail in its.mails():
            with pytest.raises(NotMoved, match=why):
                its.done(mail)
    assert mailbox.count("UID FETCH") == 6


def test_a_mail_that_was_moved_before_the_connection_broke_is_moved(authority: Authority):
    def move(talk: Talk, uid: int) -> None:
        talk.mailbox.processed[uid] = talk.mailbox.mails.pop(uid)

    with (
        scripted(Mailbox(mails=dict(THREE), on_move=move), authority) as mailbox,
        closing(inbox(mailbox, authority)) as its,
    ):
        for mail in its.mails():
            its.done(mail)
    assert mailbox.processed == THREE


def test_what_is_taken_is_not_fetched_again_unless_its_uid_may_mean_another_mail(authority: Authority):
    with (
        scripted(Mailbox(mails=dict(THREE), on_move=is_over_quota), authority) as mailbox,
        closing(inbox(mailbox, authority)) as its,
    ):
        names = [mail.name for mail in its.mails()]
        mailbox.mails[4] = b"new"
        again = list(its.mails(names))
        assert [(mail.is_taken, mail.content) for mail in again] == [(True, b"")] * 3 + [(False, b"new")]
        for uidvalidity in (78, 0):
            mailbox.uidvalidity = uidvalidity
            renamed = [mail.name for mail in its.mails(names)]
            assert not any(mail.is_taken for mail in its.mails(renamed)) or uidvalidity
            assert not any(mail.is_taken for mail in its.mails(names))


def test_the_greeting_of_a_server_that_is_busy_is_shown_as_text() -> None:
    assert error_text(imaplib.IMAP4.error(b"* BYE too busy")) == "* BYE too busy"
    assert error_text(OSError(111, "Connection refused")) == "[Errno 111] Connection refused"
