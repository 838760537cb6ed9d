"""Checks an issue's folder as it lies there, draft or finished, and makes its copies for a made-up person."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from unicodedata import normalize
from zoneinfo import ZoneInfo

from mailer.domain.edition import Edition, Variant
from mailer.domain.errors import BadInput
from mailer.domain.insert import Inserts
from mailer.domain.issue import Issue, PictureFile
from mailer.domain.membership import FeeSchedule
from mailer.domain.message_size import usual_size_fault
from mailer.domain.newsletter import InsertShow, Newsletter
from mailer.domain.numbering import own_notes
from mailer.domain.ports import Message, RawIssue
from mailer.domain.problems import Problems
from mailer.domain.way_out import way_out
from mailer.formats.edition.compile import subject_notes, warnings
from mailer.formats.issue import folder
from mailer.formats.issue.file_names import PICTURES
from mailer.formats.issue.folder import Examined
from mailer.formats.issue.heads import newsletters_of
from mailer.formats.links import sample_links
from mailer.formats.message.parts import html_and_text
from mailer.formats.message.size import largest_size
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.compile import Letterhead, compile_all, style_notes_of
from mailer.pipeline.issues.copies import Workbench
from mailer.pipeline.issues.specimen import made_up_copies

_LANGUAGE = 2  # letters in the name of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a folder is checked with. `made_up`: no installation was found, and any newsletter looks like the made-up one."""

    newsletters: Mapping[str, Newsletter]
    fees: FeeSchedule
    templates: Path
    made_up: bool
    notes: tuple[str, ...] = ()
    public_url: str = ""
    return_path_domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFolder:
    """What was found in a folder: `problems` keep it from being pulled, `notes` do not; each begins with the file's name.

    Without problems there are the issue, its newsletter and its compiled editions. `is_draft`: a text says that it is one.
    """

    folder: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    is_draft: bool = False
    issue: Issue | None = None
    newsletter: Newsletter | None = None
    editions: Mapping[tuple[str, Variant], Edition] = field(default_factory=dict)
    fees: FeeSchedule = field(default_factory=lambda: FeeSchedule(seasons=()))
    public_url: str = ""
    return_path_domain: str = ""


