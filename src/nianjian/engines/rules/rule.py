"""One dated rule, and the kinds of value it may have."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = "bool | int | Decimal | str | date | tuple[Value, ...] | Mapping[str, Value] | None"


class Level(StrEnum):
    """Where a rule comes from. Only `law` and `notice` bind; a `guide` figure is never shown as law."""

    LAW = "law"
    NOTICE = "notice"  # of a regulator
    GUIDE = "guide"  # the agency's guide: no official source is known
    VENDOR = "vendor"
    INTERNAL = "internal"  # the product's own


class Kind(StrEnum):
    """What a rule is for. Nothing is settable that no code reads, so a rule is a reference unless its data say more."""

    PARAMETER = "parameter"  # code reads the value
    REFERENCE = "reference"  # shown with its source


@dataclass(frozen=True, slots=True)
class Rule:
    """``value`` in ``unit``, compared by ``operator``, valid from ``valid_from`` to ``valid_to`` (both included).

    ``id`` is the guide's row (T1, M1, D1, S1, R1) or a short name of the law; ``province`` None: everywhere;
    ``valid_to`` None: open. ``text_zh`` quotes the source, ``note_en`` and ``note_zh`` say how the project reads it.
    ``settable``: an overlay may give a parameter another value. False of every reference, and of a parameter of which
    the program knows one reading only.
    """

    key: str
    id: str
    value: Value
    unit: str
    operator: str | None
    level: Level
    citation: str
    url: str | None
    valid_from: date
    valid_to: date | None
    province: str | None
    title_zh: str
    title_en: str
    text_zh: str = ""
    note_en: str = ""
    note_zh: str = ""
    subject: str = ""
    kind: Kind = Kind.REFERENCE
    settable: bool = False

    def valid_on(self, day: date) -> bool:
        """Whether the rule is in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def plain(value: object) -> object:
    """``value`` as JSON can hold it, with its kind, so that 1, "1" and Decimal("1") give different digests."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Mapping):
        return {"map": {str(name): plain(inside) for name, inside in value.items()}}
    if isinstance(value, tuple | list):
        return [plain(inside) for inside in value]
    return value


def canonical(part: Mapping[str, object]) -> str:
    """A mapping as JSON text that does not depend on the order of its keys."""
    return json.dumps(plain(part), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(texts: Iterable[str]) -> str:
    """The sha256 (hex) of `canonical` texts, as of the JSON list that they make."""
    return hashlib.sha256(f"[{','.join(texts)}]".encode()).hexdigest()


def record(rule: Rule) -> dict[str, object]:
    """A rule as a mapping of its fields."""
    return {name: getattr(rule, name) for name in Rule.__slots__}
