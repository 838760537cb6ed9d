"""The shelf of issues: what was pulled, whether it compiles, and how a raw text gets there."""

import re
from dataclasses import dataclass
from pathlib import Path

from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.ports import RawFile
from mailer.domain.remedy import Action
from mailer.formats.edition import compile as editions
from mailer.formats.raw import convert
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import compile_editions, load_issue
from mailer.store import Connection, issues, mailings
from mailer.store.issues import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """An issue's latest revision and the state of its first mailing (`pulled` before there is one)."""

    issue: str
    revision: Revision
    state: str


def find_revision(connection: Connection, issue: IssueName) -> Revision:
    """The latest revision of an issue; NotFound says how to pull it."""
    found = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if found is None:
        raise NotFound(f"{issue} has not been pulled", Action.PULL.of(), Action.LIST_ISSUES.of())
    return found


def listing(context: Context) -> list[Shelved]:
    """Every issue that was pulled, by newsletter and serial."""
    with context.store.reading() as connection:
        return [_shelved(connection, one) for one in issues.latest_revisions(connection)]


def show(context: Context, name: IssueName) -> tuple[Shelved, tuple[RawFile, ...]]:
    """One issue with the files of its latest revision."""
    with context.store.reading() as connection:
        found = find_revision(connection, name)
        return _shelved(connection, found), issues.files_of(connection, found.content_hash)


def facts(one: Shelved) -> dict[str, object]:
    """What there is to say about an issue, as a document."""
    found = one.revision
    return {
        "issue": one.issue,
        "title": found.title,
        "number": found.number,
        "volume": found.volume,
        "year": found.year,
        "date": found.date.isoformat(),
        "languages": list(found.languages),
        "revision": found.revision,
        "state": one.state,
        "folder": found.folder,
        "content_hash": found.content_hash,
    }


def check(context: Context, name: IssueName) -> list[str]:
    """Compile every edition; returns warnings, such as an edition that is nearly too long for one screen of Gmail."""
    with context.store.reading() as connection:
        issue = load_issue(connection, find_revision(connection, name))
    compiled = compile_editions(context, issue)
    return sorted({warning for one in compiled.values() for warning in editions.warnings(one)})


def import_raw(file: Path, into: Path, *, newsletter: str, language: str) -> tuple[Path, convert.Imported]:
    """Write `<language>.md` as a draft into an issue's folder, and tell what is wrong with the text.

    Refused when the file is there already; BadInput when the raw text cannot be read, or for an impossible language.
    """
    if not re.fullmatch(r"[a-z]{2}", language):
        raise BadInput(f"--language {language!r}: write two small letters, such as en or ru")
    try:
        raw = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 (octet {error.start}); save it as UTF-8") from error
    imported = convert.convert(raw, newsletter=newsletter, language=language)
    made = into / f"{language}.md"
    into.mkdir(parents=True, exist_ok=True)
    try:
        with made.open("x", encoding="utf-8") as opened:
            opened.write(imported.markdown)
    except FileExistsError:
        raise Refused(f"{made} is there already: name another folder, or move it away") from None
    return made, imported


def _shelved(connection: Connection, found: Revision) -> Shelved:
    sent = mailings.mailings_of(connection, found.newsletter, found.serial)
    name = IssueName(newsletter=found.newsletter, serial=found.serial)
    return Shelved(issue=str(name), revision=found, state=sent[0].state if sent else "pulled")
