"""The documents say what the program does: every setting, command, option and word stands where it must."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel
from typer.main import get_command

from mailer.cli import console
from mailer.cli.commands import app
from mailer.config.fees import _Fees
from mailer.config.machine import Config
from mailer.config.relays import Smtp
from mailer.config.schedules import _File
from mailer.domain.delivery import State
from mailer.domain.edition import ALL_VARIANTS
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.mailing import MailingState
from mailer.pipeline.register import resolve

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
# Secrets of the environment alone: config.toml refuses it.
NOT_IN_THE_FILE = {("smtp", "password"), ("bounces", "imap_password")}
# The made-up second newsletter of docs/editors.md is nowhere to be found.
MADE_UP = "club-notes"
# Every word of the house and every verb, as docs/glossary.md must define it.
WORDS = """
newsletter issue source membership person seat payment period "fee schedule" entitlement circulation recipient exclusion
mailing insert edition copy "copy number" "test mailing" message envelope "return path" delivery attempt outcome
transport bounce hold "distribution report" slot variant supplement lease mark "dkim signature" selector
letter digest "daily letter" alarm
pull plan compile test approve send pause resume cancel settle ingest lift report
"""


def settings(model):
    """(section, key) of every setting of a table that stands once, as the file writes it."""
    return [
        (section, inner.alias or key)
        for section, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key, inner in field.annotation.model_fields.items()
    ]


def listed(model):
    """(table, key) of every setting of a table that may stand several times; what [smtp] has too is told there."""
    return [
        (table, key)
        for table, field in model.model_fields.items()
        if get_origin(field.annotation) is tuple
        for key in get_args(field.annotation)[0].model_fields
        if key not in Smtp.model_fields or table != "relay"
    ]


def commands(command=None, *path):
    """Every command that does something, with the words that name it."""
    command = command or get_command(app)
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
    for name, one in (inner or {}).items():
        yield from commands(one, *path, name)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("section", "key"), sorted(set(settings(Config)) - NOT_IN_THE_FILE))
def test_a_setting_of_the_machine_stands_in_the_example_and_in_the_manual(section, key):
    assert key in tomllib.loads(text("config.example.toml"))[section]
    assert f"`[{section}] {key}`" in text("docs/operating.md")


@pytest.mark.parametrize(("table", "key"), listed(Config))
def test_a_setting_of_a_list_stands_in_the_example_and_in_the_manual(table, key):
    _, _, shown = text("config.example.toml").partition(f"\n#[[{table}]]\n")
    assert f"\n#{key} = " in shown
    assert f"| `[[{table}]] {key}` |" in text("docs/operating.md")


@pytest.mark.parametrize(("section", "key"), settings(_File))
def test_a_setting_of_a_newsletter_stands_in_the_example_and_in_the_manual(section, key):
    assert key in tomllib.loads(text("schedules/russia-confidential.toml"))[section]
    assert f"`[{section}] {key}`" in text("docs/operating.md")


def test_the_fee_schedule_stands_in_the_example_and_in_the_manual():
    season = _Fees.model_fields["season"].annotation.__args__[0]
    option = season.model_fields["option"].annotation.__args__[0]
    example = tomllib.loads(text("schedules/fees.toml"))["season"][0]
    for name, model, keys in (("season", season, example), ("season.option", option, example["option"][0])):
        known = {field.alias or key for key, field in model.model_fields.items()}
        assert set(keys) == known
        for key in known - {"option"}:
            assert f"`[[{name}]] {key}`" in text("docs/operating.md")


def test_nothing_stands_in_the_manual_that_is_no_setting():
    known = {f"[{section}] {key}" for model in (Config, _File) for section, key in settings(model)}
    assert set(re.findall(r"`(\[[a-z]+\] [a-z0-9_]+)`", text("docs/operating.md"))) <= known
    said = set(re.findall(r"`(\[\[(?:relay|domain)\]\] [a-z0-9_]+)`", text("docs/operating.md")))
    assert said == {f"[[{table}]] {key}" for table, key in listed(Config)}


@pytest.mark.parametrize("model", [Config, _File])
def test_the_defaults_in_the_manual_are_the_defaults(model):
    example = text("config.example.toml" if model is Config else "schedules/russia-confidential.toml")
    defaults = tomllib.loads(example)
    rows = [line.split(" | ") for line in text("docs/operating.md").splitlines() if line.startswith("| `[")]
    told = {cells[0].strip("| `"): cells[-1].strip("| ") for cells in rows if len(cells) == 4}
    for section, key in set(settings(model)) - NOT_IN_THE_FILE:
        found = told[f"[{section}] {key}"]
        assert tomllib.loads(f"found = {found.strip('`')}")["found"] == defaults[section][key], f"[{section}] {key}"


# --- commands ---------------------------------------------------------------------------------------------------------


def section_of(path):
    """What docs/commands.md says about a command, its heading first."""
    found = re.search(
        rf"^### mailer {' '.join(path)}(?: [^\n]*)?$.*?(?=^##|\Z)", text("docs/commands.md"), re.MULTILINE | re.DOTALL
    )
    assert found, f"docs/commands.md has no section about mailer {' '.join(path)}"
    return found[0]


@pytest.mark.parametrize(
    ("path", "command"), [*commands()], ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_command_stands_in_the_reference(path, command):
    said = section_of(path)
    heading = said.splitlines()[0]
    assert re.search(rf"Example: `mailer (--config \S+ )?{' '.join(path)}", said)
    known = set()
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            shown = parameter.metavar if parameter.required else f"[{parameter.metavar}]"
            assert f" {shown}" in f"{heading} "
        elif parameter.name != "help":
            known |= set(parameter.opts)
            assert f"`{parameter.opts[0]}" in said
            required = "(required)" in next(line for line in said.splitlines() if f"`{parameter.opts[0]}" in line)
            assert required == parameter.required or parameter.opts == ["--as"]
    assert set(re.findall(r"^\| `(--[a-z-]+)", said, re.MULTILINE)) == known


def test_the_reference_has_no_command_too_many():
    names = {" ".join(path) for path, _ in commands()}
    headings = re.findall(r"^### mailer ([a-z -]+?)(?: [A-Z\[].*)?$", text("docs/commands.md"), re.MULTILINE)
    assert set(headings) == names
    assert len(headings) == len(names)


def test_the_global_options_stand_in_the_reference():
    head, _, _ = text("docs/commands.md").partition("## The installation")
    for parameter in get_command(app).params:
        assert f"`{parameter.opts[0]}" in head


def lines_of(page):
    """Every `mailer …` line of a page: in a block, or between backticks."""
    said = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^(?: {4,}|\$ )\$? ?(mailer .*)$", said, re.MULTILINE)
    blocks += [
        line for block in re.findall(r"^```\w*\n(.*?)^```", said, re.MULTILINE | re.DOTALL) for line in _typed(block)
    ]
    return blocks + [" ".join(one.split()) for one in re.findall(r"`(mailer\s[^`]+)`", said)]


def _typed(block):
    return [found[1] for line in block.splitlines() if (found := re.match(r"^(?:\$ +)?(mailer .*)$", line))]


def in_letters():
    """Every `mailer …` line of the letters as they are written, with the letter's name."""
    for one in sorted((ROOT / "tests" / "golden").glob("letter-*.txt")):
        for line in re.findall(r"^ +(mailer .*)$", one.read_text(encoding="utf-8"), re.MULTILINE):
            yield one.name, line


