"""Reads a folder with the texts and pictures of an issue, and makes the issue or says what is missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from unicodedata import normalize

from mailer.domain.errors import BadInput
from mailer.domain.issue import Author, Issue, IssueHead, IssueText, PictureFile, Status, content_hash
from mailer.domain.issue_tree import picture_names
from mailer.domain.ports import RawFile
from mailer.formats.issue import front_matter
from mailer.formats.issue.front_matter import FrontMatter
from mailer.formats.issue.pictures.rewrite import picture_to_send
from mailer.formats.typography import typeset

MAX_TEXT_BYTES = 200_000  # the HTML of an edition has at most 100,000
MAX_PICTURE_BYTES = 10 * 1024 * 1024  # as it comes from a camera; it is written anew much smaller
MAX_PICTURES_BYTES = 10 * 1024 * 1024  # of all pictures as they are sent, since every copy carries them
MAX_PICTURES = 20
FIRST_HEADING = 2  # the title is the heading of level 1


def parse(name: str, content: bytes) -> IssueText:
    """One text of an issue, draft or finished, set in the typography of its language.

    `name` is `<language>.md`; a path before it only appears in errors. The content is UTF-8, with or without a byte
    order mark. Headings begin at level 2 and skip none. Raises BadInput, beginning with `name: `, for any mistake.
    """
    try:
        return _text(name, _split(content))
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None


MakePicture = Callable[[str, bytes], PictureFile]


def assemble(
    folder: str,
    files: Sequence[RawFile],
    *,
    languages: tuple[str, ...],
    wait_for_all: bool,
    picture: MakePicture = picture_to_send,
) -> Issue | None:
    """The issue in a folder, or None while none of its texts is finished.

    Its texts are the finished `<language>.md` files in the order of `languages`; of a draft, only the status is read.
    Its pictures are those that the texts show, made by `picture` from a file's name and content. Other files are ignored.

    Raises BadInput that names the folder and the file: a mistake in a text, texts that differ in numbering, date or
    newsletter, a picture that is missing, too big or not a picture, and, with `wait_for_all`, a text that is a draft
    or missing while another is finished.
    """
    try:
        return _issue(_files_by_name(files), languages, picture, wait_for_all=wait_for_all)
    except BadInput as error:
        raise BadInput(f"{folder}: {error}") from None


def newsletters_of(files: Iterable[RawFile]) -> frozenset[str]:
    """The newsletters named in the front matter of a folder's texts; unreadable texts are skipped."""
    newsletters = set()
    for file in files:
        if file.name.endswith(".md") and len(file.content) <= MAX_TEXT_BYTES:
            try:
                newsletters.add(str(_split(file.content).keys.get("newsletter", "")))
            except BadInput:
                continue
    return frozenset(newsletters)


# --- a text -----------------------------------------------------------------------------------------------------------


