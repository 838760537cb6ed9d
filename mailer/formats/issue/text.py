"""Reads one text of an issue: a file with front matter and Markdown, in one language."""

from dataclasses import replace

from mailer.domain.errors import BadInput
from mailer.domain.issue import Author, IssueText
from mailer.domain.problems import Problems
from mailer.formats.issue import front_matter
from mailer.formats.issue.front_matter_doubts import find_front_matter_doubts
from mailer.formats.issue.front_matter_nodes import FrontMatter, YamlText
from mailer.formats.typography import typeset

MAX_TEXT_BYTES = 200_000  # the HTML of an edition has at most 100,000
FIRST_HEADING = 2  # the title is the heading of level 1


def parse(name: str, content: bytes) -> IssueText:
    """One text of an issue, draft or finished, set in the typography of its language.

    `name` is `<language>.md`; a path before it only appears in errors. The content is UTF-8, with or without a byte
    order mark. Headings begin at level 2 and skip none. Raises BadInput with a line for each mistake, which begins
    with `name: `.
    """
    problems = Problems()
    with problems.collect():
        text = read(name, split(content), notes=[], pictures=[])
    problems.refuse_if_any(f"{name}: ")
    return text


def split(content: bytes) -> FrontMatter:
    from mailer.formats.issue import front_matter_yaml  # YAML takes time to load, and most commands read no issue

    if len(content) > MAX_TEXT_BYTES:
        raise BadInput(f"the text has more than {MAX_TEXT_BYTES // 1000} kB; is it the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"line {line}: the file is not in UTF-8; save it as UTF-8") from None
    return front_matter_yaml.split(text.replace("\r\n", "\n").replace("\r", "\n"))


def read(name: str, source: FrontMatter, *, notes: list[str], pictures: list[str]) -> IssueText:
    """The text of a file that was split.

    Doubtful lines go to `notes`, and the names of the pictures it shows to `pictures`, also when the text is refused.
    """
    from mailer.formats.issue import markdown  # it takes time to load, and most commands read no issue

    language = name.rpartition("/")[2].removesuffix(".md")
    problems = Problems()
    with problems.collect():
        text = front_matter.check(source)
    written = source.keys.get("language")
    if isinstance(written, YamlText) and written.text not in {"", language}:
        problems.add(
            f"line {written.line}: language: '{written.text}' in a file named for '{language}'; correct one of the two"
        )
    article = markdown.read_article(source.body, language, first_line=source.first_line, first_heading=FIRST_HEADING)
    doubts = (*find_front_matter_doubts(source, language), *article.doubts)
    notes += [f"{name}: {doubt}" for doubt in doubts]
    pictures += article.pictures
    for error in article.errors:
        problems.add(str(error))
    if not article.blocks and not article.errors:
        problems.add("there is no text below the front matter; write it")
    problems.refuse_if_any()

    def printed(words: str) -> str:
        return typeset(words, language)

    return replace(
        text,
        title=printed(text.title),
        title_line=source.keys["title"].line,
        classification=printed(text.classification),
        kicker=printed(text.kicker),
        subject=printed(text.subject),
        summary=printed(text.summary),
        authors=tuple(Author(name=printed(author.name), about=printed(author.about)) for author in text.authors),
        editor=printed(text.editor),
        place=printed(text.place),
        copyright=tuple(printed(line) for line in text.copyright),
        blocks=article.blocks,
        doubts=doubts,
    )
