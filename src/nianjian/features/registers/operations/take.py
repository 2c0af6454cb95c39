"""A register's list as a file: what is looked for, masked unless it is asked for in full, and each time an entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.registers import NAMES
from nianjian.engines.paper.words import words
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import kinds
from nianjian.platform.registers.rows import query, service, taken
from nianjian.platform.registers.rows.query import Sight
from nianjian.platform.registers.rows.wanted import Wanted
from nianjian.platform.registers.versions.row import Version

FORMS: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
DIRECT: Final = 1_000  # rows that a request may write itself; more are work for the worker


@dataclass(frozen=True, slots=True)
class Asked:
    """A list that somebody wants as a file; ``filters``: what the door asked for, name -> as a person reads it."""

    kind: str
    sight: Sight
    wanted: Wanted
    filters: Mapping[str, str]
    form: str
    full: bool
    language: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to give away, with ``rows`` in it."""

    name: str
    media: str
    content: bytes
    rows: int

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


def take_register(asked: Asked, *, actor: Actor) -> Taken:
    """Write the rows that are found as xlsx or CSV, at once.

    ``register_export_long``: more than `DIRECT`, see `made.ask`.
    ``role_missing``, ``export_form_unknown``, ``register_export_too_large``, ``register_kind_unknown``, and those of
    `registers.rows.wanted`.
    """
    count = counted(asked, actor)
    if count > DIRECT:
        raise NianjianError("register_export_long", rows=count, most=DIRECT)
    made = written(asked, count, actor)
    noted(asked, count, made.sha256, actor)
    return made


def counted(asked: Asked, actor: Actor) -> int:
    """How many rows the file would have; what `take_register` raises."""
    require(actor, asked.sight.enterprise, Act.REVEAL if asked.full else Act.READ_OWN)
    if asked.form not in FORMS:
        raise NianjianError("export_form_unknown", form=asked.form, forms=", ".join(FORMS))
    found = query.found(asked.kind, asked.sight, asked.wanted)
    count = found.order_by()[: taken.MOST + 1].count()
    if count > taken.MOST:
        raise NianjianError("register_export_too_large", most=taken.MOST)
    return count


def written(asked: Asked, count: int, actor: Actor, progress: Progress = silent) -> Taken:
    """Write the file of ``count`` rows; what ``progress`` raises ends it."""
    sheet, sight, form = kinds.register(asked.kind).sheet, asked.sight, asked.form
    rows = _watched(query.steady(asked.kind, sight, asked.wanted), asked.kind, count, progress)
    if form == "csv":
        content = taken.csv_file(sheet, rows, full=asked.full)
    else:
        content = taken.workbook(sheet, rows, _about(asked, count, actor), full=asked.full)
    return Taken(f"{sight.enterprise}-{asked.kind}-{sight.day}.{form}", FORMS[form], content, count)


def noted(asked: Asked, count: int, sha256: str, actor: Actor) -> None:
    """Write into the chain that the file is given away."""
    service.taken_out(
        kind=asked.kind, enterprise=asked.sight.enterprise, day=asked.sight.day, count=count, full=asked.full,
        sha256=sha256, filters=list(asked.filters), actor=actor,
    )  # fmt: skip


def _watched(rows: Iterable[Version], kind: str, count: int, progress: Progress) -> Iterator[Version]:
    for done, row in enumerate(rows):
        if done % query.CHUNK == 0:
            progress(kind, done, count)
        yield row


def _about(asked: Asked, count: int, actor: Actor) -> list[tuple[str, str]]:
    """Say whose the list is, of which day and rows, who took it out and when."""
    _ = words(asked.language)
    called, sight = _(NAMES[asked.kind]), asked.sight
    return [
        (_("Enterprise"), f"{accounts.enterprise(sight.enterprise).name} ({sight.enterprise})"),
        (_("Register"), called[:1].upper() + called[1:]),
        (_("As at"), sight.day.isoformat()),
        (_("Filter"), "; ".join(asked.filters.values()) or _("none")),
        (_("Rows"), str(count)),
        (_("Taken out by"), str(actor)),
        (_("Taken out at"), f"{clock.now().astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"),
        (_("Personal values"), _("in full") if asked.full else _("masked")),
    ]
