"""What a person can do about an error, by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NianjianError,
    NotFoundError,
    PermissionDeniedError,
    kind_of,
)
from nianjian.engines.paper.words import Words, mark

REMEDIES: Final[Mapping[type[NianjianError], str]] = {
    NotFoundError: mark("Check the address, or go back and choose from the list."),
    PermissionDeniedError: mark("Ask an administrator for the role, or have somebody with the role do this."),
    ConflictError: mark("Reload the page and check the current state."),
    InvalidInputError: mark("Go back, correct your input and try again."),
}


def remedy(code: str, _: Words) -> str:
    """Say what helps against an error with this code."""
    return _(REMEDIES[kind_of(code)])
