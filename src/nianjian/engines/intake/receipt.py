"""What an import says about a file: the counts that must add up, the reasons, and what the operator must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of a file; ``read`` = ``loaded`` + ``duplicate`` + ``rejected``, blank lines and headers apart."""

    read: int = 0
    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0

    def __add__(self, other: RowCounts) -> RowCounts:
        """The sum, field by field."""
        return RowCounts(
            self.read + other.read,
            self.loaded + other.loaded,
            self.duplicate + other.duplicate,
            self.rejected + other.rejected,
        )

    def as_dict(self) -> dict[str, int]:
        """In the order in which they are printed."""
        return {"read": self.read, "loaded": self.loaded, "duplicate": self.duplicate, "rejected": self.rejected}


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One file. ``known``: it was imported before with the same settings, so nothing was committed.

    ``version`` is the Delta version of ``calls`` that holds the file, None if no commit was made.
    """

    name: str
    sha256: str
    source: str
    encoding: str
    timezone: str
    timezone_assumed: bool
    rows: RowCounts
    reasons: Mapping[str, int] = field(default_factory=dict)
    days: tuple[str, ...] = ()
    truncated: bool = False
    warnings: tuple[str, ...] = ()
    batch: str = ""
    generation: int = 1
    known: bool = False
    version: int | None = None
    blank_lines: int = 0
    unknown_results: tuple[str, ...] = ()  # words of the result that nobody knows: such calls count as not answered
    unknown_answers: int = 0  # rows in which no answer time, result or talk tells whether the call was answered

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the form in which it stands in the commit and in the batch's row."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "source": self.source,
            "encoding": self.encoding,
            "timezone": self.timezone,
            "timezone_assumed": self.timezone_assumed,
            "rows": self.rows.as_dict(),
            "reasons": dict(sorted(self.reasons.items())),
            "days": list(self.days),
            "truncated": self.truncated,
            "warnings": list(self.warnings),
            "batch": self.batch,
            "generation": self.generation,
            "known": self.known,
            "version": self.version,
            "blank_lines": self.blank_lines,
            "unknown_results": list(self.unknown_results),
            "unknown_answers": self.unknown_answers,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FileReceipt:
        """Back from `as_dict`."""
        values = dict(data)
        values["rows"] = RowCounts(**values["rows"])
        values["days"] = tuple(values["days"])
        values["warnings"] = tuple(values["warnings"])
        values["unknown_results"] = tuple(values.get("unknown_results", ()))
        return cls(**values)
