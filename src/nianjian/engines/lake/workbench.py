"""A private DuckDB connection for bulk work on files: imports build SQL text, this runs it.

Nothing is kept: the connection is in memory, spills into a temporary folder and ends with the work.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from nianjian.engines.lake.schema import literal


class EngineError(Exception):
    """The engine refused a statement or a file; the text is the engine's own, for logs."""


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that a CSV scan could not make a row of. ``line`` counts from 1 in the file as scanned."""

    line: int
    kind: str  # MISSING COLUMNS, TOO MANY COLUMNS, UNQUOTED VALUE, INVALID ENCODING, ...
    offset: int  # byte at which the line begins


class Workbench:
    """``temp`` takes what does not fit into ``memory_limit`` (DuckDB's spelling)."""

    def __init__(self, temp: str | Path, *, threads: int = 2, memory_limit: str = "3GB") -> None:
        self._con = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory_limit,
                "temp_directory": str(temp),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        self._functions: set[str] = set()
        # A list of words becomes a join otherwise, and a join gives rows out of order: lines would be misnumbered.
        self._con.execute("set disabled_optimizers = 'in_clause'")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; its temporary data are gone."""
        self._con.close()

    def run(self, sql: str) -> None:
        """Run a statement for its effect."""
        self.rows(sql)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Every row of the result."""
        with _engine_errors():
            return self._con.execute(sql).fetchall()

    def table(self, sql: str) -> pa.Table:
        """The whole result as Arrow."""
        with _engine_errors():
            return self._con.sql(sql).to_arrow_table()

    def beside(self, sql: str) -> pa.Table:
        """The whole result as Arrow, while the batches of another are still being taken."""
        with _engine_errors(), self._con.cursor() as cursor:
            return cursor.sql(sql).to_arrow_table()

    def batches(self, sql: str, size: int) -> pa.RecordBatchReader:
        """The result as a stream of Arrow batches of about ``size`` rows, in the order of the scan."""
        with _engine_errors():
            return self._con.sql(sql).to_arrow_reader(size)

    def register(self, name: str, rows: pa.Table) -> None:
        """Make an Arrow table known under a name."""
        self._con.register(name, rows)

    def function(self, name: str, body: Callable[[pa.Array], pa.Array], result: str) -> None:
        """Make a Python function over one VARCHAR column known, in place of a former one; it is given NULLs, too."""
        if name in self._functions:
            self._con.remove_function(name)
        self._functions.add(name)
        self._con.create_function(  # type: ignore[call-overload] # the stubs do not know the plain words
            name, body, ["VARCHAR"], result, type="arrow", null_handling="special"
        )

    def rejects(self) -> list[Reject]:
        """Rejected lines of the scans since `forget_rejects`, by line; the first fault of each line."""
        if not self._has_rejects():
            return []
        rows = self.rows(
            "select line, min_by(error_type::varchar, column_idx), min(line_byte_position) from reject_errors"
            " group by line order by line"
        )
        return [Reject(int(str(line)), str(kind), int(str(place)) - 1) for line, kind, place in rows]

    def forget_rejects(self) -> None:
        """Empty the reject tables, so that the next scan's rejects stand alone."""
        if self._has_rejects():
            self.run("delete from reject_errors")
            self.run("delete from reject_scans")

    def _has_rejects(self) -> bool:
        return bool(self.rows("select 1 from duckdb_tables() where table_name = 'reject_errors'"))


def scan_csv(path: str | Path, columns: Sequence[str], *, delimiter: str, skip: int) -> str:
    """``read_csv`` over delimited text: every column a VARCHAR, nothing guessed, bad lines into the reject tables."""
    typed = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    return (
        f"read_csv({literal(str(path))}, columns={{{typed}}}, header=false, skip={skip},"
        f" delim={literal(delimiter)}, quote='\"', escape='\"', auto_detect=false, store_rejects=true,"
        f" rejects_limit=0, max_line_size=2097152)"
    )


def scan_parquet(paths: Sequence[str | Path], *, numbered: bool = False) -> str:
    """``read_parquet`` over files; ``numbered``: ``file_row_number``, from 0, is a column too."""
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{listed}], hive_partitioning=false{', file_row_number=true' if numbered else ''})"
