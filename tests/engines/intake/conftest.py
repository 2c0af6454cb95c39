"""A lake in a temporary folder, generic rows, and the import of bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import FileReceipt
from nianjian.engines.intake.load import import_file
from nianjian.engines.intake.read import list_items
from nianjian.engines.lake.tables import Lake

HEADER = (
    "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,振铃时间,接通时间,结束时间,"
    "结果,坐席编号,坐席类型,线路编号,团队,用途"
)


def row(number: int, **changes: str) -> str:
    """One good row; ``changes`` by header."""
    cells = dict(
        zip(
            HEADER.split(","),
            [
                f"c{number:06d}", "呼出", "01088886666", "95013", f"138{number:08d}", "2026-03-01 08:00:00", "",
                "2026-03-01 08:00:10", "2026-03-01 08:01:00", "接通", "A1", "人工", "L1", "T1", "营销",
            ],
            strict=True,
        )
    )  # fmt: skip
    cells.update(changes)
    return ",".join(cells.values())


def good(count: int, first: int = 1) -> list[str]:
    """Good rows with running ids."""
    return [row(number) for number in range(first, first + count)]


def csv_bytes(rows: list[str], encoding: str = "utf-8", end: str = "\n") -> bytes:
    """A whole file."""
    return (end.join([HEADER, *rows]) + end).encode(encoding)


class Desk:
    """Imports bytes and looks into the lake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = Lake(str(folder / "lake"), "E1")
        self.batches = 0

    def take(
        self, data: bytes, name: str = "calls.csv", mapping: FileMapping | None = None, **options: Any
    ) -> FileReceipt:
        """Import one file's bytes as a new batch."""
        path = self.folder / name
        path.write_bytes(data)
        (item,) = list_items([path])
        return self.take_item(item, mapping=mapping, **options)

    def take_item(self, item: Any, **options: Any) -> FileReceipt:
        self.batches += 1
        options.setdefault("batch", f"B{self.batches}")
        receipt = import_file(lake=self.lake, item=item, **options)
        counts = receipt.rows
        assert counts.read == counts.loaded + counts.duplicate + counts.rejected
        assert sum(receipt.reasons.values()) == counts.rejected
        return receipt

    def rows(self, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Of the newest version, ordered by the columns."""
        files = self.lake.files("calls")
        if not files:
            return []
        scan = f"read_parquet({files!r}, hive_types={{'part': 'VARCHAR'}})"
        return duckdb.sql(f"select {columns} from {scan} where {where} order by all").fetchall()

    def bad(self) -> list[tuple[Any, ...]]:
        """(line, reason) of the quarantine."""
        return self.rows("line, reason", "part = 'rejected'")

    def good(self) -> int:
        return len(self.rows("call_id", "part <> 'rejected'"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def progress_log() -> tuple[list[tuple[int, int, int]], Callable[[int, int, int], None]]:
    seen: list[tuple[int, int, int]] = []
    return seen, lambda rows, done, total: seen.append((rows, done, total))
