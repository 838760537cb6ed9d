"""Pulls finished issues from a newsletter's source and stores them as revisions, which never change."""

import unicodedata
from collections.abc import Sequence

from mailer.domain.errors import BadInput, Refused
from mailer.domain.issue import Issue
from mailer.domain.mailing import REPLANNABLE, MailingState
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import IssueSource, RawFile, RawIssue, UnreadFolder
from mailer.domain.remedy import Action
from mailer.domain.shelf import Finding, PulledFolder
from mailer.formats.issue import folder
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.store import Connection, issues, mailings


def pull(context: Context, newsletter: Newsletter, source: IssueSource) -> list[PulledFolder]:
    """Read every folder of the source, and store each finished issue that is new or was edited.

    A folder that is refused is named with the reason, and does not stop the others. Raises MailerError when the source
    itself cannot be read.
    """
    results, ready = _assemble_all(context, newsletter, source.read())
    with context.store.transaction() as connection:
        results += [_store(connection, context, issue, raw) for issue, raw in ready]
    for pulled in results:
        if pulled.finding in {Finding.STORED, Finding.REFUSED}:
            line = f"{pulled.folder}: {pulled.finding} {pulled.issue} {pulled.line}".strip()
            maillog.pulled(newsletter.id, line, *pulled.remedies)
    return results


def _assemble_all(
    context: Context, newsletter: Newsletter, folders: Sequence[RawIssue | UnreadFolder]
) -> tuple[list[PulledFolder], list[tuple[Issue, RawIssue]]]:
    """The results for folders without a finished issue; and the finished issues, by serial."""
    pulled: list[PulledFolder] = []
    ready: dict[int, tuple[Issue, RawIssue]] = {}
    for raw in sorted(folders, key=lambda raw: raw.folder):
        if isinstance(raw, UnreadFolder):
            pulled.append(PulledFolder(folder=raw.folder, finding=Finding.REFUSED, line=raw.reason))
            continue
        try:
            issue = _assemble(context, newsletter, raw)
        except BadInput as error:
            pulled.append(PulledFolder(folder=raw.folder, finding=Finding.REFUSED, line=str(error)))
        except Exception as error:  # noqa: BLE001  (whatever is in one folder, the others are pulled)
            line = f"{raw.folder}: it cannot be read ({type(error).__name__}: {error}); show it to the operator"
            pulled.append(PulledFolder(folder=raw.folder, finding=Finding.REFUSED, line=line))
        else:
            if issue is None:
                pulled.append(PulledFolder(folder=raw.folder, finding=Finding.DRAFT))
            elif issue.serial in ready:
                taken = ready[issue.serial][1].folder
                line = f"serial {issue.serial} is taken by folder {taken}; give one of them another number"
                pulled.append(PulledFolder(folder=raw.folder, finding=Finding.REFUSED, issue=issue.name, line=line))
            else:
                ready[issue.serial] = (issue, raw)
    return pulled, [ready[serial] for serial in sorted(ready)]


def _assemble(context: Context, newsletter: Newsletter, raw: RawIssue) -> Issue | None:
    """The finished issue of a folder; None for a draft, or an issue of another newsletter that shares the source."""
    named = folder.newsletters_of(raw.files)
    if named and newsletter.id not in named and named <= context.newsletters.keys():
        return None
    issue = folder.assemble(
        raw.folder, raw.files, languages=newsletter.languages, wait_for_all=newsletter.wait_for_all_languages
    )
    if issue is not None and issue.newsletter != newsletter.id:
        ids = ", ".join(sorted(context.newsletters))
        raise BadInput(f"{raw.folder}: newsletter: {issue.newsletter!r} is not known here; schedules/ has: {ids}")
    return issue


def _store(connection: Connection, context: Context, issue: Issue, raw: RawIssue) -> PulledFolder:
    latest = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if latest is not None and latest.content_hash == issue.content_hash:
        return PulledFolder(folder=raw.folder, finding=Finding.KNOWN, issue=issue.name)
    try:
        if latest is not None:
            refuse_if_fixed(connection, IssueName(newsletter=issue.newsletter, serial=issue.serial))
        warnings = _check_numbering(connection, issue)
    except Refused as error:
        return PulledFolder(
            folder=raw.folder,
            finding=Finding.REFUSED,
            issue=issue.name,
            line=str(error),
            remedies=error.remedies,
        )
    now = context.clock.now()
    number = issues.add_revision(connection, issue, _files_of(issue, raw), folder=raw.folder, now=now)
    line = f"revision {number}, {', '.join(issue.languages)}"
    context.record(connection, "pull", issue.name, f"{line}, {raw.folder}")
    notes = tuple(f"{raw.folder}: {note}" for picture in issue.pictures for note in picture.notes)
    warnings += notes
    return PulledFolder(folder=raw.folder, finding=Finding.STORED, issue=issue.name, line=line, warnings=warnings)


def _check_numbering(connection: Connection, issue: Issue) -> tuple[str, ...]:
    """Refuse a number that repeats or runs against its neighbours; warn of a gap. The first issue may have any number."""
    others = [other for other in issues.latest_revisions(connection, issue.newsletter) if other.serial != issue.serial]
    before = [other for other in others if other.serial < issue.serial]
    after = [other for other in others if other.serial > issue.serial]
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
    """Refused when the issue's content may no longer change: it is approved, or copies may have left."""
    for mailing in mailings.mailings_of(connection, name.newsletter, name.serial):
        if mailing.state is MailingState.CANCELLED and not mailing.has_begun:
            raise Refused(f"{name} is cancelled, and pulled with other content", Action.DROP_ISSUE.of(name))
        approved = mailing.approved_hash is not None
        if approved or mailing.state not in REPLANNABLE or mailing.first_handover_at is not None:
            if approved and mailing.state in {MailingState.APPROVED, MailingState.HELD}:
                raise Refused(f"{name} is {mailing.state} with other content: withdraw first", Action.WITHDRAW.of(name))
            raise Refused(
                f"{name} is {mailing.state} with other content; it has gone out: correct it in the next issue"
            )


def _files_of(issue: Issue, raw: RawIssue) -> list[RawFile]:
    """The texts as they were pulled, and the pictures as they are sent: written anew once, so that they stay the same."""
    texts = {f"{language}.md" for language in issue.languages}
    pictures = [RawFile(name=picture.name, content=picture.content) for picture in issue.pictures]
    return [file for file in raw.files if unicodedata.normalize("NFC", file.name) in texts] + pictures