def check_folder(desk: Desk, raw: RawIssue, now: datetime) -> CheckedFolder:
    """Read every text, whether draft or finished, and compile every edition; all findings at once."""
    newsletter = _newsletter(desk, raw)
    examined = folder.examine(
        raw.files,
        languages=newsletter.languages,
        wait_for_all=newsletter.wait_for_all_languages,
        others=raw.others,
        newsletters=() if desk.made_up else tuple(desk.newsletters),
        drafts=True,
    )
    notes = [*desk.notes, *examined.notes]
    if examined.issue is None:
        expected = " or ".join(f"{language}.md" for language in newsletter.languages)
        missing = (f"there is no text of an issue in this folder: {expected}",)
        found_problems = examined.problems or missing
        is_draft = bool(examined.drafts)
        return CheckedFolder(folder=raw.folder, problems=found_problems, notes=tuple(notes), is_draft=is_draft)
    issue = examined.issue
    today = now.astimezone(ZoneInfo(newsletter.schedule.timezone)).date()
    notes += [f"{issue.texts[0].language}.md: {note}" for note in own_notes(issue, today)]
    notes += subject_notes(issue, newsletter)
    notes += _folder_notes(issue, raw, examined)
    if desk.fees.season(issue.date.year) is None:
        if not desk.made_up and newsletter.insert_show is not InsertShow.NEVER:
            notes.append(f"fees.toml has no season {issue.date.year}: add it before the issue is planned")
        newsletter = replace(newsletter, insert_show=InsertShow.NEVER)
    problems = Problems()
    editions: Mapping[tuple[str, Variant], Edition] = {}
    with problems.collect():
        exit_by = way_out(desk.public_url, desk.return_path_domain)
        editions = compile_all(issue, newsletter, desk.fees, desk.templates, way_out=exit_by)
        notes += style_notes_of(issue, newsletter, desk.fees, desk.templates)
        notes += _size_notes(issue, editions)
    notes += sorted({f"{edition.language}.md: {line}" for edition in editions.values() for line in warnings(edition)})
    return CheckedFolder(
        folder=raw.folder,
        problems=tuple(problems.lines),
        notes=tuple(notes),
        is_draft=bool(examined.drafts),
        issue=issue,
        newsletter=newsletter,
        editions=editions,
        fees=desk.fees,
        public_url=desk.public_url,
        return_path_domain=desk.return_path_domain,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCopy:
    """What a made-up person would get of a folder's issue in one language."""

    language: str
    message: Message
    html: str
    text: str
    pictures: tuple[PictureFile, ...]


def preview_copies(checked: CheckedFolder, now: datetime) -> Iterator[FolderCopy]:
    """Each language's copy for a made-up person. Raises BadInput with every problem of a folder that has any."""
    if checked.problems or checked.issue is None or checked.newsletter is None:
        raise BadInput("\n".join(checked.problems))
    issue, newsletter = checked.issue, checked.newsletter
    bench = Workbench(
        issue=IssueName(newsletter=issue.newsletter, serial=issue.serial),
        letterhead=Letterhead.of(newsletter, checked.public_url),
        editions=checked.editions,
        pictures={picture.name: picture for picture in issue.pictures},
        date=now.replace(microsecond=0),
        links=lambda public_url, _delivery: sample_links(public_url, checked.return_path_domain),
        sign=lambda message, _date: message,
    )
    compiled = {variant for _, variant in checked.editions}
    inserts = Inserts(day=issue.date, renewal=bench.letterhead.renewal, fees=checked.fees, compiled=compiled)
    for copy in made_up_copies(newsletter, issue.languages, inserts):
        message = bench.make(copy, f"<preview.{copy.language}@{newsletter.sender.address.domain}>")
        html, text = html_and_text(message)
        yield FolderCopy(language=copy.language, message=message, html=html, text=text, pictures=issue.pictures)


def preview_folder(checked: CheckedFolder, now: datetime, write: Callable[[str, bytes], Path]) -> list[Path]:
    """Write each language's copy for a made-up person as .html (with its pictures beside it), .txt and .eml.

    Raises BadInput with every problem of a folder that has any.
    """
    copies = list(preview_copies(checked, now))
    files = [write(picture.sent_name, picture.content) for picture in copies[0].pictures]
    for copy in copies:
        html = copy.html
        for picture in copy.pictures:
            html = html.replace(f"cid:{picture.content_id}", picture.sent_name)
        parts = {"html": html.encode(), "txt": copy.text.encode(), "eml": bytes(copy.message)}
        files += [write(f"{copy.language}.{ending}", content) for ending, content in parts.items()]
    return files


def _newsletter(desk: Desk, raw: RawIssue) -> Newsletter:
    """The newsletter of a folder: the one that its texts name; else the first of the desk, or one made up like it."""
    named = sorted(newsletters_of(raw.files) - {""})
    for identity in named:
        if identity in desk.newsletters:
            return desk.newsletters[identity]
    first = next(iter(desk.newsletters.values()))
    if not desk.made_up or not named:
        return first
    named_for = [file.name[:_LANGUAGE] for file in raw.files if file.name[_LANGUAGE:] == ".md"]
    languages = tuple(sorted(language for language in named_for if language.islower())) or first.languages
    return replace(first, id=named[0], languages=languages, wait_for_all_languages=False)


def _size_notes(issue: Issue, editions: Mapping[tuple[str, Variant], Edition]) -> list[str]:
    largest = largest_size(editions.values(), {picture.name: picture for picture in issue.pictures})
    fault = usual_size_fault(largest)
    return [fault] if fault else []


def _folder_notes(issue: Issue, raw: RawIssue, examined: Examined) -> list[str]:
    """What an editor may have forgotten: texts that are still drafts, and pictures that no text shows."""
    shown = {picture.name for picture in issue.pictures}
    names = [normalize("NFC", file.name) for file in raw.files]
    unused = [name for name in names if name.lower().endswith(PICTURES) and name not in shown]
    return [
        *(f"{line}: the text is a draft; set `status: finished` when it is ready" for line in examined.drafts),
        *(f"{name}: no text shows this picture" for name in unused),
    ]
