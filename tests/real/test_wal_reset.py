"""Several processes write and checkpoint one SQLite file for a minute: no commit is lost, and the file stays sound."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from mailer.store.integrity import check_database
from mailer.store.sqlite import open_engine

pytestmark = pytest.mark.real

WRITERS = 6
SECONDS = 60


def test_no_commit_is_lost(tmp_path: Path) -> None:
    database = tmp_path / "written.db"
    engine = open_engine(URL.create("sqlite", database=str(database)))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE written (writer INTEGER, number INTEGER, filler TEXT)"))
    notes = [tmp_path / f"{number}.txt" for number in range(WRITERS)]
    words = [sys.executable, "-m", "tests.real.wal_writer", str(database)]
    writers = [subprocess.Popen([*words, str(file), str(SECONDS)]) for file in notes]
    assert [writer.wait(SECONDS + 120) for writer in writers] == [0] * WRITERS

    check = check_database(engine)
    assert check.problems == ()
    with engine.begin() as connection:
        rows = {(row.writer, row.number) for row in connection.execute(text("SELECT writer, number FROM written"))}
    engine.dispose()
    lines = [line.split() for file in notes for line in file.read_text().splitlines()]
    noted = {(int(writer), int(number)) for writer, number in lines}
    sys.stderr.write(f"{check.engine}: {len(noted)} commits by {WRITERS} processes in {SECONDS} s\n")
    assert len(noted) > 100 * WRITERS
    assert noted - rows == set()
