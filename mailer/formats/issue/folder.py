"""Reads a folder with an issue's texts and pictures, and makes the issue of it, or says what is still missing."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import normalize

from mailer.domain.errors import BadInput
from mailer.domain.issue import (
    Author,
    Block,
    Issue,
    IssueText,
    ListBlock,
    Picture,
    PictureFile,
    Quote,
    Section,
    Status,
)
from mailer.domain.ports import RawFile
from mailer.formats.issue import front_matter, markdown
from mailer.formats.issue.front_matter import Head
from mailer.formats.issue.picture import picture_file
from mailer.formats.typography import typeset

BIGGEST_TEXT = 200_000  # bytes; the HTML of an edition has at most 100,000 (R6)
BIGGEST_PICTURE = 5 * 1024 * 1024  # bytes
BIGGEST_PICTURES = 10 * 1024 * 1024  # bytes of all together, for every copy carries them
MOST_PICTURES = 20
FIRST_HEADING = 2  # the title is the heading of level 1

_AGREED = ("newsletter", "number", "serial", "volume", "year", "date")


def parse(name: str, content: bytes) -> IssueText:
    """One text of an issue, its words set in the typography of its language; drafts are read as well.

    `name` is `<language>.md`, a path before it is only shown in errors. UTF-8 with or without a byte order mark.
    Headings begin at level 2 and do not jump. Raises BadInput, beginning with `name: `, for whatever is not right.
    """
    try:
        return _text(name, _head(content))
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None


def assemble(folder: str, files: Sequence[RawFile], *, languages: tuple[str, ...], wait_for_all: bool) -> Issue | None:
    """The issue that a folder holds, or None while no text in one of the languages is finished.

    Its texts are the finished `<language>.md` in the order of `languages`; of a draft only the status is read. Its
    pictures are those the texts show, each proved to be one by its content. Other files are left alone.

    Raises BadInput that names the folder and file: a text that is not right, texts that disagree on the numbering,
    the date or the newsletter, a picture that is missing, too big or no picture, a draft or a missing text where
    `wait_for_all` is set and another text is finished.
    """
    try:
        return _issue(_by_name(files), languages, wait_for_all=wait_for_all)
    except BadInput as error:
        raise BadInput(f"{folder}: {error}") from None


def newsletters_of(files: Iterable[RawFile]) -> frozenset[str]:
    """The newsletters that a folder's texts say they belong to; a text that cannot be read says nothing."""
    named = set()
    for file in files:
        if file.name.endswith(".md") and len(file.content) <= BIGGEST_TEXT:
            try:
                named.add(str(_head(file.content).keys.get("newsletter", "")))
            except BadInput:
                continue
    return frozenset(named)


