"""Brings a club that was just founded to a stage: the first one as people would, each one like it by copying files."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock

# The files of each club that was brought to a stage, by all that decides about them.
_clubs: dict[bytes, dict[str, bytes]] = {}


def bring(club: Club, stage: Callable[..., object], *people: object, clock: FrozenClock | None = None) -> None:
    """Let `stage(app, *people)` be done in the club, which is not open meanwhile."""
    clock = clock or FrozenClock(THURSDAY)
    made_of = (stage.__module__, stage.__qualname__, people, clock.now(), sorted(_files(club.folder).items()))
    key = hashlib.sha256(repr(made_of).encode()).digest()
    if key in _clubs:
        for name, content in _clubs[key].items():
            (club.folder / name).write_bytes(content)  # the files that there are keep their permissions
        return
    with club.opened(clock) as app:
        stage(app, *people)
        if epoch := app.context.ledger_epoch():  # as a sender does, without whom the ledger would be taken for a backup
            app.epoch.save(epoch)
        its_own = bool(app.database_files)
    if its_own:
        _clubs[key] = _files(club.folder)


def _files(folder: Path) -> dict[str, bytes]:
    """The content of every file by its path in the folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
