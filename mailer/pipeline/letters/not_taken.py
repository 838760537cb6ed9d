"""Writes the letter to a newsletter's editors about the folders that a pull did not take, once for each change of a folder."""

from collections.abc import Sequence

from mailer.domain.newsletter import Newsletter
from mailer.domain.shelf import Finding, PulledFolder
from mailer.pipeline.context import Context
from mailer.pipeline.letters.facts import NAMED, Facts, cut
from mailer.store import letters

NOT_TAKEN = "not-taken"  # names the folder of its templates, too
_DIGITS = 16  # of the change's hash


def write_not_taken(context: Context, newsletter: Newsletter, folders: Sequence[PulledFolder]) -> int:
    """Write to each editor about all folders that a pull refused and of which that was not done; returns how many letters.

    A folder that could not be read at all is tried again at the next pull, and has no letter.
    """
    refused = [pulled for pulled in folders if pulled.finding is Finding.REFUSED and pulled.change]
    subjects = {
        (pulled.folder, editor): _subject(newsletter, pulled, editor.wire)
        for pulled in refused
        for editor in newsletter.editors
    }
    if not subjects:
        return 0
    with context.store.reading() as connection:
        written = letters.written_about(connection, NOT_TAKEN, subjects.values())
    if written == frozenset(subjects.values()):
        return 0
    now, number = context.clock.now(), 0
    with context.store.transaction() as connection:
        for editor in newsletter.editors:
            due = [pulled for pulled in refused if subjects[pulled.folder, editor] not in written]
            first, *others = [subjects[pulled.folder, editor] for pulled in due] or [""]
            if due:
                number += letters.add(
                    connection,
                    kind=NOT_TAKEN,
                    about=first,
                    recipient=editor.wire,
                    facts=_facts(newsletter, due),
                    now=now,
                )
                letters.add_said(connection, kind=NOT_TAKEN, subjects=others, recipient=editor.wire, now=now)
    return number


def _subject(newsletter: Newsletter, pulled: PulledFolder, editor: str) -> str:
    return f"{newsletter.id}/{pulled.folder} {pulled.change[:_DIGITS]} {editor}"


def _facts(newsletter: Newsletter, refused: Sequence[PulledFolder]) -> Facts:
    return {"newsletter": newsletter.name, **cut("folders", refused, _folder_facts)}


def _folder_facts(pulled: PulledFolder) -> Facts:
    lines = pulled.line.splitlines()
    return {
        "folder": pulled.folder,
        "lines": lines[:NAMED],
        "lines_more": max(0, len(lines) - NAMED),
        "remedies": [{"action": remedy.action.value, "issue": remedy.subjects[0]} for remedy in pulled.remedies],
    }
