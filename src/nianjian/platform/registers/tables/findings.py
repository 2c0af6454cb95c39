"""What is wrong with a cell: where it stands, and a code that names the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """A faulty cell. ``value`` is what stands there, "" where it is personal; ``hint`` what would have been right."""

    file: str
    sheet: str
    line: int
    column: str
    code: str
    value: str = ""
    hint: str = ""
    details: Mapping[str, object] = field(default_factory=dict)  # further values of the code's sentence

    def values(self) -> Mapping[str, object]:
        """Values for the code's sentence."""
        return {**self.details, "line": self.line, "column": self.column, "value": self.value, "hint": self.hint}

    def as_dict(self) -> dict[str, object]:
        """The entry of a receipt."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "value": self.value,
            "hint": self.hint,
        }
