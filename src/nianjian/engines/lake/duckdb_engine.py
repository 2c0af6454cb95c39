"""Embedded DuckDB behind the engine's port: in memory over Parquet files, no shared database file."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
from ibis.backends.duckdb.converter import DuckDBPyArrowData

from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import literal, quoted

BATCH: Final = 1 << 17  # rows


class DuckDBEngine(Engine):
    """``threads`` and ``memory_limit`` (DuckDB's spelling, "3GB") bound it; it spills into ``temp``."""

    def __init__(self, *, threads: int = 2, memory_limit: str = "3GB", temp: str | None = None) -> None:
        super().__init__()
        # Connected without settings, every engine is one database to Ibis, and their plans compare equal.
        self.backend = ibis.duckdb.connect()
        settings = {
            "threads": str(threads),
            "memory_limit": memory_limit,
            # A missing extension must fail at once, not wait for a network.
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if temp is not None:
            Path(temp).mkdir(parents=True, exist_ok=True, mode=0o700)
            settings["temp_directory"] = temp
        for name, value in settings.items():
            self.backend.con.execute(f"set {name} = {literal(value)}")

    def table(self, name: str, files: Sequence[str], schema: pa.Schema) -> ibis.Table:
        """A view over the files."""
        if not files:
            return self.hold(name, schema.empty_table())
        view = self._fresh(name)
        columns = ", ".join(quoted(column) for column in schema.names)
        self.backend.con.execute(f"create view {quoted(view)} as select {columns} from {scan(files, schema)}")
        return self.backend.table(view)

    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """A view of rows that are in memory; they are not copied."""
        view = self._fresh(name)
        self.backend.con.register(view, rows)
        return self.backend.table(view)

    def once(self, name: str, expression: ibis.Table, *, few: bool = False, again: bool = False) -> ibis.Table:
        """As it is: DuckDB computes a part that one question shares one time.

        Few rows are held: Ibis compiles small plans faster. For further questions they become a table, which spills as
        all does that the memory limit does not bear.
        """
        if few:
            return self.hold(name, self.arrow(expression))
        if not again:
            return expression
        table = self._fresh(name)
        self.backend.con.execute(f"create table {quoted(table)} as {_compile(expression.op())}")
        return self.backend.table(table)

    def arrow(self, expression: ibis.Expr) -> pa.Table:
        """Run it and give the whole result."""
        table = self.backend.con.sql(_compile(expression.as_table().op())).to_arrow_table()
        return expression.__pyarrow_result__(table, data_mapper=DuckDBPyArrowData)

    def batches(self, expression: ibis.Table) -> Iterator[pa.RecordBatch]:
        """Run it; of the result only what is asked for is in memory."""
        yield from self.backend.con.sql(_compile(expression.op())).to_arrow_reader(BATCH)

    def close(self) -> None:
        """Close the connection and free its memory."""
        self.backend.disconnect()


@lru_cache(maxsize=128)  # a portrait has two dozen plans, each of up to some hundred KiB
def _compile(plan: ops.Relation) -> str:
    """The SQL of a plan, kept for the next portrait that asks the same: compiling takes longer than running it."""
    sql: str = ibis.duckdb.compile(plan.to_expr())
    return sql


def scan(files: Sequence[str], schema: pa.Schema) -> str:
    """``read_parquet(…)`` over the files; partition keys in the paths get the type that ``schema`` gives them."""
    parents = Path(files[0]).parent.parts
    keys = [key for part in parents if "=" in part and (key := part.split("=", 1)[0]) in schema.names]
    listed = ", ".join(literal(file) for file in files)
    types = ", ".join(f"{literal(key)}: {_type(schema.field(key).type)}" for key in keys)
    hive = f", hive_partitioning=true, hive_types={{{types}}}" if keys else ", hive_partitioning=false"
    return f"read_parquet([{listed}]{hive})"


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "BIGINT"
    return "DATE" if pa.types.is_date(kind) else "VARCHAR"
