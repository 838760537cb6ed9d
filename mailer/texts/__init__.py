"""What pages, verbs and letters say in English and Russian: English stands where it is said, Russian in the files of `ru`."""

from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from mailer.texts.catalogue import Catalogue, catalogue, key
from mailer.texts.sentences import Sentences

# Each in its own words.
LANGUAGES = {"en": "English", "ru": "Русский"}


class EnglishSentence(str):
    """A sentence that the page's language lacks; the page marks it as English, for those who hear it read."""

    __slots__ = ()

    def __html__(self) -> str:
        """The sentence, marked and escaped."""
        return Markup('<span lang="en">{}</span>').format(str(self))


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in one language."""

    language: str
    catalogue: Catalogue
    sentences: Sentences

    def gettext(self, message: str) -> str:
        """The text in this language; the English one where it has none."""
        return self.pgettext("", message)

    def pgettext(self, context: str, message: str) -> str:
        """The same for a text whose form depends on what it is said of; the context is the name of an enum."""
        texts = self.catalogue.texts
        forms = texts.get(key(context, message)) or texts.get(message)
        return forms[0] if forms else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The form of the text that fits the number."""
        forms = self.catalogue.texts.get(singular)
        if forms and len(forms) > 1:
            return forms[self.catalogue.form(number)]
        return singular if number == 1 else plural

    def text(self, message: str, /, **values: object) -> str:
        """The text with its `{names}` filled in."""
        return self.gettext(message).format(**values)

    def plural(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """The form that fits the number, with its `{names}` and `{number}` filled in."""
        return self.ngettext(singular, plural, number).format(number=number, **values)

    def sentence(self, sentence: str) -> str:
        """A finished sentence of a verb in this language; where it has none, the English one, marked as such."""
        if self.language == "en":
            return sentence
        return self.sentences.translated(sentence) or EnglishSentence(sentence)

    def detail(self, words: str) -> str:
        """The same of words that may be a name, a number or a person's own, which stay as they are."""
        if self.language == "en":
            return words
        shown = self.sentences.shown(words)
        return EnglishSentence(words) if shown is None else shown


def N_(message: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


@cache
def texts(language: str) -> Texts:
    """The texts in this language, read once; English for a language that we do not have."""
    if language not in LANGUAGES or language == "en":
        return Texts("en", Catalogue(), Sentences(Catalogue()))
    translated = catalogue(language)
    return Texts(language, translated, Sentences(translated))
