"""Answers that hold while one reading request is answered: who may what, the rules in force, the holidays."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_ANSWERS: Final[ContextVar[dict[Hashable, Any] | None]] = ContextVar("answers", default=None)


@contextmanager
def remember_answers() -> Iterator[None]:
    """Let `per_request` remember until the end of the block."""
    token = _ANSWERS.set({})
    try:
        yield
    finally:
        _ANSWERS.reset(token)


def per_request(function: Callable[P, R]) -> Callable[P, R]:
    """Ask once inside `remember_answers`, else each time. Callers share the answer, so they must not change it."""

    @wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
        answers = _ANSWERS.get()
        if answers is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in answers:
            answers[key] = function(*args, **kwargs)
        return answers[key]  # type: ignore[no-any-return]

    return remembered
