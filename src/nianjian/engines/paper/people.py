"""Who acted, in words for a reader: people by name and not by login, the program as the system.

The names come from the accounts, which `set_directory` connects; without accounts every login stands for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from nianjian.engines.paper.words import Words, mark

Directory = Callable[[], Mapping[str, str]]  # display names by login, of those who have one
USER: Final = "user"
KINDS: Final[Mapping[str, str]] = {
    "os": mark("the operator of the platform"),
    "system": mark("the system"),
    "public": mark("the public page"),
}

_connected: list[Directory] = [dict]
_batch: ContextVar[list[Mapping[str, str]] | None] = ContextVar("people", default=None)


def set_directory(directory: Directory) -> None:
    """Say where display names are read."""
    _connected[:] = [directory]


def begin_batch(**_signal: object) -> None:
    """Read the names once from here on, until `end_batch`: a request or a job."""
    _batch.set([])


def end_batch(**_signal: object) -> None:
    """Read the names anew each time."""
    _batch.set(None)


@contextmanager
def read_names_once() -> Iterator[None]:
    """Read the names once for what is done inside."""
    token = _batch.set([])
    try:
        yield
    finally:
        _batch.reset(token)


def forget_names() -> None:
    """A name has changed: read them again."""
    if batch := _batch.get():
        batch.clear()


def actor_text(actors: str | None, _: Words) -> str:
    """Who acted: ``user:anna``, a bare login, or several joined by " + "; "" for nobody, other words as they are.

    Two different people of one name, side by side, have their logins in brackets.
    """
    return " + ".join(actor_texts(actors.split(" + "), _)) if actors else ""


def actor_texts(actors: Sequence[str | None], _: Words) -> list[str]:
    """Several side by side, as a choice or as the two of an act; each as `actor_text`."""
    return _texts([actor or "" for actor in actors], _)


def _texts(actors: Sequence[str], _: Words) -> list[str]:
    names = _names()
    texts = {actor: _text(actor, names, _) for actor in actors}
    shown = Counter(texts.values())
    return [texts[actor] if shown[texts[actor]] == 1 else _with_login(texts[actor], actor, _) for actor in actors]


def _names() -> Mapping[str, str]:
    batch = _batch.get()
    if batch is None:
        return _connected[0]()
    if not batch:
        batch.append(_connected[0]())
    return batch[0]


def _text(actor: str, names: Mapping[str, str], _: Words) -> str:
    kind, colon, name = actor.partition(":")
    if not colon:
        return names.get(actor, actor)
    if kind == USER:
        return names.get(name, name)
    return _(KINDS[kind]) if kind in KINDS else actor


def _with_login(text: str, actor: str, _: Words) -> str:
    login = actor.partition(":")[2] or actor
    return text if text == login else _("{name} ({login})").format(name=text, login=login)
