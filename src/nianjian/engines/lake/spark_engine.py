"""Apache Spark behind the engine's port: a driver in this process (spark://) or Spark Connect (sc://).

Spark reads the list of files that the Delta log names for a version: no Delta jar is needed. Every worker must
see the lake under the same path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ibis
import pyarrow as pa
from pyspark.sql import SparkSession

from nianjian.engines.lake.engine import Engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Times in the files have no zone: without the first two Spark would move them. Eight shuffle parts fit few workers.
SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
}
DRIVER: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
}


class SparkEngine(Engine):
    """``url``: spark://host:port or sc://host:port. Java 17 or newer must be there for spark://.

    ``temp``: where a driver in this process spills; workers spill where their own settings say.
    """

    def __init__(self, url: str, *, temp: str | None = None) -> None:
        super().__init__()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder
        if url.startswith("sc://"):
            builder = builder.remote(url)
        else:
            builder = builder.appName("nianjian").master(url)
            for key, value in DRIVER.items():
                # A cluster on other machines needs the driver's real address: SPARK_LOCAL_IP sets it.
                own = os.environ.get("SPARK_LOCAL_IP", value) if key.startswith("spark.driver") else value
                builder = builder.config(key, own)
            if temp is not None:
                builder = builder.config("spark.local.dir", temp).config("spark.sql.warehouse.dir", f"{temp}/warehouse")
        for key, value in SETTINGS.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.backend = ibis.pyspark.connect(self.session)

    def table(self, name: str, files: Sequence[str], schema: pa.Schema) -> ibis.Table:
        """A view over the files, columns as in ``schema``, partition keys from the paths."""
        if not files:
            return self.hold(name, schema.empty_table())
        reader = self.session.read.schema(spark_schema(schema)).option("basePath", f"file://{_base(files[0])}")
        # Hadoop takes a path as it is: escapes (part%3D2026-03) would name another file.
        frame = reader.parquet(*(f"file://{file}" for file in files))
        return self._register_view(name, frame.select(*schema.names))

    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """A table of rows that are in memory."""
        if not rows.num_rows:
            return self._register_view(name, self.session.createDataFrame([], spark_schema(rows.schema)))
        return self._register_view(name, self.session.createDataFrame(rows))

    def once(self, name: str, expression: ibis.Table, *, few: bool = False, again: bool = False) -> ibis.Table:
        """Computed now and kept on the workers: Spark reads the files anew as often as a shared part is named.

        A checkpoint and no cache: the plan of a cached query with CTEs breaks the optimiser when another names it.
        """
        del few, again
        return self._register_view(name, self.session.sql(self.backend.compile(expression)).localCheckpoint())

    def close(self) -> None:
        """End the session."""
        self.session.stop()

    def _register_view(self, name: str, frame: DataFrame) -> ibis.Table:
        view = self._fresh(name)
        frame.createOrReplaceTempView(view)
        return self.backend.table(view)


def spark_schema(schema: pa.Schema) -> str:
    """The schema as Spark's DDL."""
    return ", ".join(f"`{field.name}` {_type(field.type)}" for field in schema)


def _type(kind: pa.DataType) -> str:
    plain = {pa.int64(): "BIGINT", pa.int32(): "INT", pa.bool_(): "BOOLEAN", pa.date32(): "DATE", pa.string(): "STRING"}
    return "TIMESTAMP_NTZ" if pa.types.is_timestamp(kind) else plain[kind]


def _base(file: str) -> Path:
    """The table's folder: the first one above all ``key=value`` folders."""
    folder = Path(file).parent
    while "=" in folder.name:
        folder = folder.parent
    return folder
