"""Generated items of the package: values gathered once, set as workbook and PDF, held against the portrait's run."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import REFUSED, Claim
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.masking import masked
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.finding import Finding, Verdict, Weight, verdict
from nianjian.features.dossier.generated import (
    algorithm_filing,
    complaint_records,
    monthly_traffic,
    number_ledger,
    responsibility_report,
    seat_table,
    self_check,
    sheets,
    sums,
)
from nianjian.features.dossier.generated.document import DASH, Document
from nianjian.features.dossier.generated.sums import Sum
from nianjian.features.dossier.materials import query, service
from nianjian.features.dossier.materials.query import Line
from nianjian.features.dossier.materials.service import File, Place
from nianjian.features.dossier.materials.states import State
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.gather.values import Values
from nianjian.features.dossier.operations.pages import of as drawn
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.jobs.progress import Progress, silent

Json = dict[str, Any]
PDF: Final = "application/pdf"
ALL: Final = "all"
RUN: Final = "run"  # the field that only generated versions have
SUMS: Final = "sums"  # under which their report keeps what must agree
_ = words(CHINESE)  # papers for the authority are Chinese, whoever asks for them


def _seats(values: Values) -> tuple[Document, dict[str, int]]:
    return seat_table.document(values.head, values.seats, _), seat_table.totals(values.seats, values.head.as_of)


def _numbers(values: Values) -> tuple[Document, dict[str, int]]:
    return number_ledger.document(values.head, values.numbers, _), {}


def _traffic(values: Values) -> tuple[Document, dict[str, int]]:
    named = ("outbound", "outbound_answered", "complaints")
    rows = values.traffic
    return monthly_traffic.document(values.head, rows, _), {one: monthly_traffic.total(rows, one) for one in named}


def _complaints(values: Values) -> tuple[Document, dict[str, int]]:
    counts = complaint_records.counts(values.tickets, values.head.as_of, values.sources)
    return complaint_records.document(values.head, values.tickets, values.sources, _), counts


def _responsibility(values: Values) -> tuple[Document, dict[str, int]]:
    return responsibility_report.document(values.head, values.facts, _), {}


def _algorithm(values: Values) -> tuple[Document, dict[str, int]]:
    return algorithm_filing.document(values.head, values.seats, values.duty, _), {}


def _check(values: Values) -> tuple[Document, dict[str, int]]:
    lines = checklist.whole(values.enterprise, values.head.year, clock.today())
    states = [(line.item, line.state.value) for line in lines]
    compared = [
        (item, one.figure, one.paper, one.portrait)
        for item in (seat_table.ITEM, monthly_traffic.ITEM, complaint_records.ITEM)
        for one in sums.compared(ITEMS[item](values)[1], values.portrait)
    ]
    return self_check.document(values.head, masked(values.portrait), compared, states, _), {}


ITEMS: Final[Mapping[str, Callable[[Values], tuple[Document, dict[str, int]]]]] = {
    number_ledger.ITEM: _numbers,
    seat_table.ITEM: _seats,
    monthly_traffic.ITEM: _traffic,
    complaint_records.ITEM: _complaints,
    responsibility_report.ITEM: _responsibility,
    algorithm_filing.ITEM: _algorithm,
    self_check.ITEM: _check,
}


@dataclass(frozen=True, slots=True)
class Generated:
    """One item. ``version``: of the checklist, or None; ``files`` that were written; ``sums`` that must agree.

    Left as it was: ``confirmed`` by a person, or an upload that ``waits`` for one.
    """

    item: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    run: str
    sums: tuple[Sum, ...] = ()
    version: int | None = None
    files: tuple[Path, ...] = ()
    confirmed: bool = field(default=False)
    waits: bool = field(default=False)


def generate(
    *,
    enterprise: str,
    year: int,
    items: Sequence[str],
    folder: Path | None,
    actor: Actor,
    replace: bool = False,
    progress: Progress = silent,
) -> list[Generated]:
    """Set the items (`ALL`: every one that is due), into a folder, or as versions of the checklist.

    They name people where the paper must, so it takes the right to reveal; each is one audit entry. In the checklist an
    item that a person has confirmed is left as it is, an upload that waits for one unless ``replace`` says so, and the
    self-check report, which is no item of it, is left out.
    NianjianError role_missing, portrait_missing, dossier_item_not_generated, dossier_version_returned,
    dossier_folder_unusable, rows_behind_erased, drawing_failed.
    """
    require(actor, enterprise, Act.REVEAL)
    refuse_closed(enterprise, year)
    values = Values(accounts.enterprise(enterprise).code, year)
    wanted = _wanted(items, values, folder)
    states = {one.item: one for one in query.checklist(enterprise, year, on=clock.today(), robots=values.robots)}
    made = []
    for done, item in enumerate(wanted):
        progress(item, done, len(wanted))
        if folder is None and (left := _left(states[item], values.head.run, replace=replace)) is not None:
            made.append(left)
            continue
        document, counted = ITEMS[item](values)
        held = sums.compared(counted, values.portrait)
        found = (*_findings(item, values), *sums.sums_agree(held))
        told = Generated(item, verdict(found), found, values.head.run, held)
        made.append(
            _added(values, told, document, actor) if folder is None else _put(values, told, document, folder, actor)
        )
    return made


def _left(line: Line, run: str, *, replace: bool) -> Generated | None:
    """An item that is not made anew: what people confirmed, or brought in and have not looked at yet."""
    last = line.newest
    if line.state is State.READY:
        number = None if last is None else last.number
        return Generated(line.item, Verdict.READY, (), run, version=number, confirmed=True)
    if replace or last is None or last.returned_at is not None or last.confirmed_at is not None:
        return None
    if RUN in query.report(last).get("fields", {}):  # one of ours, older
        return None
    return Generated(line.item, Verdict(last.verdict), (), run, version=last.number, waits=True)


def check(items: Sequence[str], *, files: bool) -> None:
    """Refuse what is not generated, or is no item of the checklist; dossier_item_not_generated."""
    known = [*(one for one in ITEMS if files or one != self_check.ITEM), ALL]
    for item in items:
        if item not in known:
            raise NianjianError("dossier_item_not_generated", name=item, items=", ".join(known))


def _wanted(items: Sequence[str], values: Values, folder: Path | None) -> list[str]:
    check(items, files=folder is not None)
    due = [one for one in ITEMS if one != algorithm_filing.ITEM or values.robots]
    due = [one for one in due if folder is not None or one != self_check.ITEM]
    return list(dict.fromkeys(one for item in items for one in (due if item == ALL else [item])))


def _findings(item: str, values: Values) -> tuple[Finding, ...]:
    unknown = [one for one in ("credit_code", "legal_representative") if values.known(one) == DASH]
    blank = (Finding("generated_blank", Weight.ASK, values={"fields": ", ".join(unknown)}),) if unknown else ()
    unsigned = () if item == self_check.ITEM else (Finding("generated_unsigned", Weight.ASK),)
    return (*unsigned, *blank, *(found for claim in values.claims(item) for found in _unproved(claim)))


def _unproved(claim: Claim) -> Iterator[Finding]:
    """What would make a claim true that the paper does not make: a blank to fill in, or true figures in its place."""
    weight = Weight.NOTE if claim.state == REFUSED else Weight.ASK
    for lack in claim.lacks:
        told = {"rule": claim.rule, "lack": lack.code, "count": lack.count, "remedy": lack.code}
        yield Finding("claim_refused" if lack.known else "claim_unproved", weight, values=told)


def _added(values: Values, told: Generated, document: Document, actor: Actor) -> Generated:
    """As a version of the checklist; its entry is that of the version."""
    body = sheets.pdf(document)
    pages = sheets.pages(body)
    report = {
        "verdict": told.verdict.value,
        "findings": [
            {"code": one.code, "weight": one.weight.value, "page": one.page, "values": dict(one.values)}
            for one in told.findings
        ],
        "fields": {"as_of": values.head.as_of.isoformat(), RUN: told.run},
        SUMS: [asdict(one) for one in told.sums],
        "pages": pages,
    }
    file = File(f"{document.title}.pdf", PDF, body, pages, told.verdict, report, drawn(body, PDF))
    made = service.add(place=Place(values.enterprise, values.head.year, told.item), file=file, actor=actor)
    return replaced(told, version=made.number)


def _put(values: Values, told: Generated, document: Document, folder: Path, actor: Actor) -> Generated:
    """As workbook and PDF into a folder; nobody else may read them."""
    bodies = {f"{document.title}.pdf": sheets.pdf(document), f"{document.title}.xlsx": sheets.xlsx(document)}
    data = {
        "year": values.head.year,
        "item": told.item,
        "run": told.run,
        "findings": [one.code for one in told.findings],
        "sha256": {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()},
    }
    with transaction.atomic():
        record(verb="dossier.generated", enterprise=values.enterprise, actor=actor, data=data)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, body in bodies.items():
                _written(folder / name, body)
        except OSError as error:
            raise NianjianError("dossier_folder_unusable", folder=str(folder), reason=error.strerror or "") from error
    return replaced(told, files=tuple(folder / name for name in bodies))


def _written(path: Path, body: bytes) -> None:
    """Put the file in its place whole, closed to others; an older one of the name goes."""
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def generated_to_document(one: Generated) -> Json:
    """As JSON."""
    return {
        "item": one.item,
        "verdict": one.verdict.value,
        "findings": [{"code": found.code, "values": dict(found.values)} for found in one.findings],
        "run": one.run,
        "sums": [asdict(held) for held in one.sums],
        "version": one.version,
        "confirmed": one.confirmed,
        "waits": one.waits,
        "files": [str(path) for path in one.files],
    }
