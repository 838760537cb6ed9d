"""The domain reads no clock, no disk and no network, and uses no random numbers."""

import ast
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import pytest

import mailer.domain

MODULES = [found.name for found in pkgutil.iter_modules(mailer.domain.__path__, "mailer.domain.")]
OUTSIDE = {
    "os",
    "io",
    "socket",
    "pathlib",
    "subprocess",
    "random",
    "secrets",
    "uuid",
    "time",
    "urllib",
    "http",
    "sqlite3",
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_the_domain_needs_nothing_but_words(name):
    tree = ast.parse(Path(import_module(name).__file__).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported -= {"urllib.parse"}  # it takes text apart and asks no server
    others = {one.partition(".")[0] for one in imported if not one.startswith("mailer.domain.")}
    assert others <= set(sys.stdlib_module_names) - OUTSIDE
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "today", "utcnow"}
