"""The errors that rooms raise when input or use is wrong; interfaces put them into words.

A code and values travel, never a sentence: the words stand in the interfaces' catalogue. Callers catch by kind:
`InvalidInputError`, `NotFoundError`, `PermissionDeniedError` or `ConflictError`, or all of them as `NianjianError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Self, TypeVar

from nianjian.engines.kernel import error_codes

Row_co = TypeVar("Row_co", covariant=True)


class NianjianError(Exception):
    """Wrong use or bad input, named by ``code`` with the ``values`` that its message needs.

    ``code`` is snake_case and stable (``file_unreadable``) and decides the kind: ``NianjianError("role_missing")`` is a
    `PermissionDeniedError`, also when it is made anew from a stored code. ``values`` are plain scalars such as
    ``file``, ``line``, ``column``. ``findings`` lists further faults of the same input, one mapping each.
    """

    def __new__(cls, code: str, *, findings: tuple[Mapping[str, object], ...] = (), **values: object) -> Self:
        """Make an error of the kind that its code belongs to."""
        del findings, values
        kind = kind_of(code)
        return super().__new__(kind if issubclass(kind, cls) else cls)

    def __init__(self, code: str, *, findings: tuple[Mapping[str, object], ...] = (), **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
        self.findings = findings

    def __str__(self) -> str:
        """Code and values, for logs; people see the interface's message."""
        inside = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({inside})"


class InvalidInputError(NianjianError):
    """What was sent or typed cannot be used."""


class NotFoundError(NianjianError):
    """What the address or key names does not exist, or not for this person."""


class PermissionDeniedError(NianjianError):
    """The person lacks the role, the token or the second person that the act needs."""


class ConflictError(NianjianError):
    """Not possible in the present state."""


class Rows(Protocol[Row_co]):
    """What a query found."""

    def first(self) -> Row_co | None:
        """The first of it."""


def get_or_raise(rows: Rows[Row_co], code: str, **values: object) -> Row_co:
    """The first of the rows; NianjianError with this code and these values where there is none."""
    found = rows.first()
    if found is None:
        raise NianjianError(code, findings=(), **values)
    return found


def kind_of(code: str) -> type[NianjianError]:
    """Return the class of errors with this code; one that says nothing else is about the input."""
    if code in error_codes.PERMISSION:
        return PermissionDeniedError
    if code in error_codes.CONFLICT or code.endswith(error_codes.CONFLICT_ENDINGS):
        return ConflictError
    if code.endswith("_unknown") and code not in error_codes.INPUT_UNKNOWN:
        return NotFoundError
    return InvalidInputError
