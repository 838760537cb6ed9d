"""The shelf of pulled issues: lists, shows and checks them, and turns a raw text into a draft."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.domain.errors import BadInput, NotFound
from mailer.domain.mailing import Mailing
from mailer.domain.ports import RawFile
from mailer.domain.remedy import Action
from mailer.domain.shelf import Revision, ShelvedIssue
from mailer.pipeline.context import Context, IssueName
from mailer.store import Connection, issues, mailings

if TYPE_CHECKING:
    from mailer.formats.raw.convert import ConvertedText


def find_revision(connection: Connection, issue: IssueName) -> Revision:
    """The latest revision of an issue. NotFound says how to pull it."""
    revision = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if revision is None:
        raise NotFound(f"{issue} has not been pulled", Action.PULL.of(), Action.LIST_ISSUES.of())
    return revision


def listing(context: Context) -> list[ShelvedIssue]:
    """Every issue that was pulled, by newsletter and serial."""
    with context.store.reading() as connection:
        first = {(mailing.newsletter, mailing.serial): mailing for mailing in mailings.firsts(connection)}
        return [
            _shelved(revision, first.get((revision.newsletter, revision.serial)))
            for revision in issues.latest_revisions(connection)
        ]


def show(context: Context, name: IssueName) -> tuple[ShelvedIssue, tuple[RawFile, ...]]:
    """One issue with the files of its latest revision."""
    with context.store.reading() as connection:
        revision = find_revision(connection, name)
        planned = mailings.mailings_of(connection, name.newsletter, name.serial)
        return _shelved(revision, planned[0] if planned else None), issues.files_of(connection, revision.content_hash)


def check(context: Context, name: IssueName) -> list[str]:
    """Compile every edition; returns what looks wrong, for example in its date, or an edition that Gmail would clip.

    What was compiled before from the same content and templates is not compiled again in this process.
    """
    # Imported here, since finding an issue needs no compiler.
    from mailer.pipeline.issues.compile import inputs_hash
    from mailer.pipeline.issues.notes import issue_notes
    from mailer.pipeline.issues.size import size_note
    from mailer.pipeline.issues.soundness import Compilation, find_soundness

    with context.store.reading() as connection:
        revision = find_revision(connection, name)
        notes = issue_notes(connection, context, revision)
    inputs = inputs_hash(context, context.newsletter(name.newsletter))
    sound = find_soundness(
        Compilation(content=revision.content_hash, inputs=inputs, revision=revision, context=context)
    )
    with context.store.reading() as connection:
        size = size_note(connection, context, sound.largest)
    return [*notes, *sound.of_issue, *([size] if size else []), *sound.of_editions]


def import_raw(
    file: Path, write: Callable[[str, bytes], Path], *, newsletter: str, language: str
) -> "tuple[Path, ConvertedText]":
    """Write a raw text as the draft `<language>.md` of an issue's folder; returns its path, and what is wrong with it.

    `write` writes into the folder, and refuses a file that exists. BadInput when the raw text cannot be read, or for an
    impossible language.
    """
    from mailer.formats.raw.convert import convert

    if not re.fullmatch(r"[a-z]{2}", language):
        raise BadInput(f"--language {language!r}: write two small letters, such as en or ru")
    try:
        raw = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 (octet {error.start}); save it as UTF-8") from error
    imported = convert(raw, newsletter=newsletter, language=language)
    return write(f"{language}.md", imported.markdown.encode()), imported


def _shelved(revision: Revision, mailing: Mailing | None) -> ShelvedIssue:
    return ShelvedIssue(issue=revision.name, revision=revision, state=mailing.state if mailing else "pulled")
