"""What became of a forward list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nianjian.platform.registers.sheet_reader import Finding


@dataclass(frozen=True, slots=True)
class Receipt:
    """With ``errors`` nothing was written. ``rows``: read, added, updated, unchanged, rejected.

    ``differing``: ticket -> fields in which the list says other than what is recorded; what is recorded stays.
    """

    file: str
    sha256: str
    rows: Mapping[str, int]
    errors: tuple[Finding, ...]
    extra_columns: tuple[str, ...]
    tickets: tuple[str, ...]
    differing: Mapping[str, tuple[str, ...]]

    def as_dict(self) -> dict[str, object]:
        """The JSON answer."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "rows": dict(self.rows),
            "errors": [one.as_dict() for one in self.errors],
            "extra_columns": list(self.extra_columns),
            "tickets": list(self.tickets),
            "differing": {key: list(fields) for key, fields in self.differing.items()},
        }
