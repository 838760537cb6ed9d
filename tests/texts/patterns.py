"""Reads from the code which sentences its verbs can say, as patterns with places: `{0} has been sent`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mailer.domain import errors
from mailer.formats import address
from mailer.pipeline.register.import_export import COUNTED
from mailer.views import database

PACKAGE = Path(__file__).parents[2] / "mailer"
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type)} | {"Note", "Outdated"}
# What collects problems and notes, for all of them to be said at once.
COLLECTORS = {"add", "append"}
# What makes an error of a sentence and of what it is about.
RAISERS = {"_against", "_unmade"}
# What writes into the history; what the entry says stands behind what it is about.
RECORDERS = {"record", "_record", "_stop", "_break", "withdraw_within", "_accept", "believe_clock"}
# Only the terminal and the log show what these say.
UNSEEN = (
    "cli",
    "views",
    "checking",
    "config",
    "formats/raw",
    "demo",
    "daemon.py",
    "gateways",
    "store/migrate.py",
    "store/backup/restored_file.py",
    "store/transfer.py",
    "store/table_copy.py",
    "store/integrity.py",
    "app/restore.py",
    "app/service_unit.py",
    "formats/service_unit.py",
)
# Modules whose every English text is a finding that a page shows, or a phrase of one.
FINDINGS = (
    "domain/membership.py",
    "domain/numbering.py",
    "formats/edition/compile.py",
    "formats/edition/inline_styles.py",
    "formats/edition/style_rules.py",
    "formats/issue/file_names.py",
    "formats/issue/folder.py",
    "formats/issue/front_matter_numbers.py",
    "formats/issue/front_matter_yaml.py",
    "formats/issue/joined_lines.py",
    "formats/issue/mixed_letters.py",
    "formats/issue/visible_marks.py",
    "formats/register/cells.py",
    "formats/register/spreadsheet.py",
    "formats/register/text_rows.py",
    "pipeline/bounces/breaker.py",
    "pipeline/bounces/unmoved.py",
    "pipeline/issues/desk.py",
    "pipeline/issues/pull.py",
    "pipeline/issues/upload.py",
    "pipeline/upkeep/nightly.py",
)
# Of these each text with a space is one that a page shows, however short.
WHOLE = (
    "domain/lookalikes.py",
    "domain/member_doubts.py",
    "domain/payment_doubts.py",
    "domain/register_change.py",
    "domain/register_ids.py",
    "domain/register_payments.py",
    "domain/register_seats.py",
    "formats/address.py",
    "formats/register/damage.py",
    "formats/register/decoding.py",
    "formats/register/files.py",
    "formats/register/xlsx_file.py",
)
# What is looked for in the words of PyYAML, and a format of its own.
LOOKED_FOR = {
    "mapping values are not allowed",
    "sequence entries are not allowed",
    "unexpected end of stream",
    "'\\t' that cannot start",
    "that cannot start any token",
    "expected alphabetic or numeric",
    "expected the node content",
    "expected chomping or indentation",
    "mapping keys are not allowed",
    "a comment or a line break",
    "end of stream",
    # and of email-validator
    *(begin for begin, _ in address._FINDINGS),
    "After Unicode normalization:",
}
_SMALL_WORDS = re.compile(r"(?<![\w{])(?:an?|the|is|are|it|not|no|in|of|to|for|under|there|leave|close)(?![\w}])")
_REGULAR = re.compile(r"\(\?|\\s")
# What stands before many a finding.
_PLACE = "line {0}"


def patterns() -> dict[str, str]:
    """Each pattern that a page can show, and the file and line that writes it."""
    places = {_PLACE: "every check of a text", **dict.fromkeys(COUNTED.values(), "the history of an import")}
    for _, *nouns in database._COUNTED:
        places |= {f"{{0}} {noun}": "the history of a check" for noun in nouns}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(UNSEEN):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found = [*_of_module(tree)]
            if name in FINDINGS or name in WHOLE:
                found += _of_findings(tree, is_whole=name in WHOLE)
            for pattern, line in found:
                places.setdefault(pattern, f"{name}:{line}")
    return places


def _of_findings(tree: ast.Module, *, is_whole: bool) -> Iterator[tuple[str, int]]:
    """Every English text of the module but what explains the code, and patterns."""
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr():
                text = pattern_of(node)
            case ast.Constant(value=str() as text) if id(node) not in pieces | explained:
                pass
            case _:
                continue
        for sentence in _worth(text):
            is_said = is_whole or _SMALL_WORDS.search(sentence)
            if is_said and not _REGULAR.search(sentence) and sentence not in LOOKED_FOR:
                yield sentence, node.lineno


def _of_module(tree: ast.Module) -> Iterator[tuple[str, int]]:
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    makers = {name for name, function in functions.items() if _makes_error(function)}
    for function in [*functions.values(), tree]:
        for node in ast.walk(function):
            for said in (*_said(node), *(node.args if isinstance(node, ast.Call) and _called(node) in makers else ())):
                for sentence in _sentences(said, function, functions, ()):
                    yield sentence, node.lineno
    for name, function in functions.items():
        if "fault" in name:  # it returns what is wrong with a thing; another module collects that
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from ((sentence, node.lineno) for sentence in _sentences(node.value, function, functions, ()))


def _makes_error(function: ast.FunctionDef) -> bool:
    """Whether it returns an error, whose words its callers give."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return any(isinstance(value, ast.Call) and _called(value) in KINDS for value in returned)


