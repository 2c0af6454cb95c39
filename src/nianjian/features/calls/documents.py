"""What an import of call records answers: one entry a file, and their sums."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from nianjian.engines.intake.ledger import NO_ROWS, FileReceipt, RepeatingBatch, RowCounts
from nianjian.engines.kernel.errors import NianjianError


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """A batch: its files in the order they were read. ``failed``: files of which nothing was loaded, and why.

    ``affected``: batches that may lack rows since the one that this replaces is out; their files want a new import.
    """

    batch: str
    files: tuple[FileReceipt, ...]
    failed: tuple[tuple[str, NianjianError], ...] = ()
    affected: tuple[RepeatingBatch, ...] = ()

    @property
    def rows(self) -> RowCounts:
        """Sums over the files; read = loaded + duplicate + rejected."""
        return sum((file.rows for file in self.files), NO_ROWS)

    @property
    def reasons(self) -> dict[str, int]:
        """Rejected rows by reason code, most frequent first."""
        counts: Counter[str] = Counter()
        for file in self.files:
            counts.update(file.reasons)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    @property
    def clean(self) -> bool:
        """No row was rejected and no file broke off."""
        return self.rows.rejected == 0 and not any(file.truncated for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer; `failed` and `affected` stand there only when there is something in them."""
        document: dict[str, Any] = {
            "batch": self.batch,
            "files": [file.as_dict() for file in self.files],
            "rows": self.rows.as_dict(),
        }
        if self.failed:
            document["failed"] = [{"name": name, "code": error.code, **error.values} for name, error in self.failed]
        if self.affected:
            document["affected"] = [asdict(one) for one in self.affected]
        return document


@dataclass(frozen=True, slots=True)
class Batch:
    """One import; ``files``: what the import told of each; ``state`` is active, undone or replaced."""

    batch: str
    state: str
    created: datetime
    by: str
    replaces: str | None
    replaced_by: str | None
    files: list[dict[str, Any]]  # receipts as stored
    rows: RowCounts


def sum_row_counts(receipts: Iterable[Mapping[str, Any]]) -> RowCounts:
    """Row sums over receipts as they stand in batches."""
    return sum((RowCounts(**receipt["rows"]) for receipt in receipts), NO_ROWS)
