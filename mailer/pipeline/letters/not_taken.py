"""Writes the letter to a newsletter's editors about a folder that was not taken, once for each change of the folder."""

from collections.abc import Sequence

from mailer.domain.newsletter import Newsletter
from mailer.domain.shelf import Finding, PulledFolder
from mailer.pipeline.context import Context
from mailer.pipeline.letters.facts import NAMED, Facts
from mailer.store import letters
from mailer.views.issues import pulled_lines

NOT_TAKEN = "not-taken"  # names the folder of its templates, too
_DIGITS = 16  # of the change's hash


def write_not_taken(context: Context, newsletter: Newsletter, folders: Sequence[PulledFolder]) -> int:
    """Write to each editor about each folder that a pull refused, unless that was done; returns how many letters.

    A folder that could not be read at all is tried again at the next pull, and has no letter.
    """
    refused = [pulled for pulled in folders if pulled.finding is Finding.REFUSED and pulled.change]
    due = {
        f"{newsletter.id}/{pulled.folder} {pulled.change[:_DIGITS]} {editor}": (pulled, editor.wire)
        for pulled in refused
        for editor in newsletter.editors
    }
    if not due:
        return 0
    with context.store.reading() as connection:
        written = letters.written_about(connection, NOT_TAKEN, due)
    if written == due.keys():
        return 0
    now = context.clock.now()
    with context.store.transaction() as connection:
        return sum(
            letters.add(
                connection,
                kind=NOT_TAKEN,
                about=about,
                recipient=recipient,
                facts=_facts(newsletter, pulled),
                now=now,
            )
            for about, (pulled, recipient) in due.items()
        )


def _facts(newsletter: Newsletter, pulled: PulledFolder) -> Facts:
    return {
        "newsletter": newsletter.name,
        "folder": pulled.folder,
        "lines": pulled_lines(pulled)[:NAMED],
        "lines_more": max(0, len(pulled_lines(pulled)) - NAMED),
    }
