"""Files as long as their subject, short functions, and no room for leftovers."""

import ast
from functools import cache
from pathlib import Path

from tests.support import tree

LINES = 800
FUNCTION = 60
LEFTOVERS = {"utils", "util", "helpers", "helper", "common", "misc", "core", "base", "shared", "lib"}
CODE = {"src", "bench", "tests", "docs"}


def _python() -> list[str]:
    return [
        str(path)
        for path in tree.files()
        if path.suffix == ".py" and path.parts[0] in CODE and "migrations" not in path.parts
    ]


def test_files_are_short() -> None:
    long = {name: count for name in _python() if (count := _lines(name)) > LINES}
    assert not long


def _lines(name: str) -> int:
    return (tree.ROOT / name).read_text(encoding="utf-8").count("\n")


def test_functions_are_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name} {count}"
        for path, module in tree.modules()
        for node in tree.functions(module)
        if (count := _code_lines(path, node)) > FUNCTION
    ]
    assert not long


@cache
def _text(path: Path) -> list[str]:
    return (tree.SOURCE / path).read_text(encoding="utf-8").splitlines()


def _code_lines(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function that are neither blank nor a comment nor its docstring."""
    lines = _text(path)[node.lineno - 1 : node.end_lineno]
    code = sum(1 for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return code - len((ast.get_docstring(node, clean=False) or "\n").splitlines()) if ast.get_docstring(node) else code


def test_nothing_is_named_leftovers() -> None:
    bad = [
        str(path)
        for path in tree.files()
        if path.parts[0] in CODE and LEFTOVERS & {*path.parts[:-1], path.stem if path.suffix == ".py" else ""}
    ]
    assert not bad


def test_no_empty_files() -> None:
    empty = [
        str(path)
        for path in tree.files()
        if path.name not in {"__init__.py", "py.typed"} and (tree.ROOT / path).stat().st_size == 0
    ]
    assert not empty, "a file is made when it has content"
