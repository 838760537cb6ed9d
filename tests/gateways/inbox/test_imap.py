"""The inboxes: what a Maildir holds is read and moved whole, and a mailbox is named by its URL. IMAP itself is in tests/real."""

import io
import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from mailer.domain.bounce import Way
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.ports import BIGGEST_MAIL, WaitingMail
from mailer.gateways.inbox import imap_client, imap_commands
from mailer.gateways.inbox.imap import ImapInbox
from mailer.gateways.inbox.imap_settings import ImapSettings
from mailer.gateways.inbox.maildir import TOO_BIG, MaildirInbox, read_file, read_stream
from tests.servers import free_port

REPORT = b"Subject: Undelivered\r\n\r\nbare\nLF, NUL \x00, \xff\r\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    return tmp_path / "mail"


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


# --- Maildir ----------------------------------------------------------------------------------------------------------


def test_what_is_done_is_seen_and_waits_no_more(maildir: Path):
    for name in ("2.x", "1.x"):
        (maildir / "new" / name).write_bytes(name.encode() + REPORT)
    (maildir / "cur" / "0.x:2,S").write_bytes(REPORT)
    (maildir / "tmp" / "3.x").write_bytes(REPORT)
    (maildir / "new" / ".hidden").write_bytes(REPORT)
    with closing(MaildirInbox(maildir)) as inbox:
        assert (inbox.way, inbox.count()) == (Way.MAILDIR, 2)
        first, second = inbox.mails()
        assert [first, second] == [
            WaitingMail(name="new/1.x", content=b"1.x" + REPORT),
            WaitingMail(name="new/2.x", content=b"2.x" + REPORT),
        ]
        inbox.done(first)
        assert [one.name for one in inbox.mails()] == ["new/2.x"]
        inbox.done(second)
        inbox.done(second)  # somebody else may have been quicker
        assert list(inbox.mails()) == []
    assert names(maildir / "cur") == ["0.x:2,S", "1.x:2,S", "2.x:2,S"]
    assert (maildir / "cur" / "2.x:2,S").read_bytes() == b"2.x" + REPORT
    assert names(maildir / "new") == [".hidden"]


def test_what_was_seen_is_read_too_where_it_is_asked_for(maildir: Path):
    for name in ("cur/1.x:2,", "cur/2.x:2,FS", "cur/3.x", "cur/4.x:2,R", "new/5.x"):
        (maildir / name).write_bytes(REPORT)
    inbox = MaildirInbox(maildir, also_seen=True)
    assert inbox.count() == 5
    for mail in inbox.mails():
        assert mail.content == REPORT
        inbox.done(mail)
    assert names(maildir / "cur") == ["1.x:2,S", "2.x:2,FS", "3.x:2,S", "4.x:2,RS", "5.x:2,S"]
    assert names(maildir / "new") == []


def test_nothing_is_overwritten(maildir: Path):
    for name in ("new/1.x", "cur/1.x:2,S", "cur/1.x.1:2,S"):
        (maildir / name).write_bytes(name.encode())
    inbox = MaildirInbox(maildir)
    (mail,) = inbox.mails()
    inbox.done(mail)
    assert {one.name: one.read_bytes() for one in (maildir / "cur").iterdir()} == {
        "1.x:2,S": b"cur/1.x:2,S",
        "1.x.1:2,S": b"cur/1.x.1:2,S",
        "1.x.2:2,S": b"new/1.x",
    }


