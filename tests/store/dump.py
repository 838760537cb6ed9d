"""Writes the database of a made-up club as SQL, as small as it can be and still be one: the store of a schema's data.

    mailer demo --once --fast --dir CLUB
    python -m tests.store.dump CLUB/mailer.db tests/store/stored

It is written by the version whose schema it is, before the next one comes; long texts and pictures are cut, and the club is
said to be in a folder that no machine has to have.
"""

import json
import sys
from pathlib import Path

from mailer.store.sqlite import dbapi

LONGEST_TEXT, LONGEST_OCTETS = 200, 32
CLUB = "/srv/club"
_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC, rowid"


def dump(database: Path) -> tuple[str, str]:
    """The schema's revision, and the SQL that makes the database anew."""
    connection = dbapi().connect(f"file:{database}?mode=ro", uri=True)
    objects = connection.execute(_OBJECTS).fetchall()
    lines = ["PRAGMA foreign_keys=OFF;"]
    lines += [f"{sql.strip()};" for kind, _, sql in objects if kind == "table"]
    for kind, name, _ in objects:
        if kind == "table":
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1"):
                values = ", ".join(connection.execute("SELECT quote(?)", [_cut(value)]).fetchone()[0] for value in row)
                lines.append(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values});")
    lines += [f"{sql.strip()};" for kind, _, sql in objects if kind != "table"]
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return revision, "\n".join(lines).replace(str(database.resolve().parent), CLUB) + "\n"


def _cut(value: object) -> object:
    if isinstance(value, bytes):
        return value[:LONGEST_OCTETS]
    if not isinstance(value, str) or len(value) <= LONGEST_TEXT:
        return value
    try:
        json.loads(value)
    except ValueError:
        return value[:LONGEST_TEXT]
    return value


if __name__ == "__main__":
    named, text = dump(Path(sys.argv[1]))
    (Path(sys.argv[2]) / f"{named}.sql").write_text(text, encoding="utf-8")
