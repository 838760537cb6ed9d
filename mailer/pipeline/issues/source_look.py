"""Looks at the folders of a source that are not stored: drafts, what the next pull would take, and what it would refuse."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.issue import Issue, content_hash
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import EditableSource, RawIssue
from mailer.domain.remedy import Action
from mailer.domain.shelf import Finding, WaitingFolder
from mailer.formats.issue import folder
from mailer.formats.issue.folder import Examined
from mailer.formats.issue.heads import newsletters_of
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import inputs_hash
from mailer.pipeline.issues.desk import CheckedFolder, Desk, FolderCopy, check_folder, preview_copies
from mailer.pipeline.issues.pull import numbering_fault, refuse_if_fixed, stored_under
from mailer.store import Connection, issues

# So many folders with their editions and pictures are remembered: those that editors look at now.
_REMEMBERED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """A folder as it was read: the hash of its files, and what was found, once that was looked for."""

    fingerprint: str
    files_hash: str = ""
    examined: Examined | None = None
    fault: str = ""


@dataclass(slots=True)
class SourceWatch:
    """What was found in each folder, so that one is read again only when its files have changed."""

    _contents: dict[tuple[str, str], _Content] = field(default_factory=dict)

    def look(self, context: Context, newsletter: Newsletter, source: EditableSource) -> list[WaitingFolder]:
        """The newsletter's folders whose content is not stored, by name. MailerError when the source cannot be read."""
        with context.store.reading() as connection:
            stored = {revision.content_hash for revision in issues.latest_revisions(connection, newsletter.id)}
        folders = source.folders()
        contents = {name: self._content(context, newsletter, source, name, stored) for name in folders}
        with context.store.reading() as connection:
            every = [_waiting(connection, newsletter, name, content, stored) for name, content in contents.items()]
        for key in [key for key in self._contents if key[0] == newsletter.id and key[1] not in folders]:
            self._contents.pop(key, None)
        return [waiting for waiting in every if waiting is not None]

    def _content(
        self, context: Context, newsletter: Newsletter, source: EditableSource, name: str, stored: set[str]
    ) -> _Content:
        key, fingerprint = (newsletter.id, name), source.fingerprint(name)
        content = self._contents.get(key)
        if content is None or content.fingerprint != fingerprint:
            content = _Content(fingerprint=fingerprint)
        if content.fault or content.examined is not None or (content.files_hash and content.files_hash in stored):
            return content
        try:
            raw = source.read_one(name)
        except BadInput as error:
            content = replace(content, fault=str(error))
        else:
            content = replace(content, files_hash=content_hash(raw.files))
            if content.files_hash not in stored:
                content = replace(content, examined=_examine(context, newsletter, raw))
        self._contents[key] = content
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """A folder with what it is checked by; two are the same when their files, settings and day are."""

    folder: str
    content: str
    others: tuple[str, ...]
    inputs: str
    day: date
    raw: RawIssue = field(compare=False)
    desk: Desk = field(compare=False)
    now: datetime = field(compare=False)


@lru_cache(maxsize=_REMEMBERED)
def _checked(check: _Check) -> CheckedFolder:
    return check_folder(check.desk, check.raw, check.now)


def check_source_folder(context: Context, newsletter: Newsletter, source: EditableSource, name: str) -> CheckedFolder:
    """All that `issue check` finds in one folder of the source; looked for once while nothing of it changes.

    NotFound for a folder that is not there, BadInput for one that cannot be read.
    """
    if name not in source.folders():
        raise NotFound(f"the source of {newsletter.id} has no folder {name!r}", Action.LIST_ISSUES.of())
    raw, now = source.read_one(name), context.clock.now()
    desk = Desk(
        newsletters={newsletter.id: newsletter, **context.newsletters},
        fees=context.fees,
        templates=context.templates,
        made_up=False,
        public_url=context.public_url,
        return_path_domain=context.return_path_domain,
    )
    return _checked(
        _Check(
            folder=name,
            content=content_hash(raw.files),
            others=tuple(raw.others),
            inputs="".join(inputs_hash(context, each) + repr(each) for each in desk.newsletters.values()),
            day=now.date(),
            raw=raw,
            desk=desk,
            now=now,
        )
    )


