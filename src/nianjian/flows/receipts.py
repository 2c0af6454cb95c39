"""What an import of call records answers: one entry a file, and their sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from nianjian.intake.receipt import FileReceipt

ROWS: Final = ("read", "loaded", "duplicate", "rejected")


def file_json(file: FileReceipt) -> dict[str, object]:
    """One file's entry in the JSON answer (issue: ``calls import --json``)."""
    return {
        "name": file.name,
        "sha256": file.sha256,
        "source": file.source,
        "encoding": file.encoding,
        "timezone": file.timezone,
        "timezone_assumed": file.timezone_assumed,
        "rows": {key: int(file.rows[key]) for key in ROWS},
        "reasons": dict(sorted(file.reasons.items())),
        "truncated": file.truncated,
        "warnings": list(file.warnings),
    }


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """A batch: its files in the order they were read."""

    batch: str
    files: tuple[FileReceipt, ...]

    @property
    def rows(self) -> dict[str, int]:
        """Sums over the files; read = loaded + duplicate + rejected."""
        return {key: sum(int(file.rows[key]) for file in self.files) for key in ROWS}

    @property
    def reasons(self) -> dict[str, int]:
        """Rejected rows by reason code, most frequent first."""
        found: Counter[str] = Counter()
        for file in self.files:
            found.update(file.reasons)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def clean(self) -> bool:
        """No row was rejected and no file broke off."""
        return self.rows["rejected"] == 0 and not any(file.truncated for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """The JSON answer."""
        return {"batch": self.batch, "files": [file_json(file) for file in self.files], "rows": self.rows}