def test_what_cannot_be_read_says_why_and_is_put_aside(maildir: Path, tmp_path: Path):
    new, secret = maildir / "new", tmp_path / "secret"
    secret.write_bytes(b"not a mail")
    (new / "1.link").symlink_to(secret)
    (new / "2.folder").mkdir()
    os.mkfifo(new / "3.pipe")
    with (new / "4.big").open("wb") as big:
        big.truncate(BIGGEST_MAIL + 1)
    with (new / "5.most").open("wb") as most:
        most.truncate(BIGGEST_MAIL)
    (new / "6.dangling").symlink_to(tmp_path / "nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(new / "7.socket"))
    inbox = MaildirInbox(maildir)
    found = {one.name.partition(".")[2]: one for one in inbox.mails()}
    assert {name: one.why for name, one in found.items()} == {
        "link": "it is a link",
        "folder": "it is not a plain file",
        "pipe": "it is not a plain file",
        "big": TOO_BIG,
        "most": "",
        "dangling": "it is a link",
        "socket": "it cannot be read: No such device or address",
    }
    assert len(found.pop("most").content) == BIGGEST_MAIL
    assert not any(one.content for one in found.values())
    for one in found.values():
        inbox.failed(one)
    assert names(maildir / ".Failed") == ["cur", "new", "tmp"]
    assert names(maildir / ".Failed" / "cur") == [f"{one.name.removeprefix('new/')}:2," for one in found.values()]
    assert all(one.stat().st_mode & 0o077 == 0 for one in (maildir / ".Failed", *(maildir / ".Failed").iterdir()))
    assert names(new) == ["5.most"]
    assert secret.read_bytes() == b"not a mail"


def test_what_was_seen_may_fail_too(maildir: Path):
    (maildir / "cur" / "1.x:2,S").write_bytes(REPORT)
    inbox = MaildirInbox(maildir, also_seen=True)
    (mail,) = inbox.mails()
    inbox.failed(mail)
    assert names(maildir / ".Failed" / "cur") == ["1.x:2,S"]


def test_what_vanishes_meanwhile_is_left_out(maildir: Path):
    for name in ("1.x", "2.x", "3.x"):
        (maildir / "new" / name).write_bytes(REPORT)
    mails = MaildirInbox(maildir).mails()
    assert next(mails).name == "new/1.x"
    (maildir / "new" / "2.x").unlink()
    assert [one.name for one in mails] == ["new/3.x"]


def test_a_maildir_without_cur_gets_one(maildir: Path):
    (maildir / "cur").rmdir()
    (maildir / "new" / "1.x").write_bytes(REPORT)
    inbox = MaildirInbox(maildir)
    inbox.done(*inbox.mails())
    assert names(maildir / "cur") == ["1.x:2,S"]


def test_a_folder_that_is_no_maildir_is_named(tmp_path: Path):
    with pytest.raises(MailerError, match=f"the Maildir {tmp_path} does not exist or has no new/; create it"):
        MaildirInbox(tmp_path).count()
    (tmp_path / "new").write_text("a file")
    with pytest.raises(MailerError, match=f"the Maildir {tmp_path} cannot be read: Not a directory"):
        list(MaildirInbox(tmp_path).mails())


def test_where_nothing_can_be_moved_it_is_said(maildir: Path):
    (maildir / "new" / "1.x").write_bytes(REPORT)
    inbox = MaildirInbox(maildir)
    (mail,) = inbox.mails()
    (maildir / ".Failed").write_text("a file")
    with pytest.raises(MailerError, match=r"\.Failed cannot be created: "):
        inbox.failed(mail)
    (maildir / "new" / ("x" * 255)).write_bytes(REPORT)
    long = next(one for one in inbox.mails() if one.name.endswith("xx"))
    with pytest.raises(MailerError, match=r"cannot be moved to .*cur: File name too long"):
        inbox.done(long)
    assert inbox.count() == 2


# --- files and streams ------------------------------------------------------------------------------------------------


def test_a_file_is_read_or_says_why_not(tmp_path: Path):
    file, link = tmp_path / "report.eml", tmp_path / "link.eml"
    file.write_bytes(REPORT)
    link.symlink_to(file)  # who names a link means what it leads to
    assert read_file(file) == WaitingMail(name=str(file), content=REPORT)
    assert read_file(link).content == REPORT
    assert read_file(tmp_path).why == "it cannot be read: Is a directory"
    assert read_file(tmp_path / "none").why == "it cannot be read: No such file or directory"
    os.truncate(file, BIGGEST_MAIL + 1)
    assert read_file(file) == WaitingMail(name=str(file), why=TOO_BIG)


def test_a_stream_is_read_to_its_end_and_no_further_than_a_report_may_go():
    assert read_stream(io.BytesIO(REPORT), "-") == WaitingMail(name="-", content=REPORT)
    endless = io.BytesIO(b"x" * (BIGGEST_MAIL + 5))
    assert read_stream(endless, "-").why == TOO_BIG
    assert endless.tell() == BIGGEST_MAIL + 1


# --- IMAP, as far as it goes without a server -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "folder"),
    [
        ("imaps://bounces@mail.example", "mail.example", 993, "bounces", "INBOX"),
        ("imaps://bounces@mail.example/", "mail.example", 993, "bounces", "INBOX"),
        ("imaps://bounces%40club.example@mail.example:1993/Back", "mail.example", 1993, "bounces@club.example", "Back"),
        ("imaps://bounces@club.example@mail.example/A/B%20c", "mail.example", 993, "bounces@club.example", "A/B c"),
        ("imaps://b@[::1]/%D0%92", "::1", 993, "b", "В"),
    ],
)
def test_a_url_names_the_mailbox(url: str, host: str, port: int, user: str, folder: str):
    read = ImapSettings.read(url, "secret")
    assert (read.host, read.port, read.user, read.folder) == (host, port, user, folder)
    assert "secret" not in f"{read} {read!r}"