def preview_waiting(
    context: Context, newsletter: Newsletter, source: EditableSource, name: str, language: str
) -> FolderCopy:
    """The copy that a made-up person would get of a folder's issue. BadInput with every problem of a folder that has any."""
    checked = check_source_folder(context, newsletter, source, name)
    copies = {copy.language: copy for copy in preview_copies(checked, context.clock.now())}
    if language not in copies:
        raise NotFound(f"{name} has no text in {language!r}, only in: {', '.join(copies)}")
    return copies[language]


def check_waiting(context: Context, newsletter: Newsletter, source: EditableSource, name: str) -> WaitingFolder:
    """All that `issue check` finds in one folder of the source, and what the shelf has against it.

    NotFound for a folder that is not there. Its finding is `known` where its content is stored.
    """
    try:
        checked = check_source_folder(context, newsletter, source, name)
    except BadInput as error:
        return _unreadable(newsletter, name, str(error))
    waiting = WaitingFolder(
        newsletter=newsletter.id,
        folder=name,
        finding=_finding(is_draft=checked.is_draft, problems=checked.problems),
        issue=checked.issue.name if checked.issue is not None else "",
        problems=checked.problems,
        notes=checked.notes,
        languages=checked.issue.languages if checked.issue is not None and not checked.problems else (),
    )
    if checked.issue is None:
        return waiting
    with context.store.reading() as connection:
        latest = issues.latest_revision(connection, checked.issue.newsletter, checked.issue.serial)
        if latest is not None and latest.content_hash == checked.issue.content_hash:
            return replace(waiting, finding=Finding.KNOWN)
        return _judged(connection, waiting, checked.issue)


def _finding(*, is_draft: bool, problems: Sequence[str]) -> Finding:
    return Finding.DRAFT if is_draft else Finding.REFUSED if problems else Finding.STORED


def _examine(context: Context, newsletter: Newsletter, raw: RawIssue) -> Examined:
    """All findings of a folder, draft or not; of its issue, only what the shelf compares is kept in memory."""
    named = newsletters_of(raw.files)
    if named and newsletter.id not in named and named <= context.newsletters.keys():
        return folder.NOTHING
    examined = folder.examine(
        raw.files,
        languages=newsletter.languages,
        wait_for_all=newsletter.wait_for_all_languages,
        others=raw.others,
        newsletters=tuple(context.newsletters),
        drafts=True,
    )
    if examined.problems and stored_under(context, newsletter, raw):
        return folder.NOTHING
    issue = replace(examined.issue, texts=(), pictures=()) if examined.issue is not None else None
    return replace(examined, issue=issue)


def _waiting(
    connection: Connection, newsletter: Newsletter, name: str, content: _Content, stored: set[str]
) -> WaitingFolder | None:
    """The folder as it waits; None when its content is stored, or when it has nothing for this newsletter."""
    examined = content.examined
    if content.fault:
        return _unreadable(newsletter, name, content.fault)
    if examined is None or (examined.issue is not None and examined.issue.content_hash in stored):
        return None
    if not (examined.issue or examined.problems or examined.notes or examined.drafts):
        return None
    waiting = WaitingFolder(
        newsletter=newsletter.id,
        folder=name,
        finding=_finding(is_draft=bool(examined.drafts), problems=examined.problems),
        issue=examined.issue.name if examined.issue is not None else "",
        problems=examined.problems,
        notes=examined.notes,
    )
    return _judged(connection, waiting, examined.issue) if examined.issue is not None else waiting


def _unreadable(newsletter: Newsletter, name: str, fault: str) -> WaitingFolder:
    problem = fault.removeprefix(f"{name}: ")
    return WaitingFolder(newsletter=newsletter.id, folder=name, finding=Finding.REFUSED, problems=(problem,))


def _judged(connection: Connection, waiting: WaitingFolder, issue: Issue) -> WaitingFolder:
    """The same with what the shelf has against it."""
    problems, remedies = [*waiting.problems], [*waiting.remedies]
    try:
        if issues.latest_revision(connection, issue.newsletter, issue.serial) is not None:
            refuse_if_fixed(connection, IssueName(newsletter=issue.newsletter, serial=issue.serial))
    except Refused as error:
        problems.append(str(error))
        remedies += error.remedies
    if fault := numbering_fault(connection, issue):
        problems.append(fault)
    refused = Finding.REFUSED if problems and waiting.finding is Finding.STORED else waiting.finding
    return replace(waiting, problems=tuple(problems), remedies=tuple(remedies), finding=refused)