def content_hash(files: Iterable[RawFile]) -> str:
    """SHA-256 (64 hexadecimal digits) over names and contents, in whatever order the files come."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        name = file.name.encode()
        # With the lengths before them, no two sets of files can give the same octets.
        digest.update(b"%d:%s%d:" % (len(name), name, len(file.content)))
        digest.update(file.content)
    return digest.hexdigest()


# --- a text -----------------------------------------------------------------------------------------------------------


def _head(content: bytes) -> Head:
    if len(content) > BIGGEST_TEXT:
        raise BadInput(f"the text has more than {BIGGEST_TEXT // 1000} kB; is it the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"line {line}: the file is not in UTF-8; save it as UTF-8") from None
    return front_matter.split(text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(name: str, head: Head) -> IssueText:
    front = front_matter.check(head.keys)
    language = name.rpartition("/")[2].removesuffix(".md")
    if front.language != language:
        raise BadInput(f"language: '{front.language}' in a file named for '{language}'; correct the one or the other")
    blocks = markdown.parse(head.body, language, first_line=head.first_line, first_heading=FIRST_HEADING)
    if not blocks:
        raise BadInput("there is no text below the front matter; write it")

    def printed(words: str) -> str:
        return typeset(words, language)

    return IssueText(
        language=language,
        newsletter=front.newsletter,
        status=front.status,
        number=front.number,
        serial=front.serial,
        volume=front.volume,
        year=front.year,
        date=front.date,
        title=printed(front.title),
        classification=printed(front.classification),
        kicker=printed(front.kicker),
        subject=printed(front.subject),
        summary=printed(front.summary),
        authors=tuple(Author(name=printed(author.name), about=printed(author.about)) for author in front.authors),
        editor=printed(front.editor),
        place=printed(front.place),
        copyright=tuple(printed(line) for line in front.copyright),
        blocks=blocks,
    )


# --- a folder ---------------------------------------------------------------------------------------------------------


def _by_name(files: Sequence[RawFile]) -> dict[str, RawFile]:
    """The files by their names in the normal form NFC, as the texts name them."""
    by_name: dict[str, RawFile] = {}
    for file in files:
        name = normalize("NFC", file.name)
        if name in by_name:
            raise BadInput(f"{name}: the folder has two files of this name; remove one")
        by_name[name] = RawFile(name=name, content=file.content)
    return by_name


def _issue(files: Mapping[str, RawFile], languages: tuple[str, ...], *, wait_for_all: bool) -> Issue | None:
    present = [name for name in (f"{language}.md" for language in languages) if name in files]
    finished = [name for name in present if _is_finished(files[name])]
    if not finished:
        return None
    waits = [f"{language}.md" for language in languages if f"{language}.md" not in finished]
    if wait_for_all and waits:
        reasons = [f"{name}, which is {'a draft' if name in present else 'missing'}" for name in waits]
        raise BadInput(f"the issue waits for {' and for '.join(reasons)}; finish it")
    texts = tuple(parse(name, files[name].content) for name in finished)
    _check_agreement(texts)
    pictures = _pictures(texts, files)
    first = texts[0]
    return Issue(
        newsletter=first.newsletter,
        number=first.number,
        serial=first.serial,
        volume=first.volume,
        year=first.year,
        date=first.date,
        content_hash=content_hash(files[name] for name in (*finished, *(picture.name for picture in pictures))),
        texts=texts,
        pictures=pictures,
    )


def _is_finished(file: RawFile) -> bool:
    try:
        return front_matter.status_of(_head(file.content).keys) is Status.FINISHED
    except BadInput as error:
        raise BadInput(f"{file.name}: {error}") from None


def _check_agreement(texts: Sequence[IssueText]) -> None:
    first = texts[0]
    for text in texts[1:]:
        for key in _AGREED:
            ours, theirs = getattr(first, key), getattr(text, key)
            if ours != theirs:
                raise BadInput(
                    f"{key} is '{ours}' in {first.language}.md and '{theirs}' in {text.language}.md; make them the same"
                )


def _pictures(texts: Sequence[IssueText], files: Mapping[str, RawFile]) -> tuple[PictureFile, ...]:
    named: dict[str, str] = {}
    for text in texts:
        for name in _shown(text.blocks):
            named.setdefault(name, text.language)
    if len(named) > MOST_PICTURES:
        raise BadInput(f"the texts show {len(named)} pictures, more than {MOST_PICTURES}; leave some out")
    pictures = tuple(_picture(name, files.get(name), language) for name, language in named.items())
    if sum(len(picture.content) for picture in pictures) > BIGGEST_PICTURES:
        limit = BIGGEST_PICTURES // 1024 // 1024
        raise BadInput(f"the pictures have more than {limit} MB together; make them smaller, or leave some out")
    return pictures


def _shown(blocks: Iterable[Block]) -> Iterator[str]:
    """The file name of every picture, in the order of the text."""
    for block in blocks:
        match block:
            case Picture():
                yield block.name
            case Quote() | Section():
                yield from _shown(block.children)
            case ListBlock():
                for item in block.items:
                    yield from _shown(item)
            case _:
                pass


def _picture(name: str, file: RawFile | None, language: str) -> PictureFile:
    if file is None:
        raise BadInput(f"{name}: {language}.md shows this picture, but it is not in the folder; put it there")
    if len(file.content) > BIGGEST_PICTURE:
        raise BadInput(f"{name}: the picture has more than {BIGGEST_PICTURE // 1024 // 1024} MB; make it smaller")
    return picture_file(name, file.content)
