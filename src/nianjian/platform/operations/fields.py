"""The parameters of an operation, read from its signature: each has a kind and words for people.

A kind says what a value is; every interface has its own form of it (a JSON schema, an option, a form field).
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_type_hints

MOST: Final = 200  # resources in one call: they are locked and written in one transaction
LINE: Final = 500  # characters
TEXT: Final = 2000
VERSION: Final = 2**62  # as far as every database counts
CONTEXT: Final = frozenset({"enterprise", "actor", "progress"})  # comes from the interface, nobody types it


class Kind(StrEnum):
    """What a value is."""

    LINE = "line"  # text without control characters
    HIDDEN = "hidden"  # a line that no screen and no history of a shell shows
    TEXT = "text"
    LINES = "lines"  # several of them
    MOMENT = "moment"  # aware
    DAY = "day"
    FLAG = "flag"
    YES_NO = "yes_no"  # None: not known
    CHOICE = "choice"
    NUMBER = "number"  # whole
    KEY = "key"  # of a resource
    KEYS = "keys"
    VERSION = "version"  # that the caller has seen
    VERSIONS = "versions"
    ROW = "row"  # texts by column of a register; what it looks like to people is the register's
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most: of a number its value, of a text its characters."""

    least: int = 0
    most: int | None = None


Line = Annotated[str, Kind.LINE]
OptionalLine = Annotated[str | None, Kind.LINE]
Secret = Annotated[str, Kind.HIDDEN]
Text = Annotated[str, Kind.TEXT]
Lines = Annotated[Sequence[str], Kind.LINES]
Day = Annotated[date, Kind.DAY]
OptionalDay = Annotated[date | None, Kind.DAY]
Moment = Annotated[datetime | None, Kind.MOMENT]
Number = Annotated[int, Kind.NUMBER]
OptionalNumber = Annotated[int | None, Kind.NUMBER]
Flag = Annotated[bool, Kind.FLAG]
YesNo = Annotated[bool | None, Kind.YES_NO]
Key = Annotated[str, Kind.KEY]
Keys = Annotated[Sequence[str], Kind.KEYS]
OptionalKeys = Annotated[Sequence[str] | None, Kind.KEYS]
Version = Annotated[int | None, Kind.VERSION]
Versions = Annotated[Sequence[int] | None, Kind.VERSIONS]
RowTexts = Annotated[Mapping[str, str], Kind.ROW]
Upload = Annotated[bytes, Kind.UPLOAD]


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """The words for a parameter: ``label`` and ``hint`` on a page, ``option``, ``metavar`` and ``help`` in a terminal.

    ``option``: name of the option where it is not the parameter's. ``optional_option``: it may be left out although
    the parameter is required; the operation then refuses an empty text in its own words. ``filled``: the API refuses
    an empty text. ``rows``: lines of the box on a page. ``error``: code of the error for what cannot be read, with the
    ``value``.
    """

    label: str = ""
    hint: str = ""
    rows: int = 1
    filled: bool = False
    option: str = ""
    metavar: str | None = None
    help: str = ""
    optional_option: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation. ``nullable``: None is a value; ``default`` counts where it is not ``required``."""

    name: str
    kind: Kind
    nullable: bool
    required: bool
    default: Any  # of the kind's own type
    choices: tuple[str, ...]
    limits: Limits | None
    param: Param


def read_fields(function: Callable[..., object]) -> tuple[Field, ...]:
    """The parameters that somebody types, in the order of the signature; TypeError for one without a kind."""
    hints = get_type_hints(function, include_extras=True)
    return tuple(
        _read_field(function, one, hints[name])
        for name, one in inspect.signature(function).parameters.items()
        if name not in CONTEXT
    )


def _read_field(function: Callable[..., object], parameter: inspect.Parameter, hint: object) -> Field:
    base, *marks = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    choices = next((one.values for one in marks if isinstance(one, Choice)), ())
    kind = Kind.CHOICE if choices else next((one for one in marks if isinstance(one, Kind)), None)
    if kind is None:
        raise TypeError(function.__qualname__, f"{parameter.name} has no kind")
    return Field(
        name=parameter.name,
        kind=kind,
        nullable=NoneType in get_args(base),
        required=parameter.default is parameter.empty,
        default=None if parameter.default is parameter.empty else parameter.default,
        choices=choices,
        limits=next((one for one in marks if isinstance(one, Limits)), None),
        param=next((one for one in marks if isinstance(one, Param)), Param()),
    )
