"""Pulls finished issues from a newsletter's source and keeps them as immutable revisions."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailer.domain.errors import BadInput, Refused
from mailer.domain.issue import Issue
from mailer.domain.mailing import REPLANNABLE, MailingState
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import IssueSource, RawFile, RawIssue, UnreadFolder
from mailer.formats import issue_file
from mailer.pipeline import maillog
from mailer.pipeline.press import IssueName, Press
from mailer.store import Connection, history, issues, mailings
from mailer.store.issues import Revision


class Finding(StrEnum):
    """What became of one folder."""

    STORED = "stored"
    KNOWN = "known"
    DRAFT = "draft"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One folder of a source and what became of it. `issue` is empty where it could not be read."""

    folder: str
    finding: Finding
    issue: str = ""
    line: str = ""
    warnings: tuple[str, ...] = ()


def pull(press: Press, newsletter: Newsletter, source: IssueSource) -> list[Pulled]:
    """Look at every folder of the source once; store each finished issue that is new or was edited.

    A folder that cannot be taken is named with the reason, nothing of it is stored, and the others are stored all the
    same. Raises MailerError when the source itself cannot be reached.
    """
    found = source.read()
    with press.store.transaction() as connection:
        pulled = _all(connection, press, newsletter, found)
    for one in pulled:
        if one.finding in {Finding.STORED, Finding.REFUSED}:
            maillog.pulled(newsletter.id, f"{one.folder}: {one.finding} {one.issue} {one.line}".strip())
    return pulled


def _all(
    connection: Connection, press: Press, newsletter: Newsletter, found: Sequence[RawIssue | UnreadFolder]
) -> list[Pulled]:
    pulled: list[Pulled] = []
    ready: list[tuple[Issue, RawIssue]] = []
    for raw in found:
        if isinstance(raw, UnreadFolder):
            pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, line=raw.reason))
            continue
        try:
            issue = _assembled(press, newsletter, raw)
        except BadInput as error:
            pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, line=str(error)))
            continue
        if issue is None:
            pulled.append(Pulled(folder=raw.folder, finding=Finding.DRAFT))
        elif issue.newsletter == newsletter.id:
            ready.append((issue, raw))
    seen: dict[int, str] = {}
    for issue, raw in sorted(ready, key=lambda pair: (pair[0].serial, pair[1].folder)):
        if issue.serial in seen:
            line = f"serial {issue.serial} is taken by folder {seen[issue.serial]}; give one of them another number"
            pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, issue=issue.name, line=line))
            continue
        seen[issue.serial] = raw.folder
        pulled.append(_take(connection, press, issue, raw))
    return pulled


def _assembled(press: Press, newsletter: Newsletter, raw: RawIssue) -> Issue | None:
    issue = issue_file.assemble(
        raw.folder, raw.files, languages=newsletter.languages, wait_for_all=newsletter.wait_for_all_languages
    )
    if issue is not None and issue.newsletter not in press.newsletters:
        known = ", ".join(sorted(press.newsletters))
        raise BadInput(f"{raw.folder}: newsletter: {issue.newsletter!r} is not known here; schedules/ has: {known}")
    return issue


def _take(connection: Connection, press: Press, issue: Issue, raw: RawIssue) -> Pulled:
    latest = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if latest is not None and latest.content_hash == issue.content_hash:
        return Pulled(folder=raw.folder, finding=Finding.KNOWN, issue=issue.name)
    try:
        warnings = _check(connection, issue, latest)
    except Refused as error:
        return Pulled(folder=raw.folder, finding=Finding.REFUSED, issue=issue.name, line=str(error))
    number = issues.add_revision(connection, issue, _files_of(issue, raw), folder=raw.folder, now=press.clock.now())
    line = f"revision {number}, {', '.join(issue.languages)}"
    history.record(
        connection, at=press.clock.now(), who=press.who, verb="pull", subject=issue.name, detail=f"{line}, {raw.folder}"
    )
    return Pulled(folder=raw.folder, finding=Finding.STORED, issue=issue.name, line=line, warnings=warnings)


def _check(connection: Connection, issue: Issue, latest: Revision | None) -> tuple[str, ...]:
    known = issues.revision_of(connection, issue.content_hash)
    if known is not None:
        raise Refused(
            f"{issue.name} has the content of its older revision {known.revision}; edit it, or leave it as it is"
        )
    if latest is not None:
        refuse_if_fixed(connection, IssueName(newsletter=issue.newsletter, serial=issue.serial))
        return ()
    others = issues.latest_revisions(connection, issue.newsletter)
    if not others:
        return ()
    last = max(others, key=lambda one: one.serial)
    if issue.serial < last.serial:
        raise Refused(f"serial {issue.serial} steps back behind {last.serial}, the last issue; correct `serial`")
    same_year = [one for one in others if one.year == issue.year]
    highest = max((one.number for one in same_year), default=0)
    if issue.number <= highest:
        raise Refused(f"number {issue.number} of {issue.year} repeats or steps back behind {highest}; correct `number`")
    warnings = []
    if issue.serial > last.serial + 1:
        warnings.append(f"{issue.name}: a gap in the numbering: the last issue was {last.serial}")
    if same_year and issue.number > highest + 1:
        warnings.append(f"{issue.name}: a gap in the numbering of {issue.year}: the last number was {highest}")
    return tuple(warnings)


def refuse_if_fixed(connection: Connection, name: IssueName) -> None:
    """Refused when other content may no longer come in for this issue: it is approved, or copies may have left."""
    for found in mailings.mailings_of(connection, name.newsletter, name.serial):
        if found.state is MailingState.CANCELLED and found.first_handover_at is None:
            continue
        approved = found.approved_hash is not None
        if approved or found.state not in REPLANNABLE or found.first_handover_at is not None:
            withdraw = approved and found.state in {MailingState.APPROVED, MailingState.HELD}
            todo = (
                f"withdraw first: `mailer withdraw {name}`"
                if withdraw
                else "it has gone out: correct it in the next issue"
            )
            raise Refused(f"{name} is {found.state} with other content; {todo}")


def _files_of(issue: Issue, raw: RawIssue) -> list[RawFile]:
    used = {f"{language}.md" for language in issue.languages} | {picture.name for picture in issue.pictures}
    return [file for file in raw.files if unicodedata.normalize("NFC", file.name) in used]
