"""Look at a file before it is imported, as the wizard's pages do, without a draft: nothing of it is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nianjian.engines.intake.sql import require_zone
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations.check_calls import FilePreview, Tried, look_at, rejected_of_trial, try_calls
from nianjian.features.calls.operations.wizard import check_register, drafts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import uploads


@dataclass(frozen=True, slots=True)
class How:
    """How call files are read: the source (``auto``: as recognised), the zone of plain stamps, a mapping's content."""

    source: str
    timezone: str
    mapping: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the files under a name are, and what the beginnings of the first would become."""

    looks: Sequence[FilePreview]
    trials: Sequence[Tried]


def calls(*, enterprise: str, incoming: uploads.Incoming, how: How, actor: Actor) -> Seen:
    """Look at a file of calls; ``role_missing``, ``file_empty``, ``timezone_unknown``, and as `drafts.checked`.

    What cannot be read or recognised is told of its file and refuses nothing.
    """
    _may(enterprise, how, actor)
    with uploads.temporary_upload(incoming) as (place, path):
        chosen = drafts.checked(place, how.mapping)
        looks = look_at([path], how.source, chosen)
        return Seen(looks, try_calls([path], how.source, chosen, how.timezone or None))


def rejected(
    *, enterprise: str, incoming: uploads.Incoming, how: How, words: Callable[[str], str], actor: Actor
) -> list[tuple[str, bytes]]:
    """Name and content of each file of rows that the beginnings would lose, in full: what was sent, and no more.

    ``rejects_none`` where none would be lost; else as `calls`.
    """
    _may(enterprise, how, actor)
    with (
        uploads.temporary_upload(incoming) as (place, path),
        tempfile.TemporaryDirectory(prefix="nianjian-rejects-") as name,
    ):
        chosen = drafts.checked(place, how.mapping)
        found = rejected_of_trial([path], how.source, chosen, how.timezone or None, Path(name), words)
        if not found:
            raise NianjianError("rejects_none", file=incoming.name)
        return [(one.name, one.read_bytes()) for one in found]


def register(*, kind: str, enterprise: str, incoming: uploads.Incoming, actor: Actor) -> check_register.CheckedSheet:
    """Check a register's sheet; ``role_missing``, ``file_empty``, ``sheet_too_large``, what `check_register` raises.

    A large one is left to the worker: its check takes too long for an answer.
    """
    require(actor, enterprise, Act.LOAD)
    with uploads.temporary_upload(incoming) as (_place, path):
        check_register.checked_size(path)
        return check_register.check_register(kind, path, enterprise)


def _may(enterprise: str, how: How, actor: Actor) -> None:
    require(actor, enterprise, Act.LOAD)
    if how.timezone:
        require_zone(how.timezone)
