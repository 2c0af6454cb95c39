"""From rows to a table of the lake: fixed columns, fixed order, and a digest that tells whether anything changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import cast

import pyarrow as pa

from nianjian.engines.lake.tables import Lake

Fact = dict[str, object]  # one row: column -> value; a column that is absent is NULL


def replace(lake: Lake, table: str, schema: pa.Schema, facts: Iterable[Fact]) -> int:
    """Make ``facts`` the whole table, in an order that depends on their content alone; the table's version.

    The digest covers columns, types and rows: facts that are equal make no commit.
    """
    names = cast("list[str]", schema.names)
    lines = sorted(
        ((json.dumps([fact.get(name) for name in names], default=str, ensure_ascii=False), fact) for fact in facts),
        key=lambda pair: pair[0],
    )
    digest = hashlib.sha256("\n".join([str(schema), *(line for line, _fact in lines)]).encode()).hexdigest()
    known = lake.version(table) if lake.digest(table) == digest else None
    if known is not None:
        return known
    ordered = [fact for _line, fact in lines]
    rows = pa.table({name: pa.array([f.get(name) for f in ordered], schema.field(name).type) for name in names}, schema)
    return lake.replace(table, rows, digest=digest)
