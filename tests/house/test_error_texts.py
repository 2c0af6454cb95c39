"""Every code that any room raises has a sentence, and the sentence asks only for values that are given."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from nianjian.cli.texts.errors import ERRORS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "nianjian"


def _raised() -> Iterator[tuple[str, set[str] | None, str]]:
    """Code, names of the values (None: not told by the call itself), and place of each NianjianError(…)."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            code = node.args[0]
            if name != "NianjianError" or not isinstance(code, ast.Constant):
                continue
            starred = any(keyword.arg is None for keyword in node.keywords)
            values = None if starred else {str(keyword.arg) for keyword in node.keywords} - {"findings"}
            yield str(code.value), values, f"{path.relative_to(SOURCE)}:{node.lineno}"


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


def test_every_reason_of_a_rejected_row_has_a_sentence() -> None:
    from nianjian.intake.reasons import REASONS  # noqa: PLC0415 -- the registry of reasons may grow heavy

    assert sorted(set(REASONS) - set(ERRORS)) == []
