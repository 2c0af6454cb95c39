"""One answer of the doctor: how it stands, and a code with values for its sentence and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``check`` is set by whoever lists the checks."""

    state: State
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    check: str = ""


def ok(code: str, **values: object) -> Diagnosis:
    """It is as it should be."""
    return Diagnosis(State.OK, code, values)


def warn(code: str, **values: object) -> Diagnosis:
    """It works, but somebody should look."""
    return Diagnosis(State.WARN, code, values)


def fail(code: str, **values: object) -> Diagnosis:
    """It does not work or is not safe."""
    return Diagnosis(State.FAIL, code, values)
