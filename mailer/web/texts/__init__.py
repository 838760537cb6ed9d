"""The texts of the pages in English and Russian: English stands in the pages, Russian in the files of `ru`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "ru")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in one language. `catalogue` has the forms of each English text; for English it is empty."""

    language: str
    catalogue: Mapping[str, tuple[str, ...]]

    def gettext(self, message: str) -> str:
        """The text in this language; the English one where it has none."""
        forms = self.catalogue.get(message)
        return forms[0] if forms and forms[0] else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The form of the text that fits the number."""
        forms = self.catalogue.get(singular)
        if forms and all(forms):
            return forms[_russian_form(number)]
        return singular if number == 1 else plural

    def text(self, message: str, /, **values: object) -> str:
        """The text with its `{names}` filled in."""
        return self.gettext(message).format(**values)

    def sentence(self, sentence: str) -> str:
        """A finished sentence of a verb in this language."""
        return self.gettext(sentence)


def N_(message: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


@cache
def texts(language: str) -> Texts:
    """The texts in this language, read once; English for a language that we do not have."""
    if language not in LANGUAGES or language == "en":
        return Texts("en", {})
    from babel.messages.pofile import read_po

    catalogue: dict[str, tuple[str, ...]] = {}
    for file in sorted((FOLDER / language).glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes())):
            identity = message.id[0] if isinstance(message.id, tuple | list) else message.id
            if identity:
                forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
                catalogue[str(identity)] = tuple(map(str, forms))
    return Texts(language, catalogue)


def _russian_form(number: int) -> int:
    number = abs(number)
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2
