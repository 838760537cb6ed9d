"""The words of a text as a reader meets them: letters and figures, signs that count, addresses in one piece."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

# An address ends with a letter, a figure or a slash, before anything where Markdown or typography may go on.
ADDRESS = (
    r"(?:https?://|mailto:|www\.)[^\s<>\"'«»“”„‘’|\[\]\\`\0\ufffc]*[^\W_]/?"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
# A hyphen, dash or minus directly before a figure, with nothing before it, is the figure's sign.
_WORD = re.compile(rf"{ADDRESS}|(?:(?<![^\W_])(?<![–−-])[–−-](?=\d))?[^\W_]\w*|[$€£¥₽%‰§©®™°±×÷≈≤≥†‡]")
_BOLD_WITHIN = re.compile(r"(?<=[^\W_])\*{2,}(?=[^\W\d_])|(?<=[^\W\d_])\*{2,}(?=\d)")  # bold may end within a word
_COPYRIGHT = re.compile(r"\([cCсС]\)")  # typography makes © of most of them


def words_of(text: str) -> list[str]:
    """The words of a text in order. Punctuation, quotes and the kind of dash are no part of them."""
    text = _BOLD_WITHIN.sub("", _COPYRIGHT.sub("©", text))
    return [_plain(match[0]) for match in _WORD.finditer(text)]


def _plain(word: str) -> str:
    if word[0] in "–−-":
        word = "-" + word[1:]
    return word if "@" in word else word.strip("_")


def lacking(words: Iterable[str], shown: Iterable[str]) -> Counter[str]:
    """The words that are not shown, or not as often."""
    return Counter(words) - Counter(shown)


def is_part(words: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether the words stand among those shown, without a gap and in the same order."""
    return "\0{}\0".format("\0".join(words)) in "\0{}\0".format("\0".join(shown)) if words else True
