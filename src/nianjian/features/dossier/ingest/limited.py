"""Runs one of the programs of ``inside`` under limits; whatever it does to itself, the caller goes on."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.kernel import limited
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits

_INSIDE: Final = "nianjian.features.dossier.ingest.inside"


class Ended(Exception):  # noqa: N818 - the child's end, told apart by `reason`
    """The child did not come to an answer. ``told``: whole lines that it printed before, as JSON."""

    def __init__(self, reason: str, told: tuple[Any, ...]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told


def run(program: str, *words: str, wall: float = limits.WALL_SECONDS) -> tuple[Any, ...]:
    """Each line that ``inside.<program>`` printed, as JSON.

    NianjianError as the program tells it; `Ended` when it ended otherwise than well.
    """
    with tempfile.TemporaryFile() as out:
        bounds = limited.Bounds(limits.MEMORY_BYTES, limits.CPU_SECONDS, wall, limits.WRITTEN_BYTES)
        reason = limited.run(out.fileno(), (f"{_INSIDE}.{program}", *words), bounds)
        out.seek(0)
        told = _lines(out.read(limits.TOLD_BYTES))
    if reason:
        raise Ended(reason, told)
    if told and isinstance(told[-1], Mapping) and "refused" in told[-1]:
        raise NianjianError(str(told[-1]["refused"]), **told[-1]["values"])
    return told


def _lines(text: bytes) -> tuple[Any, ...]:
    """Whole lines; the last one may be torn."""
    found = []
    for line in text.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return tuple(found)
