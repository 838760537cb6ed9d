"""Puts an uploaded issue into its newsletter's source: everything is decided before anything is written there."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.domain.issue import content_hash
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import EditableSource, RawFile, RawIssue
from mailer.domain.upload import PlacedIssue, ReplacedFolder, UploadedFolder
from mailer.formats.issue.heads import newsletters_of, serials_of, usual_name
from mailer.formats.upload.folder import read_upload
from mailer.formats.upload.names import fault_of_name, is_litter
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.desk import CheckedFolder, Desk, check_folder
from mailer.pipeline.issues.pull import numbering_fault, refuse_if_fixed
from mailer.store import Connection, issues

SourceOf = Callable[[Newsletter], EditableSource]


def upload_issue(
    context: Context, files: Sequence[RawFile], source_of: SourceOf, *, newsletter: str = ""
) -> PlacedIssue:
    """Put the issue in these files, or in this archive, into its newsletter's source; returns what its check found.

    Defects of texts and pictures do not stop it: until they are mended, it is not pulled. `newsletter` counts where the
    texts name none. A folder of the same issue is replaced in one step, and kept. Nothing is written when the upload is
    not safe to unpack, when its place is not clear, or when other content of the issue was approved or sent: raises
    BadInput and Refused, with every reason. Uploads into one source follow each other, so the second of two equal ones
    finds nothing to write.
    """
    uploaded = read_upload(files)
    owner = _newsletter(context, uploaded, newsletter)
    source = source_of(owner)
    desk = Desk(
        newsletters=context.newsletters,
        fees=context.fees,
        templates=context.templates,
        made_up=False,
        public_url=context.public_url,
        return_path_domain=context.return_path_domain,
    )
    raw = RawIssue(folder=uploaded.folder or owner.id, files=uploaded.files, others=uploaded.left_out)
    checked = check_folder(desk, raw, context.clock.now())
    name = _issue_name(owner, uploaded)
    with context.store.reading() as connection:
        fault = numbering_fault(connection, checked.issue) if checked.issue is not None else ""
    with source.locked():  # its place, and what lies there, stay as they are seen until this upload is written
        placed = PlacedIssue(
            newsletter=owner.id,
            folder=_place(source, owner, uploaded, name, checked),
            issue=str(name) if name else "",
            problems=(*checked.problems, *([fault] if fault else [])),
            notes=checked.notes,
            left_out=uploaded.left_out,
            is_draft=checked.is_draft,
        )
        return _write(context, source, uploaded, placed, name)


def _write(
    context: Context, source: EditableSource, uploaded: UploadedFolder, placed: PlacedIssue, name: IssueName | None
) -> PlacedIssue:
    folder = placed.folder
    earlier = _contents(source, folder)
    if earlier is not None and content_hash(earlier) == content_hash(uploaded.files):
        return replace(placed, unchanged=True)
    with context.store.reading() as connection:
        _refuse_fixed(connection, placed, name)
    staged = source.stage(folder, uploaded.files, context.clock.now())
    former: str | None = None
    try:
        with context.store.transaction() as connection:
            _refuse_fixed(connection, placed, name)  # no approval comes between
            context.record(connection, "upload", name or placed.newsletter, f"{folder}, {len(uploaded.files)} files")
            former = source.swap(staged, folder)
    except Exception:
        if former is None:  # once both have changed places, the staged one is what lay there before
            source.discard(staged)
        raise
    return replace(placed, replaced=_difference(former, earlier or (), uploaded.files) if former else None)


def _refuse_fixed(connection: Connection, placed: PlacedIssue, name: IssueName | None) -> None:
    """Refused when the issue, or one that was pulled from this folder, was approved or sent."""
    names = {
        IssueName(newsletter=revision.newsletter, serial=revision.serial)
        for revision in issues.latest_revisions(connection, placed.newsletter)
        if revision.folder == placed.folder
    }
    for each in sorted(names | ({name} if name else set()), key=str):
        refuse_if_fixed(connection, each)


# --- where it belongs -------------------------------------------------------------------------------------------------


def _newsletter(context: Context, uploaded: UploadedFolder, chosen: str) -> Newsletter:
    """The newsletter that the texts name, else the one that was chosen, else the only one."""
    named = sorted(newsletters_of(uploaded.files) & context.newsletters.keys())
    if len(named) > 1:
        raise BadInput(f"the texts are of several newsletters ({', '.join(named)}); make `newsletter` the same in all")
    if not named and not chosen and len(context.newsletters) != 1:
        names = ", ".join(sorted(context.newsletters))
        raise BadInput(f"no text says which newsletter this is; write `newsletter:` into its front matter: {names}")
    return context.newsletter((named or [chosen or next(iter(context.newsletters))])[0])


def _issue_name(newsletter: Newsletter, uploaded: UploadedFolder) -> IssueName | None:
    serials = serials_of(uploaded.files)
    return IssueName(newsletter=newsletter.id, serial=min(serials)) if len(serials) == 1 else None


def _place(
    source: EditableSource,
    newsletter: Newsletter,
    uploaded: UploadedFolder,
    name: IssueName | None,
    checked: CheckedFolder,
) -> str:
    """The folder of the source that has this issue; else the upload's own name, or the issue's year and number."""
    holders = {folder: _issues_in(source.texts_of(folder), newsletter) for folder in source.folders()}
    same = [folder for folder, held in holders.items() if held == {str(name)}]
    if len(same) > 1:
        raise Refused(f"the source has {name} in several folders ({', '.join(same)}); remove all but one")
    if same:
        return same[0]
    folder = uploaded.folder or usual_name(uploaded.files)
    if not folder:
        lines = "\n".join(checked.problems)
        raise BadInput(
            f"{lines}\nthe texts do not say which issue this is, so it has no folder yet: mend them, or upload the folder "
            "as a .zip archive"
        )
    if fault := fault_of_name(folder) or ("a folder of this name is not read; rename it" if is_litter(folder) else ""):
        raise BadInput(f"{folder}: {fault}")
    others = sorted(holders.get(folder, set()) - {str(name)}) if name is not None else []
    if others:
        raise Refused(f"the folder {folder} of the source holds {others[0]}, and this is {name}; give it another name")
    return folder


def _issues_in(texts: Sequence[RawFile], newsletter: Newsletter) -> set[str]:
    """The issues that the texts of a folder say they are; of another newsletter also where they have no serial."""
    named, serials = newsletters_of(texts) - {""} or {newsletter.id}, serials_of(texts)
    foreign = {f"an issue of {other}" for other in named - {newsletter.id} if not serials}
    return foreign | {f"{each}/{serial}" for each in named for serial in serials}


def _contents(source: EditableSource, folder: str) -> tuple[RawFile, ...] | None:
    """The files of a folder of the source that are read; None where there is no such folder."""
    if folder not in source.folders():
        return None
    try:
        return source.read_one(folder).files
    except MailerError:
        return ()  # it cannot be read, and is kept all the same


def _difference(former: str, earlier: Sequence[RawFile], later: Sequence[RawFile]) -> ReplacedFolder:
    old, new = ({file.name: file.content for file in files} for files in (earlier, later))
    return ReplacedFolder(
        moved_to=former,
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
    )
