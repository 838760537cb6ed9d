"""The mark of the program's files: the same while they are, another once one is replaced, added or removed."""

import os
from pathlib import Path

from mailer.gateways.process.program import program_mark


def test_the_mark_changes_with_every_file_that_is_replaced_added_or_removed(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    file, other = tmp_path / "inner" / "module.py", tmp_path / "other.py"
    file.write_text("A = 1")
    marks = [program_mark(tmp_path)]
    assert program_mark(tmp_path) == marks[0]
    file.write_text("A = 22")
    marks.append(program_mark(tmp_path))
    os.utime(file, (1, 1))
    marks.append(program_mark(tmp_path))
    other.touch()
    marks.append(program_mark(tmp_path))
    file.unlink()
    marks.append(program_mark(tmp_path))
    (tmp_path / "__pycache__.pyc").touch()
    assert len(set(marks)) == len(marks) == 5
    assert program_mark(tmp_path) == marks[-1]


def test_that_of_this_program_is_not_the_mark_of_nothing(tmp_path: Path) -> None:
    assert program_mark() != program_mark(tmp_path)
