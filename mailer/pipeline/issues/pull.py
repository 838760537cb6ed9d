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
from mailer.domain.remedy import Action, Remedy
from mailer.formats.issue import folder
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.store import Connection, history, issues, mailings


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
    remedies: tuple[Remedy, ...] = ()


def pull(context: Context, newsletter: Newsletter, source: IssueSource) -> list[Pulled]:
    """Look at every folder of the source once; store each finished issue that is new or was edited.

    A folder that cannot be taken is named with the reason, nothing of it is stored, and the others are stored all the
    same. Raises MailerError when the source itself cannot be reached.
    """
    found = source.read()
    pulled, ready = _sorted_out(context, newsletter, found)
    with context.store.transaction() as connection:
        pulled += [_take(connection, context, issue, raw) for issue, raw in ready]
    for one in pulled:
        if one.finding in {Finding.STORED, Finding.REFUSED}:
            maillog.pulled(newsletter.id, f"{one.folder}: {one.finding} {one.issue} {one.line}".strip(), *one.remedies)
    return pulled


def _sorted_out(
    context: Context, newsletter: Newsletter, found: Sequence[RawIssue | UnreadFolder]
) -> tuple[list[Pulled], list[tuple[Issue, RawIssue]]]:
    """What became of the folders that are no finished issue, and the finished issues, by serial."""
    pulled: list[Pulled] = []
    ready: dict[int, tuple[Issue, RawIssue]] = {}
    for raw in sorted(found, key=lambda one: one.folder):
        if isinstance(raw, UnreadFolder):
            pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, line=raw.reason))
            continue
        try:
            issue = _assembled(context, newsletter, raw)
        except BadInput as error:
            pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, line=str(error)))
        except Exception as error:  # noqa: BLE001  (one folder, whatever is in it, never stops the others)
            line = f"{raw.folder}: it cannot be read ({type(error).__name__}: {error}); show it to the operator"
            pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, line=line))
        else:
            if issue is None:
                pulled.append(Pulled(folder=raw.folder, finding=Finding.DRAFT))
            elif issue.serial in ready:
                taken = ready[issue.serial][1].folder
                line = f"serial {issue.serial} is taken by folder {taken}; give one of them another number"
                pulled.append(Pulled(folder=raw.folder, finding=Finding.REFUSED, issue=issue.name, line=line))
            else:
                ready[issue.serial] = (issue, raw)
    return pulled, [ready[serial] for serial in sorted(ready)]


def _assembled(context: Context, newsletter: Newsletter, raw: RawIssue) -> Issue | None:
    """The finished issue of a folder; None for a draft, and for an issue of another newsletter with the same source."""
    named = folder.newsletters_of(raw.files)
    if named and newsletter.id not in named and named <= context.newsletters.keys():
        return None
    issue = folder.assemble(
        raw.folder, raw.files, languages=newsletter.languages, wait_for_all=newsletter.wait_for_all_languages
    )
    if issue is not None and issue.newsletter != newsletter.id:
        known = ", ".join(sorted(context.newsletters))
        raise BadInput(f"{raw.folder}: newsletter: {issue.newsletter!r} is not known here; schedules/ has: {known}")
    return issue


def _take(connection: Connection, context: Context, issue: Issue, raw: RawIssue) -> Pulled:
    latest = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if latest is not None and latest.content_hash == issue.content_hash:
        return Pulled(folder=raw.folder, finding=Finding.KNOWN, issue=issue.name)
    try:
        if latest is not None:
            refuse_if_fixed(connection, IssueName(newsletter=issue.newsletter, serial=issue.serial))
        warnings = _check_numbering(connection, issue)
    except Refused as error:
        return Pulled(
            folder=raw.folder,
            finding=Finding.REFUSED,
            issue=issue.name,
            line=str(error),
            remedies=error.remedies,
        )
    now = context.clock.now()
    number = issues.add_revision(connection, issue, _files_of(issue, raw), folder=raw.folder, now=now)
    line = f"revision {number}, {', '.join(issue.languages)}"
    detail = f"{line}, {raw.folder}"
    history.record(connection, at=now, who=context.who, verb="pull", subject=issue.name, detail=detail)
    return Pulled(folder=raw.folder, finding=Finding.STORED, issue=issue.name, line=line, warnings=warnings)


def _check_numbering(connection: Connection, issue: Issue) -> tuple[str, ...]:
    """Refuse a repeat or a step back against the issues beside it; warn of a gap. Any first number is taken."""
    others = [one for one in issues.latest_revisions(connection, issue.newsletter) if one.serial != issue.serial]
    before = [one for one in others if one.serial < issue.serial]
    after = [one for one in others if one.serial > issue.serial]
    if after and issues.latest_revision(connection, issue.newsletter, issue.serial) is None:
        raise Refused(f"serial {issue.serial} steps back behind {after[-1].serial}, the last issue; correct `serial`")
    place = (issue.year, issue.number)
    if before and place <= (before[-1].year, before[-1].number):
        raise Refused(
            f"number {_place(*place)} repeats or steps back behind {_place(before[-1].year, before[-1].number)}, "
            f"issue {before[-1].serial}; correct `number` or `year`"
        )
    if after and place >= (after[0].year, after[0].number):
        raise Refused(
            f"number {_place(*place)} repeats or runs ahead of {_place(after[0].year, after[0].number)}, "
            f"issue {after[0].serial}; correct `number` or `year`"
        )
    if not before:
        return ()
    last = before[-1]
    warnings = []
    if issue.serial > last.serial + 1:
        warnings.append(f"{issue.name}: a gap in the numbering: the issue before it is {last.serial}")
    expected = last.number + 1 if issue.year == last.year else 1
    if issue.number > expected:
        warnings.append(f"{issue.name}: a gap in the numbering of {issue.year}: number {expected} was expected")
    if issue.date < last.date:
        warnings.append(f"{issue.name}: its date {issue.date} is before that of issue {last.serial}, {last.date}")
    return tuple(warnings)


def _place(year: int, number: int) -> str:
    return f"{number} of {year}"


def refuse_if_fixed(connection: Connection, name: IssueName) -> None:
    """Refused when other content may no longer come in for this issue: it is approved, or copies may have left."""
    for found in mailings.mailings_of(connection, name.newsletter, name.serial):
        if found.state is MailingState.CANCELLED and found.first_handover_at is None:
            continue
        approved = found.approved_hash is not None
        if approved or found.state not in REPLANNABLE or found.first_handover_at is not None:
            if approved and found.state in {MailingState.APPROVED, MailingState.HELD}:
                raise Refused(f"{name} is {found.state} with other content: withdraw first", Action.WITHDRAW.of(name))
            raise Refused(f"{name} is {found.state} with other content; it has gone out: correct it in the next issue")


def _files_of(issue: Issue, raw: RawIssue) -> list[RawFile]:
    used = {f"{language}.md" for language in issue.languages} | {picture.name for picture in issue.pictures}
    return [file for file in raw.files if unicodedata.normalize("NFC", file.name) in used]