def _split(content: bytes) -> FrontMatter:
    from mailer.formats.issue import front_matter_yaml  # YAML takes time to load, and most commands read no issue

    if len(content) > MAX_TEXT_BYTES:
        raise BadInput(f"the text has more than {MAX_TEXT_BYTES // 1000} kB; is it the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"line {line}: the file is not in UTF-8; save it as UTF-8") from None
    return front_matter_yaml.split(text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(name: str, source: FrontMatter) -> IssueText:
    from mailer.formats.issue import markdown  # it takes time to load, and most commands read no issue

    text = front_matter.check(source.keys)
    language = name.rpartition("/")[2].removesuffix(".md")
    if text.language != language:
        raise BadInput(f"language: '{text.language}' in a file named for '{language}'; correct one of the two")
    blocks = markdown.parse(source.body, language, first_line=source.first_line, first_heading=FIRST_HEADING)
    if not blocks:
        raise BadInput("there is no text below the front matter; write it")

    def printed(words: str) -> str:
        return typeset(words, language)

    return replace(
        text,
        title=printed(text.title),
        classification=printed(text.classification),
        kicker=printed(text.kicker),
        subject=printed(text.subject),
        summary=printed(text.summary),
        authors=tuple(Author(name=printed(author.name), about=printed(author.about)) for author in text.authors),
        editor=printed(text.editor),
        place=printed(text.place),
        copyright=tuple(printed(line) for line in text.copyright),
        blocks=blocks,
    )


# --- a folder ---------------------------------------------------------------------------------------------------------


def _files_by_name(files: Sequence[RawFile]) -> dict[str, RawFile]:
    """The files by name, in Unicode's normal form NFC, as the texts name them."""
    by_name: dict[str, RawFile] = {}
    for file in files:
        name = normalize("NFC", file.name)
        if name in by_name:
            raise BadInput(f"{name}: the folder has two files with this name; remove one")
        by_name[name] = RawFile(name=name, content=file.content)
    return by_name


def _issue(
    files: Mapping[str, RawFile], languages: tuple[str, ...], picture: MakePicture, *, wait_for_all: bool
) -> Issue | None:
    present = [name for name in (f"{language}.md" for language in languages) if name in files]
    finished = [name for name in present if _is_finished(files[name])]
    if not finished:
        return None
    unfinished = [f"{language}.md" for language in languages if f"{language}.md" not in finished]
    if wait_for_all and unfinished:
        reasons = [f"{name}, which is {'a draft' if name in present else 'missing'}" for name in unfinished]
        raise BadInput(f"the issue waits for {' and for '.join(reasons)}; finish it")
    texts = tuple(parse(name, files[name].content) for name in finished)
    _check_agreement(texts)
    pictures = _pictures(texts, files, picture)
    first = texts[0]
    return Issue(
        newsletter=first.newsletter,
        number=first.number,
        serial=first.serial,
        volume=first.volume,
        year=first.year,
        date=first.date,
        content_hash=content_hash(files[name] for name in (*finished, *(shown.name for shown in pictures))),
        texts=texts,
        pictures=pictures,
    )


def _is_finished(file: RawFile) -> bool:
    try:
        return front_matter.status_of(_split(file.content).keys) is Status.FINISHED
    except BadInput as error:
        raise BadInput(f"{file.name}: {error}") from None


def _check_agreement(texts: Sequence[IssueText]) -> None:
    first = texts[0]
    for text in texts[1:]:
        for key in (field.name for field in fields(IssueHead)):
            value, other = getattr(first, key), getattr(text, key)
            if value != other:
                raise BadInput(
                    f"{key} is '{value}' in {first.language}.md and '{other}' in {text.language}.md; make them the same"
                )


def _pictures(texts: Sequence[IssueText], files: Mapping[str, RawFile], make: MakePicture) -> tuple[PictureFile, ...]:
    language_of: dict[str, str] = {}  # the first text that shows the picture
    for text in texts:
        for name in picture_names(text.blocks):
            language_of.setdefault(name, text.language)
    if len(language_of) > MAX_PICTURES:
        raise BadInput(f"the texts show {len(language_of)} pictures, more than {MAX_PICTURES}; leave some out")
    pictures = tuple(_picture(name, files.get(name), language, make) for name, language in language_of.items())
    if sum(len(picture.content) for picture in pictures) > MAX_PICTURES_BYTES:
        limit = MAX_PICTURES_BYTES // 1024 // 1024
        raise BadInput(f"the pictures are larger than {limit} MB together; make them smaller, or leave some out")
    return pictures


def _picture(name: str, file: RawFile | None, language: str, make: MakePicture) -> PictureFile:
    if file is None:
        raise BadInput(f"{name}: {language}.md shows this picture, but it is not in the folder; put it there")
    if len(file.content) > MAX_PICTURE_BYTES:
        raise BadInput(f"{name}: the picture is larger than {MAX_PICTURE_BYTES // 1024 // 1024} MB; make it smaller")
    return make(name, file.content)
