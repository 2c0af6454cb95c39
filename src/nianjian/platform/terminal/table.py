"""Plain tables for lists: a header, rows, nothing else."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from nianjian.engines.paper.words import plain_text
from nianjian.platform.terminal.language import _


def rows(console: Console, header: Sequence[str], body: Iterable[Iterable[object]]) -> None:
    """Print a table, or say that there is nothing; None is shown as a dash."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in header:
        table.add_column(heading, overflow="fold")
    for row in body:
        table.add_row(*("–" if cell is None else plain_text(str(cell)) for cell in row))
    if table.row_count:
        console.print(table)
    else:
        console.print(_("nothing found"))
