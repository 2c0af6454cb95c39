"""What a verb gives back: the JSON object, its picture for people, and the exit code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rich.console import Console

DONE: Final = 0
NO: Final = 1
WRONG: Final = 2


def _nothing(console: Console) -> None:
    """Print nothing: the verb has already said what it had to say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One verb's answer. ``data``, a result, is printed with ``--json``, else ``show`` draws it on stdout.

    ``code``: 0 done, 1 the answer is "no" or rows were rejected.
    """

    data: object
    show: Callable[[Console], None] = _nothing
    code: int = DONE