def _said(node: ast.AST) -> Iterator[ast.AST]:
    """The sentences that a node says: an error, a note, a defect, or one of several problems that are collected."""
    match node:
        case ast.Call(args=[sentence, *_]) if _called(node) in KINDS | COLLECTORS:
            yield sentence
        case ast.Call(args=[*_, sentence]) if _called(node) in RAISERS:
            yield sentence
        case ast.Call(args=args, keywords=keywords) if _called(node) in RECORDERS:
            yield from args[3:] if len(args) > 1 else args
            yield from (keyword.value for keyword in keywords if keyword.arg == "detail")
        case ast.Call(keywords=keywords) if _called(node) == "Defect":
            yield from (keyword.value for keyword in keywords if keyword.arg == "what")


def _called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _sentences(
    node: ast.AST, function: ast.AST, functions: dict[str, ast.FunctionDef], passed: tuple[str, ...]
) -> Iterator[str]:
    """What the expression can be, as patterns: both ways of a choice, each of a list, what a function returns."""

    def deeper(*nodes: ast.AST) -> Iterator[str]:
        for each in nodes:
            yield from _sentences(each, function, functions, passed)

    match node:
        case ast.Constant(value=str() as text):
            yield from _worth(text)
        case ast.JoinedStr(values=values):
            yield from _worth(pattern_of(node))
            yield from deeper(*(part.value for part in values if isinstance(part, ast.FormattedValue)))
        case ast.IfExp(body=body, orelse=orelse):
            yield from deeper(body, orelse)
        case ast.BoolOp(values=values):
            yield from deeper(*values)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            yield from deeper(left, right)
        case ast.Starred(value=value):
            yield from deeper(value)
        case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
            yield from deeper(elt)
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            yield from deeper(*elts)
        case ast.Call(func=ast.Attribute(attr="join"), args=[things]):
            yield from deeper(things)
        case ast.Call(func=ast.Name(id=name), args=args) if name in functions and name not in passed:
            yield from deeper(*(given for given in args if isinstance(given, ast.Constant)))
            for inner in ast.walk(functions[name]):
                if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                    yield from _sentences(inner.value, functions[name], functions, (*passed, name))
        case ast.Name(id=name) if name not in passed:
            for inner in ast.walk(function):
                if isinstance(inner, ast.Assign) and any(_is(target, name) for target in inner.targets):
                    yield from _sentences(inner.value, function, functions, (*passed, name))
        case _:
            return


def _is(target: ast.AST, name: str) -> bool:
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return any(isinstance(each, ast.Name) and each.id == name for each in names)


def pattern_of(node: ast.JoinedStr) -> str:
    """The f-string with numbered places."""
    pieces, number = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(str(part.value))
        else:
            pieces.append(f"{{{number}}}")
            number += 1
    return "".join(pieces)


def _worth(text: str) -> Iterator[str]:
    """The lines of a text that a person reads, without the marks between sentences; not a mere name or mark."""
    for line in text.split("\n"):
        sentence = line.strip(" ;")
        if " " in sentence and any(letter.isalpha() for letter in sentence):
            yield sentence