@pytest.fixture
def without_lookups(monkeypatch):
    """A person, a membership or an issue in a line stays as typed, since no installation is open."""
    monkeypatch.setattr(console, "open_context", lambda: None)
    for name in ("resolve_person", "resolve_membership", "resolve_issue"):
        monkeypatch.setattr(resolve, name, lambda _, typed: typed)


@pytest.mark.usefixtures("without_lookups")
@pytest.mark.parametrize(("letter", "line"), dict.fromkeys(in_letters()))
def test_a_command_line_in_a_letter_can_be_typed_as_it_stands(letter, line):
    command, words = get_command(app), shlex.split(line)[1:]
    while hasattr(command, "commands"):
        assert words[0] in command.commands, f"{letter}: no command {words[0]!r}: {line}"
        command, words = command.commands[words[0]], words[1:]
    # It fails for an option that there is not, for a word too many and for one too few.
    assert command.make_context(command.name, words, obj=None) is not None


def test_every_command_of_the_letters_stands_in_one_of_those_written():
    shown = {line for _, line in in_letters()}
    for one in (ROOT / "templates" / "system").rglob("*.txt.j2"):
        for line in re.findall(r"^  (mailer .*)$", one.read_text(encoding="utf-8"), re.MULTILINE):
            words = re.sub(r"\\{\\{.*?\\}\\}", r"\\S+", re.escape(line).replace("\\ ", " "))
            assert any(re.fullmatch(words, each) for each in shown), f"no letter of tests/golden has: {line}"


