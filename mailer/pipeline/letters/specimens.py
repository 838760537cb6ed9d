"""Writes specimen letters about made-up people, so that a mistake in a template is found before a letter is due."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from mailer.domain.errors import BadInput
from mailer.formats.letter import write
from mailer.formats.letter.page import write_page
from mailer.formats.letter.write import Letter
from mailer.pipeline.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenLetter:
    """What a specimen letter says: its name, its kind, and the facts for its template."""

    name: str
    kind: str
    facts: Mapping[str, object]


def load_specimens() -> list[SpecimenLetter]:
    """Every kind of letter in every form that it takes, from specimens.toml beside this module."""
    text = files(__package__).joinpath("specimens.toml").read_text(encoding="utf-8")
    return [SpecimenLetter(**table) for table in tomllib.loads(text)["specimen"]]


def odd_looks(context: Context) -> Iterator[tuple[str, BadInput]]:
    """The newsletters whose look letters cannot have, each with the reason: they are sent in the shipped look."""
    specimen = load_specimens()[0]
    letter = write.write(
        specimen.kind,
        context.language,
        specimen.facts,
        context.letter_templates,
        command=context.command,
        console=context.console,
    )
    for newsletter in context.newsletters.values():
        sender = newsletter.sender.name
        try:
            write_page(letter, sender=sender, templates=context.templates, template=newsletter.template)
        except BadInput as error:
            yield newsletter.id, error


def write_specimens(context: Context, language: str) -> Iterator[tuple[str, Letter]]:
    """Every specimen letter in a language, by its name. Raises BadInput naming the mistake in a template."""
    for specimen in load_specimens():
        yield (
            specimen.name,
            write.write(
                specimen.kind,
                language,
                specimen.facts,
                context.letter_templates,
                command=context.command,
                console=context.console,
            ),
        )
