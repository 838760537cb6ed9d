"""A sender's journal tells what began to leave, whole or not at all."""

import mmap
import os
import resource
import signal
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.delivery import JournalEntry, JournalState
from mailer.domain.errors import MailerError
from mailer.gateways.process import journal
from mailer.gateways.process.journal import Journal

entries = st.lists(
    st.tuples(st.integers(0, 2**63), st.integers(0, 2**32 - 1), st.sampled_from(JournalState), st.integers(0, 999))
)


def written(path: Path, lines: list[tuple[int, int, JournalState, int]]) -> bytes:
    path.unlink(missing_ok=True)
    with Journal(path) as opened:
        for line in lines:
            opened.write(*line)
    return path.read_bytes()[: 16 * len(lines)]


def last_of(lines: list[tuple[int, int, JournalState, int]]) -> dict[tuple[int, int], JournalEntry]:
    return {(delivery, epoch): JournalEntry(state=state, code=code) for delivery, epoch, state, code in lines}


@given(lines=entries)
def test_the_last_that_was_noted_of_each_copy_is_read(lines, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "round-trip"
    written(path, lines)
    assert journal.read_journal(path) == last_of(lines)


@given(lines=entries.filter(bool), whole=st.integers(1, 15))
def test_a_line_that_is_not_whole_leaves_everything_in_doubt(lines, whole, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "torn"
    octets = written(path, lines)
    torn = octets[-16:][:whole].ljust(16, b"\0")
    path.write_bytes(octets[:-16] + torn + bytes(64))
    wanted = None
    if not any(torn):
        wanted = last_of(lines[:-1])  # nothing of it is there
    elif torn == octets[-16:]:
        wanted = last_of(lines)
    assert journal.read_journal(path) == wanted


@given(line=entries.filter(bool).map(lambda lines: lines[:1]), before=entries)
def test_no_octet_can_change_unnoticed(line, before, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "changed"
    octets = written(path, before + line)
    for at in range(len(octets) - 16, len(octets)):
        for flip in (1, 2, 0x55, 0xB7, 0x80, 0xFF):
            changed = bytearray(octets)
            changed[at] ^= flip
            path.write_bytes(changed)
            assert journal.read_journal(path) is None


def test_nor_can_any_change_of_one_octet():
    facts = bytes(journal._FIELDS.size)
    for at in range(len(facts)):
        changes = {journal._checksum(facts[:at] + bytes([octet]) + facts[at + 1 :]) for octet in range(256)}
        assert len(changes) == 256


def test_what_was_never_written_does_not_check(tmp_path):
    (tmp_path / "journal").write_bytes(b"\xff" * 16)
    assert journal.read_journal(tmp_path / "journal") is None


def test_room_that_nobody_has_written_to_tells_nothing(tmp_path):
    (tmp_path / "journal").write_bytes(bytes(4096))
    assert journal.read_journal(tmp_path / "journal") == {}


def test_more_than_a_block_is_read_whole(tmp_path):
    with Journal(tmp_path / "journal") as opened:
        for delivery in range(1, 140_000):
            opened.write(delivery, 1, JournalState.BEGUN)
        assert len(journal.read_journal(tmp_path / "journal")) == 139_999
        opened.clear()
        assert journal.read_journal(tmp_path / "journal") == {}


def test_a_word_that_is_not_known_is_not_guessed(tmp_path):
    facts = journal._FIELDS.pack(1, 1, len(JournalState) << journal._CODE_BITS | 250)
    (tmp_path / "journal").write_bytes(facts + journal._checksum(facts))
    assert journal.read_journal(tmp_path / "journal") is None


def test_no_journal_is_not_an_empty_one(tmp_path):
    assert journal.read_journal(tmp_path / "absent") is None
    written(tmp_path / "empty", [])
    assert journal.read_journal(tmp_path / "empty") == {}


def test_it_is_for_its_owner_alone(tmp_path):
    written(tmp_path / "journal", [])
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o600


def test_after_clear_it_tells_what_came_since(tmp_path):
    with Journal(tmp_path / "journal") as opened:
        opened.write(1, 1, JournalState.BEGUN)
        opened.clear()
        assert journal.read_journal(tmp_path / "journal") == {}
        opened.write(2, 1, JournalState.ACCEPTED, 250)
    assert journal.read_journal(tmp_path / "journal") == {(2, 1): JournalEntry(state=JournalState.ACCEPTED, code=250)}


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MailerError, match=r"absent/journal cannot be created \(No such file"):
        Journal(tmp_path / "absent" / "journal")


def test_no_room_is_told_before_anything_is_written_and_room_that_comes_is_used(tmp_path):
    path = tmp_path / "journal"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(path) as opened:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
        try:
            for _ in range(2):
                with pytest.raises(MailerError, match="cannot be written: File too large"):
                    opened.write(2, 1, JournalState.BEGUN)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        opened.write(3, 1, JournalState.BEGUN)
    assert set(journal.read_journal(path)) == {(3, 1)}


def many(journal: Journal, copies: int) -> None:
    for delivery in range(1, copies + 1):
        journal.write(delivery, 1, JournalState.BEGUN)
        if delivery % 1000:
            journal.write(delivery, 1, JournalState.ACCEPTED, 250)


def test_it_keeps_the_last_of_what_is_in_flight_and_goes_on(tmp_path):
    path = tmp_path / "journal"
    with Journal(path) as journal:
        many(journal, 40_000)
        journal.keep({(1000, 1), (1001, 1), (50_000, 1)})
        wanted = {
            (1000, 1): JournalEntry(state=JournalState.BEGUN),
            (1001, 1): JournalEntry(state=JournalState.ACCEPTED, code=250),
        }
        assert journal.read() == wanted
        assert path.stat().st_size < 2_000_000
        journal.write(1000, 1, JournalState.ACCEPTED, 250)
        journal.write(3, 2, JournalState.BEGUN)
        assert journal.read() == wanted | {
            (1000, 1): JournalEntry(state=JournalState.ACCEPTED, code=250),
            (3, 2): JournalEntry(state=JournalState.BEGUN),
        }
    assert [file.name for file in tmp_path.iterdir()] == ["journal"]


def test_a_short_one_is_left_as_it_is(tmp_path):
    with Journal(tmp_path / "journal") as journal:
        many(journal, 10)
        journal.keep(set())
        assert len(journal.read()) == 10


@pytest.mark.parametrize("fails", ["posix_fallocate", "open", "rename"])
def test_where_no_second_file_can_be_made_all_is_kept(tmp_path, monkeypatch, fails):
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    with Journal(tmp_path / "journal") as journal:
        many(journal, 40_000)
        before = journal.read()
        with monkeypatch.context() as patched:
            patched.setattr(*((Path, "rename") if fails == "rename" else (os, fails)), full)
            journal.keep(set())
        assert journal.read() == before
        journal.write(50_000, 1, JournalState.BEGUN)
        assert len(journal.read()) == len(before) + 1
    assert [file.name for file in tmp_path.iterdir()] == ["journal"]


@pytest.mark.parametrize("point", ["posix_fallocate", "mmap", "rename", "close"])
def test_a_process_that_dies_while_it_is_shortened_leaves_what_is_in_flight(tmp_path, point):
    path = tmp_path / "journal"
    child = os.fork()
    if child == 0:
        with Journal(path) as opened:
            many(opened, 40_000)

            def die(*_given: object) -> None:
                os.kill(os.getpid(), signal.SIGKILL)

            owner = {"mmap": mmap, "rename": Path, "close": Journal}.get(point, os)
            setattr(owner, point, die)
            opened.keep({(1000, 1)})
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert journal.read_journal(path)[1000, 1] == JournalEntry(state=JournalState.BEGUN)
    journal.delete_journal(path)
    assert list(tmp_path.iterdir()) == []
