"""The two consoles: answers go to stdout, progress and warnings to stderr; colour only on a terminal or when forced."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from rich.console import Console
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

from nianjian.platform.terminal.language import _

PAPER_WIDTH: Final = 120


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    console = Console(stderr=stderr, highlight=False, emoji=False, markup=False, soft_wrap=False)
    if not stream.isatty():
        console.width = PAPER_WIDTH
    return console


def stdout() -> Console:
    """Where answers go."""
    return _console(stderr=False)


@cache
def stderr() -> Console:
    """Where progress and warnings go."""
    return _console(stderr=True)


Report = Callable[[str, int, int, int], None]


class _Rate(ProgressColumn):
    """Rows a second since the file was begun."""

    def render(self, task: Task) -> Text:
        rate = int(task.fields["rows"] / task.elapsed) if task.elapsed else 0
        return Text(_("{rate} rows/s").format(rate=f"{rate:,}"))


def _progress(columns: Iterable[ProgressColumn], *, quiet: bool) -> Progress:
    console = stderr()
    return Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)


@contextmanager
def bar(*, quiet: bool) -> Iterator[Report]:
    """Yield ``report(name, rows, bytes done, bytes in all)``; a new name starts a new line."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TextColumn(_("{task.fields[rows]:,} rows")), _Rate(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with _progress(columns, quiet=quiet) as progress:
        tasks: dict[str, TaskID] = {}

        def report(name: str, rows: int, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total or None, rows=0)
            progress.update(tasks[name], completed=done, total=total or None, rows=rows)

        yield report


@contextmanager
def steps(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield ``report(done, in all)`` for work that is counted in steps."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with _progress(columns, quiet=quiet) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
