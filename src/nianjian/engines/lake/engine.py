"""The port to a query engine: what the portrait needs, and nothing of how an engine does it.

An engine reads the Parquet files of pinned table versions; it writes nothing and keeps nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import ibis
import pyarrow as pa


class Engine(ABC):
    """Runs Ibis expressions over tables it was given by file list."""

    backend: Any  # Ibis'

    def __init__(self) -> None:
        self._names: dict[str, int] = {}

    @abstractmethod
    def table(self, name: str, files: Sequence[str], schema: pa.Schema) -> ibis.Table:
        """Columns exactly as ``schema`` (partition keys from the path); empty and typed when no files.

        A second call with the same name makes a second table, the first one stays.
        """

    @abstractmethod
    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """A table of rows that are in memory."""

    @abstractmethod
    def once(self, name: str, expression: ibis.Table, *, few: bool = False, again: bool = False) -> ibis.Table:
        """The same rows, for an expression that others are built of: computed one time where the engine would not.

        ``few`` says that the rows may pass through this process's memory, ``again`` that more than one question will
        be built of them.
        """

    @abstractmethod
    def close(self) -> None:
        """Free what the engine holds; it is not used again."""

    def arrow(self, expression: ibis.Expr) -> pa.Table:
        """Run it and give the whole result."""
        return self.backend.to_pyarrow(expression)

    def batches(self, expression: ibis.Table) -> Iterator[pa.RecordBatch]:
        """Run it and hand the result on in pieces, in the expression's order."""
        yield from self.arrow(expression).to_batches()

    def rows(self, expression: ibis.Expr) -> list[dict[str, object]]:
        """Run it and give the result as one mapping a row."""
        result: list[dict[str, object]] = self.arrow(expression).to_pylist()
        return result

    def _fresh(self, name: str) -> str:
        """A name that no table has: the first goes by its own, the others are numbered."""
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}_{count}"


class Once(Protocol):
    """`Engine.once` of an open engine, for one question."""

    def __call__(self, name: str, expression: ibis.Table, *, few: bool = False) -> ibis.Table: ...  # noqa: D102 - the class tells it
