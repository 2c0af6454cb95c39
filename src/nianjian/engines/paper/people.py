"""Who acted, in words for a reader: people by name and not by login, the program as the system.

The names come from the accounts, which `set_directory` connects; without accounts every login stands for itself.
A bare word may be what somebody typed, as a staff number: it names people of the enterprise at hand alone
(`set_enterprise`), and where none is at hand, nobody.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.numbers import NumberClass
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
    batch = _batch.get()
    names: Batch = {} if batch is None else batch  # outside of a batch: what is read for this call alone
    plain = [actor or "" for actor in actors]
    texts = {actor: _text(actor, names, _) for actor in plain}
    counts = Counter(texts.values())

    def said(actor: str) -> str:
        text, login = texts[actor], actor.partition(":")[2] or actor
        return text if counts[text] == 1 or text == login else _("{name} ({login})").format(name=text, login=login)

    return [said(actor) for actor in plain]


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


# Numbers masked: displayed ones in a portrait, and those of persons in what gateways and switches say. Pure.

SPLIT: Final = "display"
STAR: Final = "*"

Json = Mapping[str, Any]


def mask_key(key: object) -> object:
    """A displayed number as a door may show it; what is masked already, or no text, stays as it is."""
    return numbers.mask(key) if isinstance(key, str) and STAR not in key else key


def mask_portrait(portrait: Json) -> dict[str, Any]:
    """Return the portrait with the keys of its display-number splits masked; figures stay as they are.

    Two numbers that would look the same get a number behind, the same one in every metric.
    """
    names = _masked_names(portrait)
    masked = {**portrait, "metrics": [_mask_metric(metric, names) for metric in portrait["metrics"]]}
    block = portrait.get("marketing") or {}
    if decision := block.get("decision"):
        masked["marketing"] = {**block, "decision": {**decision, "text": mask_call_text(decision["text"])}}
    return masked


def mask_moves(moves: Json, *portraits: Json) -> dict[str, Any]:
    """A comparison of ``portraits`` with the keys of its display numbers masked; one name for a number in both."""
    names = _masked_names({"metrics": [metric for portrait in portraits for metric in portrait["metrics"]]})
    return {**moves, "metrics": [_mask_metric(metric, names) for metric in moves["metrics"]]}


def _masked_names(portrait: Json) -> dict[str, object]:
    """Number → what is shown of it. Own are the numbers under which a call was counted as an own filed one."""
    rows = [row for metric in portrait["metrics"] for row in (metric.get("splits") or {}).get(SPLIT, ())]
    own = {row["key"] for row in rows if row.get(NumberClass.OWN_SHORT.value)}
    names: dict[str, object] = {}
    taken: dict[object, int] = {}
    for key in sorted({row["key"] for row in rows if isinstance(row["key"], str)}):
        name = key if key in own else mask_key(key)
        taken[name] = taken.get(name, 0) + 1
        names[key] = name if taken[name] == 1 else f"{name} ({taken[name]})"
    return names


def _mask_metric(metric: Json, names: Mapping[str, object]) -> dict[str, Any]:
    splits = dict(metric.get("splits") or {})
    if SPLIT in splits:
        splits[SPLIT] = [{**row, "key": names.get(row["key"], row["key"])} for row in splits[SPLIT]]
    masked = {**metric, "splits": splits}
    if declared := metric.get("declared"):
        masked["declared"] = {**declared, "reason": mask_call_text(declared["reason"])}
    return masked


PARTY: Final = re.compile(r"((?:sips?:|tel:))(\+?[0-9][0-9()*#-]{3,60})(?=[^0-9A-Za-z.*#()-]|$)", re.IGNORECASE)
"""A party's number in its address; an IP address is none."""
PERSON: Final = re.compile(
    r"(?<![0-9])(?:(?:00|\+)?86-?)?(?:1[3-9][0-9](?:-?[0-9]{4}){2}|0[1-9][0-9]{1,2}-?[0-9]{7,8})(?![0-9])"
)
"""A mobile or landline number wherever it stands: in a name, a phrase, a header of the gateway's own."""
DRAWN: Final = re.compile(r"(?=.*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
"""The id of a call as this program or FreeSWITCH draws it: digits of chance, no number. Others may hold one."""


def mask_call_text(text: str, own_id: str = "") -> str:
    """What a gateway sent, whose parties and persons show only what a door may show of their numbers.

    ``own_id``: the Call-ID that this program has drawn, hex digits that may look like a number; no other is left alone.
    """
    if own_id:
        return own_id.join(mask_call_text(part) for part in text.split(own_id))
    masked = PARTY.sub(lambda match: match[1] + numbers.mask(match[2]), text)
    return PERSON.sub(lambda match: numbers.mask(match[0]), masked)


def mask_call_id(text: str) -> str:
    """The id of a call in records: one that may hold a person's number shows it masked."""
    return text if DRAWN.fullmatch(text) else mask_call_text(text)