@pytest.mark.parametrize(
    ("page", "line"),
    [(page.name, line) for page in PAGES for line in dict.fromkeys(lines_of(page))],
)
def test_a_command_line_in_a_document_can_be_typed(page, line):
    typed = re.split(r"\s+(?:#|>|\||&&|;)", line)[0].replace("…", "").strip()
    command, words = get_command(app), console.globals_first(shlex.split(typed)[1:])
    while words and (words[0] in console.GLOBAL_FLAGS or words[0] in console.GLOBAL_VALUES):
        words = words[2 if words[0] in console.GLOBAL_VALUES else 1 :]
    while hasattr(command, "commands") and words and not words[0].startswith("--"):
        assert words[0] in command.commands, f"{page}: no command {words[0]!r}: {line}"
        command, words = command.commands[words[0]], words[1:]
    takes = {name: parameter for parameter in command.params for name in parameter.opts} | {"--help": None}
    given = iter(words)
    places = []
    for word in given:
        if word.startswith("--"):
            name, has_value, _ = word.partition("=")
            assert name in takes, f"{page}: {name} is no option of this command: {line}"
            if takes[name] is not None and not takes[name].is_flag and not has_value:
                next(given, None)
        else:
            places.append(word)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    many = any(one.nargs < 0 for one in arguments)
    assert many or len(places) <= len(arguments), f"{page}: too many words: {line}"


def test_there_are_command_lines_to_look_at():
    assert sum(len(lines_of(page)) for page in PAGES) > 80


# --- words and links --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", shlex.split(WORDS))
def test_a_word_of_the_house_is_in_the_glossary(word):
    assert re.search(rf"^\| \*\*{word}\*\* \| \S", text("docs/glossary.md"), re.MULTILINE | re.IGNORECASE)


def test_a_word_of_the_code_is_a_class():
    _, _, table = text("docs/glossary.md").partition("## Words of the code")
    words = set(re.findall(r"`([A-Z]\w+)`", table))
    modules = [path.read_text(encoding="utf-8") for path in (ROOT / "mailer").rglob("*.py")]
    classes = {name for module in modules for name in re.findall(r"^class (\w+)", module, re.MULTILINE)}
    assert len(words) > 20
    assert words <= classes


@pytest.mark.parametrize("state", [*State, *MailingState], ids=str)
def test_a_state_is_in_the_glossary(state):
    assert f"| **{state}** |" in text("docs/glossary.md")


def test_every_macro_is_explained_to_the_editors_with_its_values():
    called = set(re.findall(r'\.macro\(\s*"(\w+)"', (ROOT / "mailer/formats/edition/html.py").read_text()))
    assert {"heading", "caption", "commands"} < called
    own, later = (ROOT / "templates/_base/blocks.html.j2"), (ROOT / "mailer/formats/edition/later_blocks.html.j2")
    macros = dict(re.findall(r"{% macro (\w+)\((.*?)\) -?%}", later.read_text() + own.read_text()))
    for name in called:
        values = re.sub(r"=[^,]*", "", macros[name])
        assert f"`{name}({values})`" in text("docs/editors.md"), name


@pytest.mark.parametrize("variant", ALL_VARIANTS, ids=lambda one: one.name)
def test_a_variant_is_explained_to_the_editors(variant):
    assert f"`{variant.name}`" in text("docs/editors.md")


@pytest.mark.parametrize("reason", EntitlementReason, ids=str)
def test_a_reason_is_explained_to_somebody(reason):
    assert any(re.search(rf"\b{reason}\b", page.read_text(encoding="utf-8")) for page in PAGES)


def test_the_flow_is_short():
    assert len(text("docs/flow.md").splitlines()) <= 80


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name}: {target} is not there"
        assert there.is_relative_to(ROOT), f"{page.name}: {target} leads out of the repository"
        if anchor:
            assert anchor in _anchors(there), f"{page.name}: {target} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_begins_with_its_title_and_names_files_that_are_there(page):
    said = page.read_text(encoding="utf-8")
    assert said.startswith("# ")
    for name in re.findall(r"`((?:mailer|docs|templates|schedules|demo|tests)/[\w./-]+?)`", said):
        assert MADE_UP in name or (ROOT / name).exists(), f"{page.name}: {name} is not there"


def test_the_index_leads_to_every_page():
    said = text("docs/index.md")
    for page in PAGES:
        if page.name != "index.md":
            assert f"({page.name})" in said or f"(../{page.name})" in said, (
                f"docs/index.md does not lead to {page.name}"
            )


@pytest.mark.parametrize(
    "room",
    [
        room.relative_to(ROOT).as_posix()
        for room in sorted((ROOT / "mailer").rglob("*"))
        if (room / "__init__.py").exists() and any(room.glob("[a-z]*.py")) and room.name != "rules"
    ],
)
def test_a_room_has_a_line_in_the_index(room):
    rows = [line for line in text("docs/index.md").splitlines() if line.startswith("| `")]
    assert sum(f"`{room}/`" in row for row in rows) == 1


def _prose(page):
    said = page.read_text(encoding="utf-8")
    return re.sub(r"`[^`\n]*`|^```.*?^```|^ {4}.*$", "", said, flags=re.MULTILINE | re.DOTALL)


def _anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
