"""A register's list as a file: what is looked for, masked unless it is asked for in full, and each time an entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nianjian.accounts import query as accounts
from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.paper.texts.registers import NAMES
from nianjian.paper.words import words
from nianjian.registers import kinds
from nianjian.registers.rows import query, service, taken
from nianjian.registers.rows.query import Sight
from nianjian.registers.rows.wanted import Wanted

FORMS: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to give away."""

    name: str
    media: str
    content: bytes


def take_register(
    *,
    kind: str,
    sight: Sight,
    wanted: Wanted,
    filters: Mapping[str, str],
    form: str,
    full: bool,
    language: str,
    actor: Actor,
) -> Taken:
    """Write the rows that are found as xlsx or CSV; ``filters``: what the door asked for, name -> as a person reads it.

    ``role_missing``, ``export_form_unknown``, ``register_export_too_large``, ``register_kind_unknown``, and those of
    `registers.rows.wanted`.
    """
    require(actor, sight.enterprise, Act.REVEAL if full else Act.READ_OWN)
    if form not in FORMS:
        raise NianjianError("export_form_unknown", form=form, forms=", ".join(FORMS))
    sheet, found = kinds.register(kind).sheet, query.found(kind, sight, wanted)
    count = found.order_by()[: taken.MOST + 1].count()
    if count > taken.MOST:
        raise NianjianError("register_export_too_large", most=taken.MOST)
    rows = found.iterator(chunk_size=CHUNK)
    if form == "csv":
        content = taken.csv_file(sheet, rows, full=full)
    else:
        about = _about(kind, sight, count, "; ".join(filters.values()), full=full, language=language, actor=actor)
        content = taken.workbook(sheet, rows, about, full=full)
    service.taken_out(
        kind=kind, enterprise=sight.enterprise, day=sight.day, count=count, full=full,
        sha256=hashlib.sha256(content).hexdigest(), filters=list(filters), actor=actor,
    )  # fmt: skip
    return Taken(f"{sight.enterprise}-{kind}-{sight.day}.{form}", FORMS[form], content)


def _about(
    kind: str, sight: Sight, count: int, asked: str, *, full: bool, language: str, actor: Actor
) -> list[tuple[str, str]]:
    """Say whose the list is, of which day and rows, who took it out and when."""
    _ = words(language)
    called = _(NAMES[kind])
    return [
        (_("Enterprise"), f"{accounts.enterprise(sight.enterprise).name} ({sight.enterprise})"),
        (_("Register"), called[:1].upper() + called[1:]),
        (_("As at"), sight.day.isoformat()),
        (_("Filter"), asked or _("none")),
        (_("Rows"), str(count)),
        (_("Taken out by"), str(actor)),
        (_("Taken out at"), f"{clock.now().astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"),
        (_("Personal values"), _("in full") if full else _("masked")),
    ]
