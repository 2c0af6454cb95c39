"""The two consoles: answers go to stdout, progress and warnings to stderr; colour only on a terminal or when forced."""

from __future__ import annotations

import sys
from functools import cache
from typing import Final

from rich.console import Console

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
