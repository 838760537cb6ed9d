"""Reads a folder with the texts and pictures of an issue, and makes the issue or says all that is missing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from unicodedata import normalize

from mailer.domain.errors import BadInput
from mailer.domain.issue import Issue, IssueHead, IssueText, PictureFile, Status, content_hash
from mailer.domain.ports import RawFile
from mailer.domain.problems import Problems
from mailer.domain.similar import nearest
from mailer.formats.issue import file_names, front_matter
from mailer.formats.issue.front_matter_nodes import FrontMatter, YamlText
from mailer.formats.issue.pictures.rewrite import picture_to_send
from mailer.formats.issue.text import read, split

MAX_PICTURE_BYTES = 10 * 1024 * 1024  # as it comes from a camera; it is written anew much smaller
MAX_PICTURES_BYTES = 10 * 1024 * 1024  # of all pictures as they are sent, since every copy carries them
MAX_PICTURES = 20

_TEXT = re.compile(r"[a-z]{2}\.md")

MakePicture = Callable[[str, bytes], PictureFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What is in a folder: its issue (None while no text is finished, or when there are problems), and what to say.

    `problems` refuse the issue, `notes` do not; both begin with the file's name. `change` is a hash of all that counts:
    a text that is still a draft does not. `drafts` says where each draft says so.
    """

    issue: Issue | None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    change: str = ""
    drafts: tuple[str, ...] = ()


NOTHING = Examined(issue=None)  # a folder with nothing for this newsletter


def assemble(
    folder: str,
    files: Sequence[RawFile],
    *,
    languages: tuple[str, ...],
    wait_for_all: bool,
    picture: MakePicture = picture_to_send,
) -> Issue | None:
    """The issue in a folder, or None while none of its texts is finished.

    Raises BadInput with a line for each of the problems that `examine` finds, which begins with the folder's name.
    """
    examined = examine(files, languages=languages, wait_for_all=wait_for_all, picture=picture)
    if examined.problems:
        raise BadInput("\n".join(f"{folder}: {problem}" for problem in examined.problems))
    return examined.issue


def examine(
    files: Sequence[RawFile],
    *,
    languages: tuple[str, ...],
    wait_for_all: bool,
    others: Sequence[str] = (),
    newsletters: Sequence[str] = (),
    drafts: bool = False,
    picture: MakePicture = picture_to_send,
) -> Examined:
    """Read a folder, and name every problem in it at once.

    The issue's texts are the finished `<language>.md` files in the order of `languages`; with `drafts` the drafts are
    read as well, otherwise only their status. Its pictures are those that the texts show, made by `picture` from name
    and content. `others` are the names of further files, which were not read. With `wait_for_all`, a text that is a
    draft or missing while another is finished is a problem; with `newsletters`, so is a text of any other newsletter.
    """
    return _Folder(files, languages, others, newsletters, picture).examine(wait_for_all=wait_for_all, drafts=drafts)


# --- a folder ---------------------------------------------------------------------------------------------------------


