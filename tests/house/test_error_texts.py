"""Every code that any room raises has a sentence, and the sentence asks only for values that are given."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

from nianjian.engines.paper.texts.errors import ERRORS

CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
SOURCE = Path(__file__).resolve().parents[2] / "src" / "nianjian"


def _raised() -> Iterator[tuple[str, set[str] | None, str]]:
    """Code, names of the values (None: not told by the call itself), and place of each error that is raised."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            position = {"NianjianError": 0, "get_or_raise": 1}.get(_name(node))
            code = None if position is None else node.args[position]
            if not isinstance(code, ast.Constant):
                continue
            starred = any(keyword.arg is None for keyword in node.keywords)
            values = None if starred else {str(keyword.arg) for keyword in node.keywords} - {"findings"}
            yield str(code.value), values, f"{path.relative_to(SOURCE)}:{node.lineno}"


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _other_codes() -> Iterator[tuple[str, str]]:
    """Codes that travel otherwise: cells that cannot be read, findings of checks, lines and rows of call files."""
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found: list[ast.expr] = []
            if isinstance(node, ast.Call) and _name(node) in {"UnreadableError", "LineError"}:
                found = node.args[:1]
            elif isinstance(node, ast.Call) and _name(node) == "Finding":
                found = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            elif isinstance(node, ast.Call) and _name(node) == "ordered":
                found = node.args[2:3]
            elif isinstance(node, ast.Call) and _name(node) == "ValueError" and place.startswith("intake/"):
                found = [
                    one for one in node.args[:1] if isinstance(one, ast.Constant) and CODE.fullmatch(str(one.value))
                ]
            elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and place.startswith("intake/"):
                found = node.elts[:1] if " " in ast.unparse(node.elts[2]) else []  # the third is a condition
            for one in found:
                if isinstance(one, ast.Constant) and CODE.fullmatch(str(one.value)):
                    yield str(one.value), f"{place}:{one.lineno}"


def _asked(text: str) -> set[str]:
    return {field for _literal, field, _form, _conversion in string.Formatter().parse(text) if field}


def test_every_code_has_a_sentence() -> None:
    missing = sorted({(code, place) for code, _values, place in _raised() if code not in ERRORS})
    assert missing == []


def test_sentences_ask_only_for_given_values() -> None:
    wrong = sorted(
        (place, code, sorted(_asked(ERRORS[code]) - values))
        for code, values, place in _raised()
        if code in ERRORS and values is not None and not _asked(ERRORS[code]) <= values
    )
    assert wrong == []


def test_every_other_code_has_a_sentence() -> None:
    assert sorted({(code, place) for code, place in _other_codes() if code not in ERRORS}) == []
