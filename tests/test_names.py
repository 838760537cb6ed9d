"""Names in the whole package: a class name means one thing, a variable is the noun, nothing cites what is not here."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = [path for path in sorted((ROOT / "mailer").rglob("*.py")) if "versions" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PROSE = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# Pronouns: they stand for any thing, so they name none.
PRONOUNS = {"one", "ones", "found", "said", "given", "made", "known", "told", "asked", "gone", "seen", "kept"}
LONGEST_TEST = 400


def named(path):
    return str(path.relative_to(ROOT))


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def test_a_class_name_means_one_thing_in_the_whole_package():
    homes = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(named(path))
    assert not {name: paths for name, paths in homes.items() if len(paths) > 1}


def variables(path):
    """Every name that a module gives to a value: variables, parameters, and the targets of loops."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def test_a_variable_is_the_noun():
    pronouns = [
        f"{named(path)}:{line}: {name}" for path in MODULES for name, line in variables(path) if name in PRONOUNS
    ]
    assert not pronouns


def test_nothing_cites_a_document_that_is_not_here():
    for path in [*MODULES, *TESTS, *PROSE]:
        text = path.read_text(encoding="utf-8")
        if path != Path(__file__):
            assert not re.search(r"\b(house|rooms|contract|message|reports|console)\.md\b", text), named(path)
        if path in MODULES:
            assert not re.search(r"\bR\d{1,2}\b|\btrap \d|\bthe contract's\b", text), named(path)


def test_a_test_file_is_about_one_subject():
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in TESTS}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_TEST}


def test_a_test_of_async_code_is_async():
    for path in TESTS:
        if not path.name.startswith("test_") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^run = asyncio\.run$", text, re.MULTILINE), named(path)
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                segment = ast.get_source_segment(text, function) or ""
                assert "asyncio.run(" not in segment, f"{named(path)}: {function.name}"
