"""ClickHouse's engine (chDB, in this process) behind the port, to hold the dialect: nobody can select it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import clickhouse_connect
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.compilers import ClickHouseCompiler

from nianjian.engines.lake.engine import Engine


class _WideShifts(ClickHouseCompiler):  # type: ignore[misc]  # Ibis ships no types
    """A literal is as narrow as its value: a 1 that is shifted by a day's number would fall out of its one byte."""

    def visit_BitwiseLeftShift(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802 - Ibis's name
        del op
        return self.f.bitShiftLeft(self.f.toInt64(left), right)


class ClickHouseEngine(Engine):
    """``store``: an empty folder for chDB's files and for rows given from memory. One per process at a time."""

    def __init__(self, store: Path) -> None:
        super().__init__()
        self.store = store
        store.mkdir(parents=True, exist_ok=True)
        self.client = clickhouse_connect.get_client(dsn=f"chdb://{store}/db")
        # By default a LEFT JOIN fills the right side with zeros and empty texts: every call would count as filed.
        self.client.set_client_setting("join_use_nulls", 1)
        # Times are zone-less; the machine's zone would move them between file, table and literal.
        self.client.set_client_setting("session_timezone", "UTC")
        self.backend = ibis.clickhouse.from_connection(self.client)
        self.backend.compiler = _WideShifts()

    def table(self, name: str, files: Sequence[str], schema: pa.Schema) -> ibis.Table:
        """A table with the rows of the files; partition keys are taken from the paths."""
        if not files:
            return self.hold(name, schema.empty_table())
        return self.hold(name, pa.concat_tables(_read(file, schema) for file in files))

    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """A table of rows that are in memory."""
        view = self._fresh(name)
        columns = ", ".join(f"`{field.name}` Nullable({_type(field.type)})" for field in rows.schema)
        self.client.command(f"create table `{view}` ({columns}) engine = MergeTree order by tuple()")
        path = self.store / f"{view}.parquet"
        pq.write_table(rows, path)
        if rows.num_rows:
            self.client.command(f"insert into `{view}` select * from file('{path}', Parquet)")
        return self.backend.table(view)

    def once(self, name: str, expression: ibis.Table, *, few: bool = False, again: bool = False) -> ibis.Table:
        """Computed now and stored: ClickHouse puts a shared part in as often as it is named."""
        del few, again
        return self.hold(name, self.arrow(expression))

    def close(self) -> None:
        """Close the client."""
        self.client.close()


def _read(file: str, schema: pa.Schema) -> pa.Table:
    keys = dict(part.split("=", 1) for part in Path(file).parent.parts if "=" in part)
    table = pq.ParquetFile(file).read()
    for key, value in keys.items():
        if key in schema.names:
            table = table.append_column(key, pa.array([value] * table.num_rows, pa.string()))
    return table.select(schema.names).cast(schema)


def _type(kind: pa.DataType) -> str:
    plain = {pa.int64(): "Int64", pa.int32(): "Int32", pa.bool_(): "Bool", pa.date32(): "Date32", pa.string(): "String"}
    return "DateTime64(6)" if pa.types.is_timestamp(kind) else plain[kind]
