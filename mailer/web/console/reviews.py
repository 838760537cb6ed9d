"""Says what a check found in the language of the page, by file and line."""

from collections.abc import Iterable
from dataclasses import replace

from mailer.texts import EnglishSentence, Texts
from mailer.views.review_lines import ReviewLine, review_lines


def reviewed(texts: Texts, sentences: Iterable[str]) -> list[ReviewLine]:
    """The sentences of a check as lines of a table; what is not translated is marked as English."""
    return [_reviewed(texts, sentence) for sentence in sentences]


def _reviewed(texts: Texts, sentence: str) -> ReviewLine:
    translated = texts.sentence(sentence)
    (line,) = review_lines([str(translated)])
    if isinstance(translated, EnglishSentence):
        return replace(line, what=EnglishSentence(line.what), remedy=line.remedy and EnglishSentence(line.remedy))
    return line
