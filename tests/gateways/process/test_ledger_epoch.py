"""The epoch beside the database: it only rises, whoever writes it, freezes while doing so, or dies."""

from itertools import count
from multiprocessing import get_context
from pathlib import Path

import pytest

from mailer.domain.errors import BadInput
from mailer.gateways.process.ledger_epoch import EpochFile


@pytest.fixture
def file(tmp_path: Path) -> EpochFile:
    return EpochFile(tmp_path / ".mailer.db.epoch")


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


def test_it_keeps_the_highest_in_one_file_for_its_owner_alone(file: EpochFile, tmp_path: Path) -> None:
    assert file.read() is None
    for epoch, saved in ((0, 0), (3, 3), (2, 3), (3, 3), (10, 10), (9, 10)):
        file.save(epoch)
        assert file.read() == saved
    assert names(tmp_path) == [".mailer.db.epoch"]
    assert (tmp_path / ".mailer.db.epoch").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("other", [4, 6])
@pytest.mark.parametrize("step", ["_holds", "_put", "_saved"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_sender_frozen_at_any_point_holds_no_other_up_and_lowers_nothing(
    file: EpochFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: int, step: str, nth: int
) -> None:
    file.save(1)
    taken, calls = getattr(EpochFile, step), count(1)

    def frozen(frozen_file: EpochFile, *values: int) -> object:
        if next(calls) == nth:
            with monkeypatch.context() as woken:
                woken.setattr(EpochFile, step, taken)
                EpochFile(tmp_path / ".mailer.db.epoch").save(other)
        return taken(frozen_file, *values)

    monkeypatch.setattr(EpochFile, step, frozen)
    file.save(5)
    assert file.read() == max(5, other if next(calls) > nth else 0)
    assert names(tmp_path) == [".mailer.db.epoch"]


def test_one_frozen_between_its_last_look_and_its_move_lowers_nothing(
    file: EpochFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def frozen(own: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        EpochFile(target).save(7)
        return replace(own, target)

    file.save(1)
    monkeypatch.setattr(Path, "replace", frozen)
    file.save(5)
    assert file.read() == 7
    assert names(tmp_path) == [".mailer.db.epoch"]


def test_what_a_killed_one_left_is_deleted_by_the_next(file: EpochFile, tmp_path: Path) -> None:
    (tmp_path / ".mailer.db.epoch.0123456789abcdef.new").write_text("")
    (tmp_path / ".other.db.epoch.0123456789abcdef.new").write_text("")
    file.save(5)
    assert names(tmp_path) == [".mailer.db.epoch", ".other.db.epoch.0123456789abcdef.new"]


def raise_by_threes(path: Path, first: int) -> None:
    file = EpochFile(path)
    for epoch in range(first, 120, 3):
        file.save(epoch)
        saved = file.read()
        assert saved is not None
        assert saved >= epoch


def test_processes_that_save_at_once_lower_nothing(file: EpochFile, tmp_path: Path) -> None:
    forking = get_context("fork")
    savers = [
        forking.Process(target=raise_by_threes, args=(tmp_path / ".mailer.db.epoch", first)) for first in range(3)
    ]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join(60)
    assert [saver.exitcode for saver in savers] == [0, 0, 0]
    assert file.read() == 119
    assert names(tmp_path) == [".mailer.db.epoch"]


def test_a_file_that_cannot_be_read_is_named(file: EpochFile, tmp_path: Path) -> None:
    (tmp_path / ".mailer.db.epoch").mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        file.read()


def test_what_holds_no_number_is_replaced(file: EpochFile, tmp_path: Path) -> None:
    (tmp_path / ".mailer.db.epoch").write_text("")
    assert file.read() is None
    file.save(5)
    assert file.read() == 5
