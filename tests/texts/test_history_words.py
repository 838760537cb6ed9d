"""Everything that the history says was done has a word of its own on the pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from mailer.domain.mailing import Step
from mailer.texts import texts
from mailer.web.words import HistoryVerb

PACKAGE = Path(__file__).parents[2] / "mailer"
# Where the verb stands among what a recorder is given.
PLACES = {"record": (1,), "_record": (2, 3)}


def recorded() -> Iterator[tuple[str, str]]:
    """Each verb that is written out where it is recorded, and the file."""
    for path in sorted((PACKAGE / room) for room in ("app", "pipeline")):
        for file in sorted(path.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in PLACES:
                        for verb in (args[place] for place in PLACES[name] if place < len(args)):
                            yield from ((word, file.name) for word in words_of(verb))
                    case ast.Assign(targets=[ast.Tuple() | ast.Name()], value=value) if is_verb(node):
                        yield from ((word, file.name) for word in words_of(value))
                    case _:
                        continue


def is_verb(node: ast.Assign) -> bool:
    """Whether constants of these names are verbs of the history."""
    names = {name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)}
    return bool(names & {"_SET_UP", "UNMOVED", "AS_PLANNED", "FORGET", "SETTLE", "verb"})


def words_of(node: ast.expr) -> Iterator[str]:
    """The verbs that an expression can be."""
    match node:
        case ast.Constant(value=str() as word):
            yield word
        case ast.Attribute(value=ast.Name(id="Step"), attr=name):
            yield Step[name].value
        case ast.Tuple(elts=parts):
            for part in parts:
                yield from words_of(part)
        case ast.IfExp(body=body, orelse=orelse):
            yield from words_of(body)
            yield from words_of(orelse)
        case _:
            return


def test_every_verb_has_a_word() -> None:
    known = {verb.value.replace("_", " ") for verb in HistoryVerb}
    found = dict(recorded())
    assert len(found) > 30
    assert {verb: file for verb, file in found.items() if verb.replace("_", " ") not in known} == {}


def test_the_items_of_a_list_are_each_said_by_their_own_pattern() -> None:
    summary = "22 memberships added, 24 people added, 26 payments added"
    assert texts("ru").detail(summary) == "добавлено членств: 22, добавлено людей: 24, добавлено платежей: 26"
    assert (
        texts("ru").detail("sound: 24 people, 3 issue texts and 16 copies")
        == "исправна: человек: 24, текстов: 3 и экземпляров: 16"
    )


def test_a_persons_own_words_stay_as_they_are() -> None:
    assert texts("ru").detail("its address is right: “she wrote again”") == "адрес верен: “she wrote again”"
    assert texts("ru").detail("попросили по телефону") == "попросили по телефону"
