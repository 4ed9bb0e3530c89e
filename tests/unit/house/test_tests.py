"""A test says what it expects: each one asserts something itself, or calls a helper that does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
EXPECTING = {"raises", "warns", "fail", "run_state_machine_as_test"}
"""Calls that expect something, beside `assert`: pytest's, and Hypothesis' for a machine whose rules and invariants assert."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def calls(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What is called there: (`module`, `name`) for `module.name(…)`, ("", `name`) for `name(…)`."""
    for call in (one.func for one in ast.walk(node) if isinstance(one, ast.Call)):
        if isinstance(call, ast.Name):
            yield "", call.id
        elif isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name):
            yield call.value.id, call.attr


def expects(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Assert) for one in ast.walk(node)) or any(name in EXPECTING for _, name in calls(node))


@cache
def expecting(path: Path) -> frozenset[str]:
    """The functions of a file that expect something."""
    return frozenset(one.name for one in tree(path).body if isinstance(one, Function) and expects(one))


@cache
def imported(path: Path) -> dict[str, tuple[Path, str]]:
    """What a file has from the tests' own modules: (file, name) by the name it has here; the name is empty for a module."""
    found: dict[str, tuple[Path, str]] = {}
    for node in (one for one in ast.walk(tree(path)) if isinstance(one, ast.ImportFrom) and (one.module or "").split(".")[0] == "tests"):
        folder = ROOT.joinpath(*(node.module or "").split("."))
        for alias in node.names:
            module = folder / f"{alias.name}.py"
            here = alias.asname or alias.name
            found[here] = (module, "") if module.is_file() else (folder.with_suffix(".py"), alias.name)
    return found


def helped(path: Path, test: Function) -> bool:
    """Does it call a helper, of this file or of another of the tests, that expects something?"""
    for module, name in calls(test):
        where, there = imported(path).get(module or name, (path, ""))
        if module and (there or where == path):
            continue  # a method, or a module that is not the tests'
        if where.is_file() and (there or name) in expecting(where):
            return True
    return False


def silent(path: Path) -> list[str]:
    """The tests of a file that expect nothing."""
    tests = [one for one in ast.walk(tree(path)) if isinstance(one, Function) and one.name.startswith("test_")]
    return [one.name for one in tests if not expects(one) and not helped(path, one)]


def test_every_test_expects_something() -> None:
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "node_modules" not in path.parts]
    assert len(files) > 50
    assert {str(path.relative_to(ROOT)): found for path in files if (found := silent(path))} == {}


def test_what_expects_nothing_is_found(tmp_path: Path) -> None:
    path = tmp_path / "test_these.py"
    path.write_text("""
from tests import leasing, rows
from tests.documents import table
from tests.rows import at_once as together

def helper(): assert 1
def quiet(): return 1
def test_itself(): assert 1
def test_raising():
    with pytest.raises(ValueError): quiet()
def test_by_a_helper(): helper()
def test_by_an_imported_helper(): together()
def test_by_one_of_a_module(): rows.at_once()
def test_by_nobody(): quiet()
def test_by_another_s_quiet_helper(): table()
def test_by_a_method(world): world.helper()
def test_by_nothing_known(): unknown(); leasing.claim(1)
""")
    assert silent(path) == ["test_by_nobody", "test_by_another_s_quiet_helper", "test_by_a_method", "test_by_nothing_known"]
