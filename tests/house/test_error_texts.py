"""Every code that any room raises has a sentence, and the sentence asks only for values that are given."""

import ast
import re
import string
from collections.abc import Iterator

from tests.support import tree

from nianjian.engines.paper.texts.errors import ERRORS

CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")


def _raised() -> Iterator[tuple[str, set[str] | None, str]]:
    """Code, names of the values (None: not told by the call itself), and place of each error that is raised."""
    for place, node in tree.nodes(ast.Call):
        position = {"NianjianError": 0, "get_or_raise": 1}.get(_name(node)) if node.args else None
        code = None if position is None else node.args[position]
        if isinstance(code, ast.Constant):
            starred = any(keyword.arg is None for keyword in node.keywords)
            values = None if starred else {str(keyword.arg) for keyword in node.keywords} - {"findings"}
            yield str(code.value), values, f"{place}:{node.lineno}"


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _codes(place: str, node: ast.Call | ast.Tuple) -> list[ast.expr]:
    """What in a call or a tuple is a code."""
    if isinstance(node, ast.Tuple):  # the third is a condition
        condition = len(node.elts) == 3 and place.startswith("engines/intake/") and " " in ast.unparse(node.elts[2])
        return node.elts[:1] if condition else []
    match _name(node):
        case "UnreadableError" | "LineError":
            return node.args[:1]
        case "Finding":
            return [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        case "ordered":
            return node.args[2:3]
        case "ValueError" if place.startswith("engines/intake/"):
            return node.args[:1]
    return []


def _other_codes() -> Iterator[tuple[str, str]]:
    """Codes that travel otherwise: cells that cannot be read, findings of checks, lines and rows of call files."""
    for place, node in (*tree.nodes(ast.Call), *tree.nodes(ast.Tuple)):
        for one in _codes(place.as_posix(), node):
            if isinstance(one, ast.Constant) and CODE.fullmatch(str(one.value)):
                yield str(one.value), f"{place}:{node.lineno}"


def _list_fields(text: str) -> set[str]:
    return {field for _literal, field, _form, _conversion in string.Formatter().parse(text) if field}


def test_every_code_has_a_sentence() -> None:
    missing = sorted({(code, place) for code, _values, place in _raised() if code not in ERRORS})
    assert missing == []


def test_sentences_ask_only_for_given_values() -> None:
    wrong = sorted(
        (place, code, sorted(_list_fields(ERRORS[code]) - values))
        for code, values, place in _raised()
        if code in ERRORS and values is not None and not _list_fields(ERRORS[code]) <= values
    )
    assert wrong == []


def test_every_other_code_has_a_sentence() -> None:
    assert sorted({(code, place) for code, place in _other_codes() if code not in ERRORS}) == []
