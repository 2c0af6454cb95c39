"""Who acted, in words for a reader: people by name and not by login, the program as the system.

The names come from the accounts, which `set_directory` connects; without accounts every login stands for itself.
A bare word may be what somebody typed, as a staff number: it names people of the enterprise at hand alone
(`set_enterprise`), and where none is at hand, nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from nianjian.engines.paper.words import Words, mark

# display names by login, of those who have one: of all people, or of those of an enterprise
Directory = Callable[[str | None], Mapping[str, str]]
Batch = dict[str | None, Mapping[str, str]]
USER: Final = "user"
KINDS: Final[Mapping[str, str]] = {
    "os": mark("the operator of the platform"),
    "system": mark("the system"),
    "public": mark("the public page"),
}

NOBODY: Final[Mapping[str, str]] = {}

_connected: list[Directory] = [lambda _enterprise: NOBODY]
_batch: ContextVar[Batch | None] = ContextVar("people", default=None)
_enterprise: ContextVar[str | None] = ContextVar("enterprise", default=None)


def set_directory(directory: Directory) -> None:
    """Say where display names are read."""
    _connected[:] = [directory]


def set_enterprise(code: str | None) -> None:
    """Say whose people bare words may name from here on; None or "": nobody's."""
    _enterprise.set(code or None)


def begin_batch(**_signal: object) -> None:
    """Read the names once from here on, until `end_batch`: a request, at no enterprise yet."""
    _batch.set({})
    set_enterprise(None)


def end_batch(**_signal: object) -> None:
    """Read the names anew each time, at no enterprise."""
    _batch.set(None)
    set_enterprise(None)


@contextmanager
def read_names_once() -> Iterator[None]:
    """Read the names once for what is done inside."""
    token = _batch.set({})
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
    names = _get_names()
    texts = {actor: _text(actor, names, _) for actor in actors}
    shown = Counter(texts.values())
    return [texts[actor] if shown[texts[actor]] == 1 else _with_login(texts[actor], actor, _) for actor in actors]


def _get_names() -> Batch:
    """What the batch has read so far; outside of one what is read for this call alone."""
    batch = _batch.get()
    return {} if batch is None else batch


def _text(actor: str, names: Batch, _: Words) -> str:
    kind, colon, name = actor.partition(":")
    if not colon:
        enterprise = _enterprise.get()
        return actor if enterprise is None else _read_names(enterprise, names).get(actor, actor)
    if kind == USER:
        return _read_names(None, names).get(name, name)
    return _(KINDS[kind]) if kind in KINDS else actor


def _read_names(enterprise: str | None, names: Batch) -> Mapping[str, str]:
    if enterprise not in names:
        names[enterprise] = _connected[0](enterprise)
    return names[enterprise]


def _with_login(text: str, actor: str, _: Words) -> str:
    login = actor.partition(":")[2] or actor
    return text if text == login else _("{name} ({login})").format(name=text, login=login)
