"""Pulls finished issues from a newsletter's source and stores them as revisions, which never change."""

import unicodedata
from collections.abc import Container, Sequence
from dataclasses import replace
from functools import partial

from mailer.domain.errors import Refused
from mailer.domain.issue import Issue
from mailer.domain.mailing import REPLANNABLE, MailingState
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import IssueSource, RawFile, RawIssue, UnreadFolder
from mailer.domain.remedy import Action
from mailer.domain.shelf import Finding, PulledFolder, Revision
from mailer.formats.edition.compile import subject_notes
from mailer.formats.issue import folder
from mailer.formats.issue.folder import NOTHING, Examined
from mailer.formats.issue.heads import newsletters_of
from mailer.formats.issue.pictures.kind import undecoded_picture
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import length_fault
from mailer.pipeline.issues.drop import can_be_dropped
from mailer.pipeline.issues.notes import issue_notes
from mailer.store import Connection, issues, mailings
from mailer.store.turns import Work, take_turns
from mailer.views.remedies import sentence

_refused = partial(PulledFolder, finding=Finding.REFUSED)


def pull(context: Context, newsletter: Newsletter, source: IssueSource) -> list[PulledFolder]:
    """Read every folder of the source, and store each finished issue that is new or was edited.

    A folder that is refused is named with the reason, and does not stop the others. Raises MailerError when the source
    itself cannot be read.
    """
    context.refuse_at_standstill(Action.PULL)
    results, ready = examine_all(context, newsletter, source.read())
    with context.store.transaction() as connection:
        take_turns(connection, Work.PULLS)
        results += [_store(connection, context, *each) for each in ready]
    for pulled in results:
        _log(newsletter, pulled)
    return results


def _log(newsletter: Newsletter, pulled: PulledFolder) -> None:
    if pulled.finding in {Finding.STORED, Finding.REFUSED}:
        for line in pulled.line.splitlines():
            words = (f"{pulled.folder}:", pulled.finding, pulled.issue, line)
            maillog.pulled(newsletter.id, " ".join(word for word in words if word), *pulled.remedies)
    for warning in pulled.warnings:
        maillog.pull_noted(newsletter.id, warning)


_Ready = tuple[Issue, RawIssue, Examined]


def examine_all(
    context: Context, newsletter: Newsletter, folders: Sequence[RawIssue | UnreadFolder]
) -> tuple[list[PulledFolder], list[_Ready]]:
    """The results for folders without a finished issue; and the finished issues, by serial, with what was found."""
    pulled: list[PulledFolder] = []
    ready: dict[int, _Ready] = {}
    with context.store.reading() as connection:
        stored = {revision.content_hash for revision in issues.latest_revisions(connection, newsletter.id)}
    for raw in sorted(folders, key=lambda raw: raw.folder):
        if isinstance(raw, UnreadFolder):
            pulled.append(_refused(folder=raw.folder, line=raw.reason))
            continue
        try:
            examined = _examine(context, newsletter, raw, stored)
        except Exception as error:  # noqa: BLE001  (whatever is in one folder, the others are pulled)
            line = f"it cannot be read ({type(error).__name__}: {error}); show it to the operator"
            pulled.append(_refused(folder=raw.folder, line=line))
            continue
        notes = tuple(f"{raw.folder}: {note}" for note in examined.notes)
        issue = examined.issue
        if examined.problems and (name := stored_under(context, newsletter, raw)):
            pulled.append(PulledFolder(folder=raw.folder, finding=Finding.KNOWN, issue=name))
        elif examined.problems:
            lines = "\n".join(examined.problems)
            pulled.append(_refused(folder=raw.folder, line=lines, change=examined.change, warnings=notes))
        elif issue is None:
            pulled.append(PulledFolder(folder=raw.folder, finding=Finding.DRAFT, warnings=notes))
        elif issue.serial in ready:
            taken = ready[issue.serial][1].folder
            line = f"serial {issue.serial} is taken by folder {taken}; give one of them another number"
            pulled.append(_refused(folder=raw.folder, line=line, issue=issue.name, change=examined.change))
        else:
            ready[issue.serial] = (issue, raw, examined)
    return pulled, [ready[serial] for serial in sorted(ready)]


def stored_under(context: Context, newsletter: Newsletter, raw: RawIssue) -> str:
    """The issue whose latest revision has these very texts, taken by the rules of an earlier version; empty for none."""
    contents = {file.name: file.content for file in raw.files}
    with context.store.reading() as connection:
        for revision in issues.latest_revisions(connection, newsletter.id):
            if revision.folder == raw.folder:
                stored = {file.name: file.content for file in issues.files_of(connection, revision.content_hash)}
                if all(contents.get(f"{language}.md") == stored[f"{language}.md"] for language in revision.languages):
                    return revision.name
    return ""


