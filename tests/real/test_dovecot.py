"""Dovecot as the mailbox that reports come to: every octet is fetched, and what was kept is moved and never lost."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from mailer.checking import checks
from mailer.domain.errors import MailerError
from mailer.domain.ports import BIGGEST_MAIL, WaitingMail
from mailer.gateways.inbox.imap import ImapInbox
from mailer.gateways.inbox.imap_settings import ImapSettings
from tests.certificates import Authority
from tests.club import Club
from tests.dovecot import PASSWORD, Dovecot, absent, running

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(absent()), reason=f"{absent()}: run sh tests/real/install as root"),
]

REPORT = b"Subject: Undelivered\r\n\r\nNo such user\r\n"
ODD = b"Subject: \xff\x80odd\r\n \tfolded\r\n\r\nbare\rCR, \x00NUL, " + b"x" * 5_000 + b"\r\n.\r\nno line's end"
MANNERS = {
    "move": {},
    "copy": {"more": "imap_capability = IMAP4rev1 AUTH=PLAIN NAMESPACE UIDPLUS"},
    "bare": {"more": "imap_capability = IMAP4rev1 LOGIN-REFERRALS"},
    "under": {"prefix": "INBOX.", "separator": "."},
    "bareunder": {"prefix": "INBOX.", "separator": ".", "more": "imap_capability = IMAP4rev1"},
}


@pytest.fixture(params=MANNERS)
def manner(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def each(authority: Authority, manner: str) -> Iterator[Dovecot]:
    """A Dovecot of each manner."""
    with running(authority, **MANNERS[manner]) as dovecot:
        yield dovecot


@pytest.fixture
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    with running(authority) as its:
        yield its


def inbox(dovecot: Dovecot, authority: Authority, folder: str = "", password: str = PASSWORD) -> ImapInbox:
    return ImapInbox(ImapSettings.read(f"{dovecot.url}/{folder}", password, authority.ca_file))


def waiting(one: ImapInbox) -> list[WaitingMail]:
    return list(one.mails())


def test_what_was_kept_is_processed_and_what_was_not_waits(each: Dovecot, authority: Authority, manner: str):
    for number in range(5):
        each.put(f"{number}.x", b"%d" % number + REPORT)
    with closing(inbox(each, authority)) as its:
        assert its.count() == 5
        seen = []
        for mail in its.mails():
            seen.append(mail.content)
            if mail.content[0:1] in b"013":
                its.done(mail)
            if mail.content[0:1] == b"4":
                its.failed(mail)
        assert seen == [b"%d" % number + REPORT for number in range(5)]
        assert [one.content for one in its.mails()] == [b"2" + REPORT]
        its.done(*its.mails())  # the list has ended, the connection has not
        assert its.count() == 0
    assert sorted(each.mails(".Processed")) == [b"%d" % number + REPORT for number in (0, 1, 2, 3)]
    assert each.mails(".Failed") == [b"4" + REPORT]
    # Only where the server cannot expunge by name is the copy left, marked as deleted.
    assert len(each.mails()) == (5 if manner.startswith("bare") else 0)
    assert all(":2,T" in one.name for one in (each.inbox() / "cur").iterdir())


def test_only_what_was_kept_is_expunged(authority: Authority):
    with running(authority, **MANNERS["copy"]) as dovecot, closing(inbox(dovecot, authority)) as its:
        theirs = dovecot.put("1.x", b"theirs" + REPORT)
        dovecot.put("2.x", REPORT)
        theirs.rename(dovecot.inbox() / "cur" / "1.x:2,T")  # marked as deleted by somebody else
        (mail,) = its.mails()
        its.done(mail)
        assert dovecot.mails() == [b"theirs" + REPORT]
        assert dovecot.mails(".Processed") == [REPORT]


def test_every_octet_is_fetched_and_nothing_marked(dovecot: Dovecot, authority: Authority):
    for name, content in (("1.x", ODD), ("2.x", b""), ("3.x", b"x"), ("4.x", b"\r\n" * 3)):
        dovecot.put(name, content)
    with closing(inbox(dovecot, authority)) as its:
        # An IMAP server gives NUL out as 0x80 (RFC 3501 §4.3.1) where it has one.
        assert [one.content for one in its.mails()] == [ODD.replace(b"\x00", b"\x80"), b"", b"x", b"\r\n" * 3]
        assert [one.content for one in its.mails()] == [ODD.replace(b"\x00", b"\x80"), b"", b"x", b"\r\n" * 3]
    assert not [one for one in (dovecot.inbox() / "cur").iterdir() if "S" in one.name.rpartition(":2,")[2]]


def test_what_is_too_big_or_broken_waits_with_the_reason_and_stops_nobody(dovecot: Dovecot, authority: Authority):
    dovecot.put("1.x", b"x" * BIGGEST_MAIL + b"\r\n")
    dovecot.put("3.x", REPORT)
    with closing(inbox(dovecot, authority)) as its:
        big, good = its.mails()
        assert big.why == f"it has {BIGGEST_MAIL + 2} octets, more than {BIGGEST_MAIL}"
        assert (big.content, good.why, good.content) == (b"", "", REPORT)
        its.failed(big)
        its.done(good)
    assert dovecot.mails() == []
    assert len(dovecot.mails(".Failed")) == 1


def test_what_its_server_cannot_read_is_named_and_the_others_come(dovecot: Dovecot, authority: Authority):
    with closing(inbox(dovecot, authority)) as its:
        dovecot.put("1.x", b"1" + REPORT)
        dovecot.put("2.x", b"2" + REPORT)
        assert len(waiting(its)) == 2
        (file,) = (dovecot.inbox() / "cur").glob("1.x*")
        file.chmod(0)
        broken, good = its.mails()
        assert broken.why == "the server closes the connection when it is fetched"
        assert (broken.content, good.content) == (b"", b"2" + REPORT)
        its.failed(broken)
        its.done(good)
        assert its.count() == 0


def test_a_mail_that_somebody_else_moves_is_left_out(dovecot: Dovecot, authority: Authority):
    for number in range(3):
        dovecot.put(f"{number}.x", b"%d" % number + REPORT)
    with closing(inbox(dovecot, authority)) as mine, closing(inbox(dovecot, authority)) as theirs:
        mails = mine.mails()
        first = next(mails)
        _, second, _ = theirs.mails()
        theirs.done(second)
        assert [one.content[:1] for one in mails] == [b"2"]
        theirs.done(first)
        mine.done(first)  # it is where it shall be already
    assert sorted(dovecot.mails(".Processed")) == [b"0" + REPORT, b"1" + REPORT]


def test_names_in_every_script_work(dovecot: Dovecot, authority: Authority):
    dovecot.put("1.x", REPORT, folder=".&BBIEPgQ3BDIEQAQwBEIESw- &- co")  # modified UTF-7 (RFC 3501 §5.1.3)
    with closing(inbox(dovecot, authority, folder="%D0%92%D0%BE%D0%B7%D0%B2%D1%80%D0%B0%D1%82%D1%8B%20&%20co")) as its:
        (mail,) = its.mails()
        its.done(mail)
    assert dovecot.mails(".Processed") == [REPORT]


def test_a_connection_that_breaks_loses_nothing(dovecot: Dovecot, authority: Authority):
    for number in range(3):
        dovecot.put(f"{number}.x", b"%d" % number + REPORT)
    its = inbox(dovecot, authority)
    with closing(its):
        mails = its.mails()
        its.done(next(mails))
        second = next(mails)
        assert dovecot.cut() == 1
        with pytest.raises(MailerError, match=r"broke off at moving a mail to Processed .* are fetched again"):
            its.done(second)
        assert next(mails).content[:1] == b"2"  # on a new connection, which second's name is good for too
        its.failed(second)
        assert [one.content[:1] for one in its.mails()] == [b"2"]
        assert dovecot.cut() == 1
    with pytest.raises(MailerError, match="was closed before a mail was moved"):
        its.done(second)
    assert dovecot.mails(".Processed") == [b"0" + REPORT]


def test_a_server_that_goes_away_is_named(dovecot: Dovecot, authority: Authority):
    for number in range(2):
        dovecot.put(f"{number}.x", REPORT)
    with closing(inbox(dovecot, authority)) as its:
        mails = its.mails()
        next(mails)
        dovecot.cut()
        dovecot.process.terminate()
        dovecot.process.wait()
        with pytest.raises(MailerError, match=r"broke off at connecting .* are fetched again"):
            next(mails)
        with pytest.raises(MailerError, match="broke off at connecting"):
            its.count()
    assert len(dovecot.mails()) == 2


def test_who_closes_in_the_middle_sees_no_more(dovecot: Dovecot, authority: Authority):
    for number in range(3):
        dovecot.put(f"{number}.x", REPORT)
    its = inbox(dovecot, authority)
    mails = its.mails()
    next(mails)
    its.close()
    its.close()
    assert list(mails) == []


def test_a_login_that_is_refused_is_said_without_the_password(dovecot: Dovecot, authority: Authority):
    with pytest.raises(MailerError, match=r"refuses the login of bounces@club\.example") as caught:
        waiting(inbox(dovecot, authority, password="wrong-lantern"))
    assert "lantern" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("password", ["wrong-lantern", "пароль-lantern", "two\r\nlantern"])
def test_a_server_without_plain_gets_a_plain_password_only(authority: Authority, password: str):
    with running(authority, more="auth_mechanisms = login") as dovecot:
        with pytest.raises(MailerError, match="takes no login by a password") as caught:
            waiting(inbox(dovecot, authority, password=password))
        assert "lantern" not in str(caught.value)


def test_a_stranger_s_certificate_ends_it_before_the_login(dovecot: Dovecot):
    its = ImapInbox(ImapSettings.read(dovecot.url, PASSWORD))
    with pytest.raises(MailerError, match=r"a certificate that cannot be trusted .* imap_ca_file"):
        waiting(its)
    name = ImapSettings.read(dovecot.url.replace("127.0.0.1", "localhost"), PASSWORD)
    with pytest.raises(MailerError, match="a certificate that cannot be trusted"):
        waiting(ImapInbox(name))


def test_a_folder_that_is_not_there_is_named(dovecot: Dovecot, authority: Authority):
    with pytest.raises(MailerError, match=r"refuses opening the folder Nowhere \(.*Mailbox doesn't exist"):
        waiting(inbox(dovecot, authority, folder="Nowhere"))


def test_mailer_check_looks_into_it(dovecot: Dovecot, authority: Authority, tmp_path):
    dovecot.put("1.x", REPORT)
    club = Club.found(tmp_path / "club")
    (club.folder / "imap").write_text(f"{PASSWORD}\n")
    (club.folder / "imap").chmod(0o600)
    club.settle(bounces={"imap_url": dovecot.url, "imap_password_file": "imap", "imap_ca_file": str(authority.ca_file)})
    found = {result.subject: result for result in checks.check(club.config)}
    assert found["bounces: imap"].ok
    assert found["bounces: imap"].finding == "it can be read; 1 mail waits"
    (club.folder / "imap").write_text("wrong")
    found = {result.subject: result for result in checks.check(club.config)}
    assert not found["bounces: imap"].ok
    assert "refuses the login" in found["bounces: imap"].finding
