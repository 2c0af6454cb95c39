"""How a flow tells how far it is, so that a job can show it and stop between two steps."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""(what is at work, done, total); what it raises ends the flow before its next step."""


def silent(_note: str, _done: int, _total: int) -> None:
    """Nobody watches."""


class Steps:
    """A flow of about ``total`` steps: each call tells that one more begins."""

    def __init__(self, progress: Progress, note: str, total: int) -> None:
        self._progress, self._note, self._total, self._done = progress, note, total, 0

    def __call__(self) -> None:
        """Tell it; raises what the progress raises."""
        self._progress(self._note, self._done, max(self._total, self._done + 1))
        self._done += 1


def unwatched() -> Steps:
    """The steps of a flow that nobody watches."""
    return Steps(silent, "", 1)
