"""A fill-in sheet: made by the worker, kept, shown with personal values masked, revealed or taken out with an entry."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.archives.query import refuse_closed
from nianjian.features.dossier.fill_in import query, service
from nianjian.features.dossier.fill_in.document import document
from nianjian.features.dossier.fill_in.fields import Field, Report, fields, line
from nianjian.features.dossier.fill_in.model import FillIn
from nianjian.features.dossier.generated import sheets
from nianjian.features.dossier.operations.fill_in.gather import Year, of_number
from nianjian.features.portrait.operations import portraits
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, Steps, silent
from nianjian.platform.registers.tables.column import Kind
from nianjian.platform.registers.tables.masking import masked
from nianjian.platform.rulebook.rulebooks import rulebook

Json = dict[str, Any]
PREFIXES: Final = "numbers.report.prefixes"
FORMS: Final[Mapping[str, tuple[str, Any]]] = {
    "pdf": ("application/pdf", sheets.pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheets.xlsx),
}


def report(name: str) -> Report:
    """The report of that name; dossier_report_unknown."""
    plain = name.replace("-", "_")
    if plain not in set(Report):
        raise NianjianError("dossier_report_unknown", report=name, reports=", ".join(Report))
    return Report(plain)


def ask(*, enterprise: str, year: int, report: Report, actor: Actor) -> str:
    """Put the making of a sheet; its job. NianjianError role_missing, enterprise_unknown."""
    require(actor, enterprise, flow.NEEDS[flow.FILL_IN])
    refuse_closed(enterprise, year)
    code = accounts.enterprise(enterprise).code
    return flow.enqueue_once(
        kind=flow.FILL_IN, enterprise=code, payload={"year": year, "report": report.value}, actor=actor
    )


def make(*, enterprise: str, year: int, report: Report, actor: Actor, progress: Progress = silent) -> FillIn:
    """Gather every field of a report and keep the sheet. Without a portrait its figures stay unknown.

    NianjianError role_missing, enterprise_unknown, and those of the registers and the lake.
    """
    require(actor, enterprise, flow.NEEDS[flow.FILL_IN])
    refuse_closed(enterprise, year)
    tenant = accounts.enterprise(enterprise)
    rules = rulebook(day=None, province=tenant.province or None, enterprise=tenant.code)
    asked = fields(report, rules)
    step = Steps(progress, "", len(asked) + 2)
    step()
    now, before = Year(tenant.code, year), Year(tenant.code, year - 1)
    step()
    if report is Report.LICENCE:
        found = []
        for field in asked:
            step()
            found.append(line(field, now.of(field), before.of(field)))
    else:
        found = _numbered(asked, now, before, tuple(str(one) for one in rules.items(PREFIXES)))
    made = service.Made(year, report, now.as_of, now.run, rules.version, found)
    return service.keep(enterprise=tenant.code, made=made, actor=actor)


def _numbered(asked: list[Field], now: Year, before: Year, prefixes: tuple[str, ...]) -> list[Json]:
    """Every number of the report with its fields; last year's are those of the same number."""
    last = {str(row.get("root")): row for row in before.numbers}
    roots = sorted((str(row["root"]), row) for row in now.numbers if str(row.get("root") or "").startswith(prefixes))
    return [
        line(field, of_number(row, field), of_number(last.get(root), field), number=root)
        for root, row in roots
        for field in asked
    ]


def worked(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put."""
    year, name = int(given["year"]), report(str(given["report"]))
    row = make(enterprise=enterprise, year=year, report=name, actor=actor, progress=progress)
    return {"year": year, "report": name.value, "sheet": row.pk}


def shown(*, enterprise: str, year: int, report: Report, actor: Actor) -> Json | None:
    """The newest sheet, personal values masked; None: none was made yet."""
    require(actor, enterprise, Act.READ)
    row = query.newest(enterprise, year, report)
    return None if row is None else told(row, full=False)


def revealed(*, enterprise: str, year: int, report: Report, actor: Actor) -> Json:
    """The newest sheet in full, with an entry in the chain; dossier_fill_in_unknown."""
    require(actor, enterprise, Act.REVEAL)
    row = _newest(enterprise, year, report)
    found = told(row, full=True)
    service.revealed(row=row, actor=actor)
    return found


def taken(*, enterprise: str, year: int, report: Report, form: str, actor: Actor) -> tuple[str, str, bytes]:
    """(Name, media type, content) of the newest sheet in full, with an entry in the chain.

    NianjianError role_missing, dossier_fill_in_unknown, export_form_unknown, drawing_failed.
    """
    require(actor, enterprise, Act.REVEAL)
    if form not in FORMS:
        raise NianjianError("export_form_unknown", form=form, forms=", ".join(FORMS))
    row = _newest(enterprise, year, report)
    made = document(accounts.enterprise(enterprise).name, told(row, full=True), words(CHINESE))
    media, draw = FORMS[form]
    content: bytes = draw(made)
    name = f"{made.title}-{year}.{form}"
    service.taken(row=row, files={name: hashlib.sha256(content).hexdigest()}, actor=actor)
    return name, media, content


def put(*, enterprise: str, year: int, report: Report, folder: Path, actor: Actor) -> list[Path]:
    """Every form into a folder; nobody else may read them. As `taken`, and dossier_folder_unusable."""
    found = [taken(enterprise=enterprise, year=year, report=report, form=form, actor=actor) for form in FORMS]
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, _media, content in found:
            paths.append(folder / name)
            with open(paths[-1], "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(content)
    except OSError as error:
        raise NianjianError("dossier_folder_unusable", folder=str(folder), reason=error.strerror or "") from error
    return paths


def _newest(enterprise: str, year: int, report: Report) -> FillIn:
    row = query.newest(enterprise, year, report)
    if row is None:
        raise NianjianError("dossier_fill_in_unknown", year=year)
    return row


def told(row: FillIn, *, full: bool) -> Json:
    """A sheet as JSON; ``full`` False: personal values masked. ``outdated``: a later portrait is there."""
    run = portraits.newest(row.enterprise_id, row.year)
    lines = query.lines(row)
    return {
        "year": row.year,
        "report": row.report,
        "as_of": row.as_of,
        "run": row.run,
        "rulebook": row.rulebook,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "outdated": run is not None and run.id != row.run,
        "unknown": sum(one["value"] is None for one in lines),
        "over": sum(bool(one["over"]) for one in lines),
        "full": full,
        "fields": lines if full else [_masked(one) for one in lines],
    }


def _masked(one: Json) -> Json:
    if not one["personal"]:
        return one
    hidden = {name: masked(one[name], Kind.TEXT) for name in ("value", "before") if one[name] is not None}
    return {**one, **hidden}
