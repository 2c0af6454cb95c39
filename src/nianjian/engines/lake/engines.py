"""The engines that can be chosen; each loads its own library only when it is opened."""

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.engine import Engine


def open_engine(url: str = "duckdb", *, temp: str | None = None) -> Engine:
    """``duckdb`` (in this process), ``spark://host:port`` (driver in this process), ``sc://host:port`` (Spark Connect).

    Spark's bounds are set where the cluster is started. ``temp``: what does
    not fit into this process's memory goes there. Raises NianjianError ``engine_unknown``, or ``engine_missing``
    when PySpark is not installed.
    """
    if url == "duckdb":
        from nianjian.engines.lake.duckdb_engine import DuckDBEngine  # noqa: PLC0415 - see the first line

        return DuckDBEngine(threads=2, memory_limit="3GB", temp=temp)
    if url.startswith(("spark://", "sc://")):
        try:
            from nianjian.engines.lake.spark_engine import SparkEngine  # noqa: PLC0415 - see the first line
        except ImportError as error:
            raise NianjianError("engine_missing", engine=url, library=error.name) from error
        return SparkEngine(url, temp=temp)
    raise NianjianError("engine_unknown", engine=url)
