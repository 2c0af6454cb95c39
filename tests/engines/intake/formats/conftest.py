"""Runs a format's expressions over a few lines of text, without reader and lake."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from nianjian.engines.intake.format import FileMapping, Layout, Sample
from nianjian.engines.intake.formats import catalogue
from nianjian.engines.lake.workbench import Workbench

FIELDS = (
    "call_id", "call_key", "direction", "leg", "caller", "display", "callee", "start", "ring", "answer", "end",
    "result", "delivered", "test", "agent_id", "agent_kind", "line_id", "gateway",
)  # fmt: skip

Rows = list[dict[str, Any]]
Evaluate = Callable[..., Rows]


def sample_of(text: str, name: str = "calls.csv") -> Sample:
    lines = tuple(line for line in text.splitlines() if line.strip())
    delimiter = max(",\t|;", key=lines[0].count)
    header = tuple(cell.strip() for cell in next(csv.reader([lines[0]], delimiter=delimiter)))
    return Sample(name=name, text=text, lines=lines, header=header, delimiter=delimiter)


def cells_of(text: str, layout: Layout) -> list[list[str | None]]:
    lines = [line for line in text.splitlines() if line.strip()][layout.header_lines :]
    if layout.parse is not None:
        return [[cell or None for cell in layout.parse(line)] for line in lines]
    return [[cell or None for cell in row] for row in csv.reader(lines, delimiter=layout.delimiter)]


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with Workbench(tmp_path_factory.mktemp("bench"), threads=1) as opened:
        yield opened


@pytest.fixture
def evaluate(bench: Workbench) -> Evaluate:
    """(source, text) → our fields of every row, `answered` and the codes of the format's own checks beside them."""

    def run(source: str, text: str, mapping: FileMapping | None = None, zone: str = "Asia/Shanghai") -> Rows:
        form, chosen = catalogue()[source], mapping or FileMapping()
        layout = form.layout(sample_of(text), chosen)
        fields = form.fields(layout, chosen, zone)
        columns = zip(*cells_of(text, layout), strict=True)
        table = pa.table([pa.array(list(column), pa.string()) for column in columns], names=list(layout.columns))
        exprs = [f"{getattr(fields, name)} as f_{name}" for name in FIELDS]
        exprs.append(f"{fields.answered or 'NULL::BOOLEAN'} as f_answered")
        faults = [f"case when {condition} then '{code}' end" for code, _, condition in fields.checks]
        listed = f"[{', '.join(faults) or 'NULL'}]::varchar[]"
        exprs.append(f"list_filter({listed}, lambda code: code is not null) as f_codes")
        bench.register("raw", table)
        rows = bench.table(f"select {', '.join(exprs)} from raw").to_pylist()
        return [{name.removeprefix("f_"): value for name, value in row.items()} for row in rows]

    return run