@pytest.mark.parametrize(
    "url",
    ["", "imap://b@mail.example/", "imaps://mail.example/", "imaps://b@/", "imaps://b@mail.example:x/", "imaps://[b@x"],
)
def test_a_url_that_names_none_says_how(url: str):
    with pytest.raises(BadInput, match="imaps://USER@HOST/FOLDER"):
        ImapSettings.read(url, "secret")


@pytest.mark.parametrize("folder", ["Processed", "Failed"])
def test_the_folders_that_mails_are_moved_to_are_not_read(folder: str):
    with pytest.raises(BadInput, match="name the folder they come to"):
        ImapSettings.read(f"imaps://b@mail.example/{folder}", "secret")


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "none.pem"):
        with pytest.raises(BadInput, match=f"imap_ca_file: {tmp_path / name} is not a readable file"):
            ImapInbox(ImapSettings.read("imaps://b@mail.example", "secret", tmp_path / name))


def test_where_nobody_answers_it_is_said():
    inbox = ImapInbox(ImapSettings.read(f"imaps://b@127.0.0.1:{free_port()}", "secret"))
    for ask in (inbox.count, lambda: list(inbox.mails())):
        with pytest.raises(MailerError, match=r"broke off at connecting .*refused.*; nothing is lost"):
            ask()
    inbox.close()
    with pytest.raises(MailerError, match="was closed before a mail was moved to Processed"):
        inbox.done(WaitingMail(name="1"))


def test_a_server_that_says_nothing_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imap_client, "ANSWER_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        inbox = ImapInbox(ImapSettings.read(f"imaps://b@127.0.0.1:{silent.getsockname()[1]}", "secret"))
        with pytest.raises(MailerError, match=r"broke off at connecting .*timed out"):
            inbox.count()


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ([(b"1 (UID 7 BODY[] {3}", b"a\r\n"), b")"], b"a\r\n"),
        ([b"2 (FLAGS (\\Seen))", (b"1 (BODY[] {0}", b""), b" UID 7)"], b""),
        ([b'1 (UID 7 BODY[] "a\\"b\\\\")'], b'a"b\\'),
        ([b'1 (UID 7 BODY[] "")'], b""),
        ([b"1 (UID 7 BODY[] NIL)"], None),
        ([None], None),
        ([(b"1 (UID 8 BODY[] {3}", b"a\r\n"), b")"], None),
        ([(b"1 (BODY[] {3}", b"a\r\n"), b" UID 8)", (b"2 (UID 7 BODY[] {1}", b"b"), b")"], b"b"),
        ([(b"1 (UID 77 BODY[] {1}", b"a"), b")"], None),
        ([b'1 (BODY[] "UID 7" UID 8)'], None),
        ([b'1 (UID 7 BODY[] "x UID 8")'], b"x UID 8"),
    ],
)
def test_an_answer_s_body_is_found_in_all_its_shapes(answer: list[object], body: bytes | None):
    assert imap_commands._body(answer, "7") == body
