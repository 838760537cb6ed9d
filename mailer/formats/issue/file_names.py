"""Recognises texts and pictures under a name that is nearly right: other case, another ending, a second ending."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from unicodedata import normalize

from mailer.domain.lookalikes import as_latin
from mailer.formats.issue.front_matter_nodes import FrontMatter

PICTURES = (".png", ".jpg", ".jpeg", ".gif")  # endings of pictures that are read
_TEXTS = ("md", "markdown", "mdown", "mkd", "txt", "text")
_DOCUMENTS = ("doc", "docx", "odt", "rtf", "pages", "htm", "html")


def meant_for(expected: str, names: Iterable[str]) -> list[str]:
    """Of the names of files, those that were probably meant to be the text `expected`, such as `en.md`."""
    language = expected.removesuffix(".md")
    return [name for name in names if name != expected and _is_text(name, language)]


def rename(name: str, expected: str) -> str:
    """What to do about a file that was probably meant to be the text `expected`."""
    if _words(name)[-1:] and _words(name)[-1] in _DOCUMENTS:
        return f"{name}: a document of this kind is not read; save its text as Markdown under the name {expected}"
    return f"{name}: it is not read under this name; rename it to {expected}"


def nearest(expected: str, names: Sequence[str]) -> str:
    """The name most like that of the expected picture, or the same with another ending or case; empty for none."""
    plain = {_plain(name): name for name in reversed(names)}
    stems = {_stem(_plain(name)): name for name in reversed(names)}
    wanted = _plain(expected)
    if same := plain.get(wanted) or stems.get(_stem(wanted)):
        return same
    near = get_close_matches(wanted, list(plain), n=1, cutoff=0.8)
    return plain[near[0]] if near else ""


def instead(expected: str, names: Sequence[str]) -> str:
    """What the folder has instead of a picture, and what to do."""
    near = nearest(expected, names)
    if not near:
        return "it is not in the folder; put it there"
    if not near.casefold().endswith(PICTURES):
        read = expected.casefold().endswith(PICTURES)
        remedy = f"under the name {expected}" if read else f"under a name like {_stem(near)}.png, and write that name"
        return f"the folder has {near}, of a kind that is not read; save it as PNG or JPEG {remedy}"
    same_kind = expected.rpartition(".")[2].casefold() == near.rpartition(".")[2].casefold()
    remedy = "rename the file" if same_kind else f"put {expected} there"
    return f"the folder has {near}; write that name, or {remedy}"


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def picture_line(source: FrontMatter, name: str) -> str:
    """Where a text first names a picture, as messages begin; empty where its name is written in another form."""
    for number, line in enumerate(source.body.splitlines(), source.first_line):
        if re.search(rf"\]\(<?{re.escape(name)}\b", normalize("NFC", line)):
            return f"line {number}: "
    return ""


def is_text(name: str) -> bool:
    """Whether the file has the ending of a text."""
    return name.casefold().endswith(".md")


def _is_text(name: str, language: str) -> bool:
    words = _words(name)
    if len(words) > 1 and words[-1] not in (*_TEXTS, *_DOCUMENTS):
        return False
    return words[:1] == [language] or (len(words) == 2 and bool(get_close_matches(words[0], [language], cutoff=0.8)))


def _plain(name: str) -> str:
    return as_latin(re.sub(r"[\s_-]+", "-", normalize("NFKC", name).strip()))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", _plain(name)) if word]