class _Folder:
    """One folder while it is examined: its files by name, in Unicode's normal form NFC, as the texts name them."""

    def __init__(
        self,
        files: Sequence[RawFile],
        languages: tuple[str, ...],
        others: Sequence[str],
        newsletters: Sequence[str],
        picture: MakePicture,
    ) -> None:
        self.problems = Problems()
        self.notes: list[str] = []
        self.picture = picture
        self.newsletters = newsletters
        self.expected = [f"{language}.md" for language in languages]
        self.files: dict[str, RawFile] = {}
        for file in files:
            name = normalize("NFC", file.name)
            if name in self.files:
                self.problems.add(f"{name}: the folder has two files with this name; remove one")
            self.files[name] = RawFile(name=name, content=file.content)
        self.names = [*self.files, *(normalize("NFC", name) for name in others)]
        self.sources: dict[str, FrontMatter] = {}
        self.first_text: dict[str, str] = {}  # that shows a picture, by the picture's name

    def examine(self, *, wait_for_all: bool, drafts: bool) -> Examined:
        present = [name for name in self.expected if name in self.files]
        statuses = {name: self._status(name) for name in present}
        ready = [name for name in present if statuses[name] is not Status.DRAFT]  # and those whose status is unclear
        unfinished = [name for name in self.expected if name not in ready]
        wrong_names = self._wrong_names(unfinished)
        if wait_for_all and ready:
            for name in unfinished:
                self._wait_for(name, wrong_names)
        self.notes += [
            line for name in unfinished for line in wrong_names.get(name, ()) if line not in self.problems.lines
        ]
        read = present if drafts else ready
        texts = [text for name in read if (text := self._read(name)) is not None]
        self._check_agreement(read, without="newsletter" if self._names_others(read) else "")
        self.notes += self._foreign_texts()
        pictures = self._pictures()
        self.notes += [note for picture in pictures for note in picture.notes]
        counted = [file for name, file in self.files.items() if statuses.get(name) is not Status.DRAFT]
        return Examined(
            issue=None if self.problems.lines or not texts else self._issue(texts, pictures),
            problems=tuple(self.problems.lines),
            notes=tuple(self.notes),
            change=content_hash(counted),
            drafts=tuple(self._place(name) for name in present if statuses[name] is Status.DRAFT),
        )

    def _status(self, name: str) -> Status | None:
        """Whether a text is a draft or finished; None when it does not say so, which is a problem."""
        with self.problems.collect(f"{name}: "):
            self.sources[name] = split(self.files[name].content)
            return front_matter.status_of(self.sources[name])
        return None

    def _place(self, name: str) -> str:
        """Where a text says how far it is: `en.md: line 4`."""
        return f"{name}: {self.sources[name].at('status')}".removesuffix(": ")

    def _wrong_names(self, missing: Sequence[str]) -> dict[str, list[str]]:
        """For each missing text, what to do about the files that were probably meant to be it.

        One that says that it is finished is a problem.
        """
        lines: dict[str, list[str]] = {}
        strays = [name for name in self.names if name not in self.expected]
        for expected in (name for name in missing if name not in self.files):
            for name in file_names.meant_for(expected, strays):
                lines.setdefault(expected, []).append(file_names.rename(name, expected))
                if name in self.files and file_names.is_text(name) and _says_finished(self.files[name].content):
                    self.problems.add(file_names.rename(name, expected))
        return lines

    def _wait_for(self, name: str, wrong_names: Mapping[str, list[str]]) -> None:
        if name in self.files:
            at = self.sources[name].at("status")
            self.problems.add(f"{name}: {at}the issue waits for {name}, which is a draft; finish it")
            return
        for line in wrong_names.get(name, [f"{name}: the issue waits for {name}, which is missing; write it"]):
            self.problems.add(line)

    def _read(self, name: str) -> IssueText | None:
        source = self.sources.get(name)
        if source is None:
            return None
        problems, shown = Problems(), list[str]()
        text: IssueText | None = None
        with problems.collect():
            text = read(name, source, notes=self.notes, pictures=shown)
        for picture in shown:
            self.first_text.setdefault(picture, name)
        with self.problems.collect():
            problems.refuse_if_any(f"{name}: ")
        return text

    def _names_others(self, names: Sequence[str]) -> bool:
        """Whether a text is of a newsletter that is not known here, which is a problem."""
        strangers = False
        for name in names if self.newsletters else ():
            source = self.sources.get(name)
            written = source.keys.get("newsletter") if source is not None else None
            if isinstance(written, YamlText) and written.text and written.text not in self.newsletters:
                near = nearest(written.text, self.newsletters)
                meant = f"did you mean '{near}'? " if near else ""
                self.problems.add(
                    f"{name}: line {written.line}: newsletter: '{written.text}' is not known here; "
                    f"{meant}schedules/ has: {', '.join(sorted(self.newsletters))}"
                )
                strangers = True
        return strangers

    def _foreign_texts(self) -> list[str]:
        """A line for each finished text in a language that the newsletter does not have."""
        return [
            f"{name}: the newsletter has no language '{name[:2]}', so this text is not read"
            for name, file in self.files.items()
            if name not in self.expected and _TEXT.fullmatch(name) and _says_finished(file.content)
        ]

    def _check_agreement(self, names: Sequence[str], *, without: str = "") -> None:
        """What every text of an issue shares is the same in all of them, by what is written; one key may be left out."""
        sources = [(name, self.sources[name]) for name in names if name in self.sources]
        for name, source in sources[1:]:
            first_name, first = sources[0]
            for key in (field.name for field in fields(IssueHead)):
                value, other = first.keys.get(key), source.keys.get(key)
                if (
                    key == without
                    or not isinstance(value, YamlText)
                    or not isinstance(other, YamlText)
                    or value.text == other.text
                ):
                    continue
                if not self._has_problem(first_name, value) and not self._has_problem(name, other):
                    self.problems.add(
                        f"{name}: line {other.line}: {key} is '{value.text}' in {first_name} and '{other.text}' in {name}; "
                        "make them the same"
                    )

    def _has_problem(self, name: str, value: YamlText) -> bool:
        return any(problem.startswith(f"{name}: line {value.line}: ") for problem in self.problems.lines)

    def _issue(self, texts: Sequence[IssueText], pictures: Sequence[PictureFile]) -> Issue:
        first = texts[0]
        names = [*(f"{text.language}.md" for text in texts), *(shown.name for shown in pictures)]
        return Issue(
            newsletter=first.newsletter,
            number=first.number,
            serial=first.serial,
            volume=first.volume,
            year=first.year,
            date=first.date,
            content_hash=content_hash(self.files[name] for name in names),
            texts=tuple(texts),
            pictures=tuple(pictures),
        )

    def _pictures(self) -> list[PictureFile]:
        """The pictures of all texts; those of a text that is refused are looked at, too, so that all is said at once."""
        if len(self.first_text) > MAX_PICTURES:
            number = len(self.first_text)
            self.problems.add(f"the texts show {number} pictures, more than {MAX_PICTURES}; leave some out")
            return []
        pictures = []
        for name, text in self.first_text.items():
            with self.problems.collect():
                pictures.append(self._picture(name, text))
        if sum(len(picture.content) for picture in pictures) > MAX_PICTURES_BYTES:
            limit = MAX_PICTURES_BYTES // 1024 // 1024
            self.problems.add(f"the pictures are larger than {limit} MB together; make them smaller, or leave some out")
        return pictures

    def _picture(self, name: str, text: str) -> PictureFile:
        file = self.files.get(name)
        if file is None:
            others = [other for other in self.names if not file_names.is_text(other)]
            at = file_names.picture_line(self.sources[text], name)
            raise BadInput(f"{text}: {at}{name}: {text} shows this picture, but {file_names.instead(name, others)}")
        if len(file.content) > MAX_PICTURE_BYTES:
            raise BadInput(
                f"{name}: the picture is larger than {MAX_PICTURE_BYTES // 1024 // 1024} MB; make it smaller"
            )
        return self.picture(name, file.content)


def _says_finished(content: bytes) -> bool:
    try:
        return front_matter.status_of(split(content)) is Status.FINISHED
    except BadInput:
        return False
