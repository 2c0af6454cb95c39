"""The bar of an import: bytes done, rate, time left, on stderr and only where someone watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from nianjian.platform.terminal.console import stderr
from nianjian.platform.terminal.language import _

Report = Callable[[str, int, int, int], None]


class _Rate(ProgressColumn):
    """Rows a second since the file was begun."""

    def render(self, task: Task) -> Text:
        rate = int(task.fields["rows"] / task.elapsed) if task.elapsed else 0
        return Text(_("{rate} rows/s").format(rate=f"{rate:,}"))


@contextmanager
def bar(*, quiet: bool) -> Iterator[Report]:
    """Yield ``report(name, rows, bytes done, bytes in all)``; a new name starts a new line."""
    console = stderr()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(_("{task.fields[rows]:,} rows")),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(name: str, rows: int, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total or None, rows=0)
            progress.update(tasks[name], completed=done, total=total or None, rows=rows)

        yield report


@contextmanager
def steps(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield ``report(done, in all)`` for work that is counted in steps."""
    console = stderr()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