def _examine(context: Context, newsletter: Newsletter, raw: RawIssue, stored: Container[str]) -> Examined:
    """What is in a folder; an issue of another newsletter that shares the source is none.

    Pictures are decoded only of content that is not `stored`: old issues stay in the source, and each pull reads them.
    """
    named = newsletters_of(raw.files)
    if named and newsletter.id not in named and named <= context.newsletters.keys():
        return NOTHING
    examine = partial(
        folder.examine,
        raw.files,
        languages=newsletter.languages,
        wait_for_all=newsletter.wait_for_all_languages,
        others=raw.others,
        newsletters=tuple(context.newsletters),
    )
    undecoded = examine(picture=undecoded_picture)
    if undecoded.issue and undecoded.issue.content_hash in stored:
        return undecoded
    examined = examine()
    if examined.issue is None:
        return examined
    if fault := length_fault(context, examined.issue):
        return replace(examined, issue=None, problems=(fault,))
    return replace(examined, notes=(*examined.notes, *subject_notes(examined.issue, newsletter)))


def _store(connection: Connection, context: Context, issue: Issue, raw: RawIssue, examined: Examined) -> PulledFolder:
    latest = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if latest is not None and latest.content_hash == issue.content_hash:
        return PulledFolder(folder=raw.folder, finding=Finding.KNOWN, issue=issue.name)
    if any(not picture.content for picture in issue.pictures):
        line = "the issue was taken back while its folder was read; it is tried again at the next pull"
        return _refused(folder=raw.folder, line=line, issue=issue.name)
    try:
        if latest is not None:
            refuse_if_fixed(connection, IssueName(newsletter=issue.newsletter, serial=issue.serial))
        _check_numbering(connection, issue)
    except Refused as error:
        return _refused(
            folder=raw.folder,
            line=str(error),
            issue=issue.name,
            remedies=error.remedies,
            change=examined.change,
        )
    warnings = issue_notes(connection, context, issue)
    now = context.clock.now()
    number = issues.add_revision(connection, issue, files_of(issue, raw), folder=raw.folder, now=now)
    line = f"revision {number}, {', '.join(issue.languages)}"
    context.record(connection, "pull", issue.name, f"{line}, {raw.folder}")
    warnings += tuple(f"{raw.folder}: {note}" for note in examined.notes)
    return PulledFolder(folder=raw.folder, finding=Finding.STORED, issue=issue.name, line=line, warnings=warnings)


def numbering_fault(connection: Connection, issue: Issue) -> str:
    """Why the issue's number keeps it from being pulled; empty when it does not."""
    try:
        _check_numbering(connection, issue)
    except Refused as error:
        return sentence(error)
    return ""


def _check_numbering(connection: Connection, issue: Issue) -> None:
    """Refuse a number that repeats or runs against its neighbours. The first issue may have any number."""
    others = [other for other in issues.latest_revisions(connection, issue.newsletter) if other.serial != issue.serial]
    before = [other for other in others if other.serial < issue.serial]
    after = [other for other in others if other.serial > issue.serial]
    if after and issues.latest_revision(connection, issue.newsletter, issue.serial) is None:
        line = f"serial {issue.serial} steps back behind {after[-1].serial}, the last issue; correct `serial`"
        raise _against(connection, after[-1], line)
    place = (issue.year, issue.number)
    if before and place <= (before[-1].year, before[-1].number):
        line = f"number {_place(*place)} repeats or steps back behind {_place(before[-1].year, before[-1].number)}"
        raise _against(connection, before[-1], f"{line}, issue {before[-1].serial}; correct `number` or `year`")
    if after and place >= (after[0].year, after[0].number):
        line = f"number {_place(*place)} repeats or runs ahead of {_place(after[0].year, after[0].number)}"
        raise _against(connection, after[0], f"{line}, issue {after[0].serial}; correct `number` or `year`")


def _against(connection: Connection, other: Revision, line: str) -> Refused:
    """The refusal of an issue because of another, which can be taken back if the mistake is there."""
    name = IssueName(newsletter=other.newsletter, serial=other.serial)
    if not can_be_dropped(connection, name):
        return Refused(line)
    words = (
        f"{line}. If the mistake is in {other.serial} (folder {other.folder}): nothing of it was approved or has left"
    )
    return Refused(words, Action.DROP_ISSUE.of(name))


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


def files_of(issue: Issue, raw: RawIssue) -> list[RawFile]:
    """The texts as they were pulled, and the pictures as they are sent: written anew once, so that they stay the same."""
    texts = {f"{language}.md" for language in issue.languages}
    pictures = [RawFile(name=picture.name, content=picture.content) for picture in issue.pictures]
    return [file for file in raw.files if unicodedata.normalize("NFC", file.name) in texts] + pictures
