"""Brings a club that was just founded to a stage: the first one as people would, each one like it by copying it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import databases
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock

# How many are kept: each has a database, which takes ten megabytes on a server.
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A club at a stage: its files, which name a database of any club, and its own database's name on a server."""

    files: Mapping[str, bytes]
    database: str


# By all that decides about it, the oldest one first.
_clubs: dict[bytes, Brought] = {}


def bring(club: Club, stage: Callable[..., object], *people: object, clock: FrozenClock | None = None) -> None:
    """Let `stage(app, *people)` be done in the club, which is not open meanwhile."""
    clock = clock or FrozenClock(THURSDAY)
    made_of = (stage.__module__, stage.__qualname__, people, clock.now(), sorted(_files(club.folder).items()))
    key = hashlib.sha256(repr(made_of).encode()).digest()
    if key in _clubs:
        for name, content in _clubs[key].files.items():
            file, octets = databases.naming_its_own(club.folder, name, content)
            (club.folder / file).write_bytes(octets)  # the files that there are keep their permissions
        databases.become(club.folder, _clubs[key].database)
        return
    with club.opened(clock) as app:
        stage(app, *people)
        if epoch := app.context.ledger_epoch():  # as a sender does, without whom the ledger would be taken for a backup
            app.epoch.save(epoch)
    if len(_clubs) >= MOST:
        databases.drop(_clubs.pop(next(iter(_clubs))).database)
    _clubs[key] = Brought(files=_files(club.folder), database=databases.keep(club.folder))


def _files(folder: Path) -> dict[str, bytes]:
    """The content of every file by its path in the folder."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return dict(databases.naming_any(folder, str(file.relative_to(folder)), file.read_bytes()) for file in files)
