"""The fill-in sheet: values gathered by the worker, stored, shown masked, taken out as files."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.claims import CLAIMS, TEXT, get_shape
from nianjian.engines.paper.words import CHINESE, ENGLISH, Words, words
from nianjian.features.archives.closed_seasons import list_closed_years
from nianjian.features.dossier.documents import Blank, FillInField, FillInLine, FillInTold, SheetOutcome
from nianjian.features.dossier.fill_in import (
    Field,
    Known,
    Report,
    build_document,
    build_line,
    check_entry,
    enter_line,
    known_by,
    list_fields,
    number_prefixes,
    portrait_component,
)
from nianjian.features.dossier.generated import document, monthly_traffic
from nianjian.features.dossier.generated.registers import days_without_calls, in_force
from nianjian.features.dossier.models import FillIn, row_values
from nianjian.features.dossier.operations.checklist import get_rulebook, require_writable
from nianjian.features.dossier.operations.generate import ITEMS, Values, list_numbers, write_private_files
from nianjian.features.dossier.operations.overrulings import DOSSIER, YEARS
from nianjian.features.portrait import bases
from nianjian.features.portrait.portraits import describe_run_basis
from nianjian.features.reconciliation.people import fold_name, list_own_names
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.claims.models import STANDING
from nianjian.platform.claims.storage import (
    StatementText,
    list_proposals,
    list_statements,
    load_statements,
    store_statements,
)
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, Steps, silent
from nianjian.platform.operations.fields import Line, Number, Text
from nianjian.platform.operations.operation import Answer, Body, operation
from nianjian.platform.registers.columns import Kind, mask_text
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.lines import Line as NetworkLine
from nianjian.platform.registers.numbers import NUMBERS
from nianjian.platform.registers.social_insurance import Contribution
from nianjian.platform.registers.staff import Person
from nianjian.platform.registers.versions import versions_on


def find_newest(enterprise: str, year: int, report: Report) -> FillIn | None:
    """The sheet that counts; None: none was made yet."""
    rows = FillIn.objects.filter(enterprise_id=enterprise, year=year, report=report.value)
    return rows.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet before it is kept: its lines and what they were made from."""

    year: int
    report: Report
    as_of: date
    run: str
    rulebook: str
    lines: Sequence[FillInLine]


def store_sheet(*, enterprise: str, sheet: NewSheet, actor: Actor) -> FillIn:
    """Keep a sheet; it is the newest of its report from now on. NianjianError enterprise_unknown."""
    code, lines = accounts.enterprise(enterprise).code, to_json(list(sheet.lines))
    with transaction.atomic():
        row = FillIn.objects.create(
            enterprise_id=code, year=sheet.year, report=sheet.report.value, as_of=sheet.as_of, run=sheet.run,
            rulebook=sheet.rulebook, lines=lines, made_at=clock.now(), made_by=str(actor),
        )  # fmt: skip
        over = [one.field for one in sheet.lines if one.over]
        unknown = sum(one.value is None for one in sheet.lines)
        data = {"run": sheet.run, "fields": len(sheet.lines), "unknown": unknown, "over": over}
        _note("fill_in", row, actor, data)
    return row


def _note(act: str, row: FillIn, actor: Actor, data: Mapping[str, object]) -> None:
    entry = {"year": row.year, "report": row.report, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=entry)


GONE: Final = frozenset(
    {"portrait_missing", "basis_not_computed", "rows_behind_erased"}
)  # then the field stays unknown
STOPPED: Final = "stopped"
Row = Mapping[str, object]


class Year:
    """What a data year tells; each part is gathered when a field first asks for it."""

    def __init__(self, enterprise: str, year: int) -> None:
        self.enterprise, self.year = enterprise, year
        try:
            self.values: Values | None = Values(enterprise, year)
        except NianjianError as error:
            if error.code not in GONE:
                raise
            self.values = None

    @property
    def as_of(self) -> date:
        """The portrait's day, else the last one of the data year."""
        return date(self.year, 12, 31) if self.values is None else self.values.head.as_of

    @property
    def run(self) -> str:
        """Of the portrait; "" where there is none."""
        return "" if self.values is None else self.values.head.run

    def of(self, field: Field) -> Known:
        """A field of the licence report; None: not known."""
        return SOURCES[field.source](self, field)

    @cached_property
    def licences(self) -> list[Licence]:
        """Those that hold on the day."""
        return list(versions_on(Licence, self.enterprise, self.as_of))

    @cached_property
    def lines(self) -> list[NetworkLine]:
        """Trunks that are in use on the day."""
        day = self.as_of
        rows = versions_on(NetworkLine, self.enterprise, day)
        return [one for one in rows if one.state != STOPPED and not (one.closed_on and one.closed_on <= day)]

    @cached_property
    def traffic(self) -> tuple[int, int] | None:
        """(Outbound, inbound) calls of the year; None: no run, its tables are gone, or no call was ever imported."""
        rows = self._of_run(lambda values: values.traffic)
        if rows is None or self._days_without_calls is None:
            return None
        return monthly_traffic.sum_traffic(rows, "outbound"), monthly_traffic.sum_traffic(rows, "inbound")

    @property
    def _days_without_calls(self) -> Mapping[str, Any] | None:
        return None if self.values is None else days_without_calls(self.values.portrait)

    def note(self, field: Field, _: Words) -> str:
        """What the reader must know of a figure of calls: days of the year that lack records; "" for nothing."""
        days = (self._days_without_calls or {}).get("unconfirmed") or {"count": 0}
        if field.source != "calls" or not days["count"]:
            return ""
        return _("{n} days of the year have no call records and no confirmed reason.").format(n=days["count"])

    @cached_property
    def replies(self) -> Fraction | None:
        """Tickets with a first response among those that count; None: there is no ticket, or no run."""
        tickets = self._of_run(lambda values: values.tickets)
        counted = [one for one in tickets or () if not one.not_in_closing]
        if not counted:
            return None
        return Fraction(sum(one.row.get("responded_at") is not None for one in counted), len(counted))

    @cached_property
    def numbers(self) -> list[Row]:
        """Those of the ledger that are the enterprise's own on the day."""
        return [row for row in list_numbers(self.enterprise, self.as_of) if in_force(row, self.as_of)]

    def _of_run(self, ask: Callable[[Values], Any]) -> Any:  # noqa: ANN401 -- what is asked for
        if self.values is None:
            return None
        try:
            return ask(self.values)
        except NianjianError as error:
            if error.code not in GONE:
                raise
            return None


def _licence(year: Year, field: Field) -> Known:
    attribute = {"licence_number": "number"}.get(field.name, field.name)
    return _all(getattr(one, attribute) for one in year.licences)


def _portrait(year: Year, field: Field) -> Known:
    if year.values is None:
        return None
    metric, name = portrait_component(field)
    missing = year.values.portrait.get("missing") or ()
    if any(one["code"] == "register_empty" and one["metric"] == metric for one in missing):
        return None
    by_metric = {one["slug"]: one["components"] for one in year.values.portrait["metrics"]}
    value = by_metric.get(metric, {}).get(name)
    return value if isinstance(value, int) else None


def _calls(year: Year, field: Field) -> Known:
    if year.traffic is None:
        return None
    outbound, inbound = year.traffic
    if field.name == "outbound_share":
        return Fraction(outbound, outbound + inbound) if outbound + inbound else None
    return outbound if field.name == "outbound" else inbound


def _numbers(year: Year, field: Field) -> Known:
    prefixes = number_prefixes(field)
    return sorted(str(row["root"]) for row in year.numbers if str(row.get("root") or "").startswith(prefixes)) or None


def _lines(year: Year, field: Field) -> Known:
    if not year.lines:
        return None
    carriers = {one.carrier for one in year.lines if one.carrier}
    return len(year.lines) if field.name == "lines" else sorted(carriers) or None


def _staff(year: Year, _field: Field) -> Known:
    """People, not rows: one has a row an employer and seat."""
    day = year.as_of
    rows = versions_on(Person, year.enterprise, day).only("staff_id", "identity", "joined_on", "left_on")
    here = {
        one.identity or one.staff_id
        for one in rows
        if not (one.joined_on and one.joined_on > day) and not (one.left_on and one.left_on <= day)
    }
    return len(here) or None


def _insured(year: Year, _field: Field) -> Known:
    """People, not rows: one has a row an insurance. What is not paid, or by another employer, does not count."""
    month, unpaid = f"{year.year}-12", set(get_rulebook(year.enterprise).items("reconcile.people.unpaid"))
    names = {accounts.enterprise(year.enterprise).name, *list_own_names(year.enterprise)}
    own = {fold_name(name) for name in names}
    rows = versions_on(Contribution, year.enterprise, date(year.year, 12, 31)).filter(month=month)
    paid = [
        one
        for one in rows.only("identity", "person", "payer", "state")
        if (one.state or "").strip() not in unpaid and (not one.payer or fold_name(one.payer) in own)
    ]
    return len({one.identity or one.person for one in paid} - {None}) or None


SOURCES: Final[Mapping[str, Callable[[Year, Field], Known]]] = {
    "licences": _licence,
    "portrait": _portrait,
    "calls": _calls,
    "tickets": lambda year, _field: year.replies,
    "numbers": _numbers,
    "lines": _lines,
    "staff": _staff,
    "social_insurance": _insured,
    "hand": lambda _year, _field: None,
}


def number_value(row: Row | None, field: Field) -> Known:
    """A field of the code-number report; None: not known, or the number was not there."""
    if row is None:
        return None
    match field.name:
        case "validity":
            since, until = row.get("valid_since"), row.get("valid_until")
            return None if since is None and until is None else f"{since or '?'} – {until or '?'}"
        case "filing":
            state = next((zh for zh, code in NUMBERS.by_field("filing").choices.items() if code == row["filing"]), None)
            parts = (state, row.get("filed_on"), row.get("carrier"), row.get("opened_on"))
            return " ".join(str(one) for one in parts if one) or None
        case name:
            value = row.get(name)
            return value if isinstance(value, str | int) else None


def _all(values: Iterable[str | None]) -> Known:
    """One value, or several that differ; None where none is known."""
    texts = sorted({one for one in values if one})
    return texts[0] if len(texts) == 1 else texts or None


PREFIXES: Final = "numbers.report.prefixes"
FORMS: Final[Mapping[str, tuple[str, Any]]] = {
    "pdf": ("application/pdf", document.pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", document.xlsx),
}


def get_report(name: str) -> Report:
    """The report of that name; dossier_report_unknown."""
    plain = name.replace("-", "_")
    if plain not in set(Report):
        raise NianjianError("dossier_report_unknown", report=name, reports=", ".join(Report))
    return Report(plain)


def enqueue_sheet(*, enterprise: str, year: int, report: Report, actor: Actor) -> str:
    """Put the making of a sheet; its job. NianjianError role_missing, enterprise_unknown."""
    require_writable(actor, enterprise, year, flow.NEEDS[flow.FILL_IN])
    code, payload = accounts.enterprise(enterprise).code, {"year": year, "report": report.value}
    return flow.enqueue_once(kind=flow.FILL_IN, enterprise=code, payload=payload, actor=actor)


def make_sheet(*, enterprise: str, year: int, report: Report, actor: Actor, progress: Progress = silent) -> FillIn:
    """Gather every field of a report and keep the sheet. Without a portrait its figures stay unknown.

    NianjianError role_missing, enterprise_unknown, and those of the registers and the lake.
    """
    require_writable(actor, enterprise, year, flow.NEEDS[flow.FILL_IN])
    rules = get_rulebook(enterprise)
    fields = list_fields(report, rules)
    step = Steps(progress, "", len(fields) + 2)
    step()
    now, before = Year(enterprise, year), Year(enterprise, year - 1)
    step()
    if report is Report.LICENCE:
        lines = []
        for field in fields:
            step()
            line = build_line(field, now.of(field), before.of(field))
            zh, en = (now.note(field, words(language)) for language in (CHINESE, ENGLISH))
            lines.append(replace(line, note_zh=line.note_zh + zh, note_en=f"{line.note_en} {en}".strip()))
    else:
        lines = _numbered(fields, now, before, tuple(str(one) for one in rules.items(PREFIXES)))
    sheet = NewSheet(year, report, now.as_of, now.run, rules.version, lines)
    return store_sheet(enterprise=enterprise, sheet=sheet, actor=actor)


def make_or_read_sheet(*, enterprise: str, year: int, report: Report, actor: Actor) -> FillIn:
    """A new sheet, or the newest one of a closed season; errors of `make_sheet`, ``dossier_fill_in_unknown``."""
    if year not in list_closed_years(enterprise):
        return make_sheet(enterprise=enterprise, year=year, report=report, actor=actor)
    require_permission(actor, enterprise, Permission.READ)
    return _newest(enterprise, year, report)


def _numbered(fields: list[Field], now: Year, before: Year, prefixes: tuple[str, ...]) -> list[FillInLine]:
    """Every number of the report with its fields; last year's are those of the same number."""
    last = {str(row.get("root")): row for row in before.numbers}
    roots = sorted((str(row["root"]), row) for row in now.numbers if str(row.get("root") or "").startswith(prefixes))
    return [
        build_line(
            field, number_value(row, field), known_by(number_value(last.get(root), field), before.year), number=root
        )
        for root, row in roots
        for field in fields
    ]


def run_sheet_job(*, enterprise: str, year: int, report: str, actor: Actor, progress: Progress) -> SheetOutcome:
    """The work of `enqueue_sheet`."""
    row = make_sheet(enterprise=enterprise, year=year, report=Report(report), actor=actor, progress=progress)
    return SheetOutcome(year, report, row.pk)


def find_newest_sheet(*, enterprise: str, year: int, report: Report, actor: Actor) -> FillInTold | None:
    """The newest sheet, personal values masked; None: none was made yet."""
    require_permission(actor, enterprise, Permission.READ)
    row = find_newest(enterprise, year, report)
    return None if row is None else sheet_to_document(row, full=False)


def reveal_sheet(*, enterprise: str, year: int, report: Report, actor: Actor) -> FillInTold:
    """The newest sheet in full, with an entry in the chain; dossier_fill_in_unknown."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    row = _newest(enterprise, year, report)
    sheet = sheet_to_document(row, full=True)
    _note("fill_in_revealed", row, actor, {"sheet": row.pk})
    return sheet


def download_sheet(*, enterprise: str, year: int, report: Report, form: str, actor: Actor) -> tuple[str, str, bytes]:
    """(Name, media type, content) of the newest sheet in full, with an entry in the chain.

    NianjianError role_missing, dossier_fill_in_unknown, export_form_unknown, drawing_failed.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    if form not in FORMS:
        raise NianjianError("export_form_unknown", form=form, forms=", ".join(FORMS))
    row = _newest(enterprise, year, report)
    _ = words(CHINESE)
    basis = describe_run_basis(enterprise, year, row.run, _)
    paper = build_document(accounts.enterprise(enterprise).name, sheet_to_document(row, full=True), basis, _)
    media, draw = FORMS[form]
    content: bytes = draw(paper)
    name = f"{paper.title}-{year}.{form}"
    _note("fill_in_taken", row, actor, {"sheet": row.pk, "sha256": {name: hashlib.sha256(content).hexdigest()}})
    return name, media, content


def write_sheet_files(*, enterprise: str, year: int, report: Report, folder: Path, actor: Actor) -> list[Path]:
    """Every form into a folder; nobody else may read them. As `download_sheet`, and dossier_folder_unusable."""
    place: dict[str, Any] = {"enterprise": enterprise, "year": year, "report": report, "actor": actor}
    downloads = [download_sheet(**place, form=form) for form in FORMS]
    return write_private_files(folder, {name: content for name, _media, content in downloads})


@dataclass(frozen=True, slots=True)
class EnteredField:
    """A field of a report as a person entered it; ``number``: of the code number that it is about, or "".

    ``text`` is null where the answer is repeated.
    """

    year: int
    report: str
    field: str
    number: str
    text: str | None


@operation(
    "fill_in.enter", on=DOSSIER, permission=Permission.MANAGE_DATA, path="/fill-in-values",
    answer=Answer(schema=EnteredField, document=lambda _request, _key, entered: entered, hidden=("text",)),
    body=Body("NewFillInValue", "``report`` and ``field`` as the sheet names them; an empty text takes it back."),
)  # fmt: skip
def enter_value(
    *, enterprise: str, actor: Actor, year: Annotated[Number, YEARS], report: Line, field: Line, number: Line = "",
    text: Text,
) -> EnteredField:  # fmt: skip
    """Enter a field of a yearly report; it is kept for the data year and proposed for the next.

    ``season_archived``, ``dossier_report_unknown``, ``fill_in_field_unknown``, ``fill_in_value_invalid``, and
    ``dossier_fill_in_unknown`` for a code number while there is no sheet that has it.
    """
    kind = get_report(report)
    texts = enter_values(enterprise=enterprise, year=year, report=kind, texts={(field, number): text}, actor=actor)
    return EnteredField(year, kind.value, field, number, texts[field, number])


def enter_values(
    *, enterprise: str, year: int, report: Report, texts: Mapping[tuple[str, str], str], actor: Actor
) -> Mapping[tuple[str, str], str]:
    """Enter several fields (field, number) in one audit entry, all or none; as they are kept. As `enter_value`."""
    require_writable(actor, enterprise, year, Permission.MANAGE_DATA)
    fields = {field.name: field for field in list_fields(report, get_rulebook(enterprise))}
    checked = {}
    for (name, number), text in texts.items():
        if name not in fields or bool(number) is not (report is Report.CODE_NUMBER):
            raise NianjianError("fill_in_field_unknown", field=name)
        checked[name, number] = check_entry(fields[name], text)
    parts = {_part(name, number): text for (name, number), text in checked.items()}
    there = set()
    if report is Report.CODE_NUMBER:
        there = {line.number for line in _read_lines(_newest(enterprise, year, report))}
    for (name, number), text in checked.items():
        if number and text and number not in there:
            raise NianjianError("fill_in_field_unknown", field=_part(name, number))
    store_statements(enterprise=enterprise, claim=_claim(report), year=year, texts=parts, actor=actor)
    return checked


def _claim(report: Report) -> str:
    return f"fill_in.{report.value}"


def _part(field: str, number: str) -> str:
    return f"{number}.{field}" if number else field


def _read_lines(row: FillIn) -> list[FillInLine]:
    return msgspec.json.decode(row.lines or "[]", type=list[FillInLine])


def _with_entries(row: FillIn) -> list[FillInField]:
    """The lines with what people entered for the sheet's year and the one before."""
    report = Report(row.report)
    fields = {field.name: field for field in list_fields(report, get_rulebook(row.enterprise_id))}
    place = row.enterprise_id, _claim(report)
    now, before = list_statements(*place, row.year), list_statements(*place, row.year - 1)
    proposals = list_proposals(*place, row.year)
    result = []
    for line in _read_lines(row):
        if line.field not in fields:  # of a rule that is no longer in force: as it was made
            result.append(FillInField(**asdict(line), entered=False, recorded=None, proposal=None))
            continue
        key = _part(line.field, line.number)
        texts = (getattr(statements.get(key), "text", None) for statements in (now, before, proposals))
        result.append(enter_line(line, fields[line.field], *texts))
    return result


def _newest(enterprise: str, year: int, report: Report) -> FillIn:
    row = find_newest(enterprise, year, report)
    if row is None:
        raise NianjianError("dossier_fill_in_unknown", year=year)
    return row


def sheet_to_document(row: FillIn, *, full: bool) -> FillInTold:
    """A sheet with what people entered; ``full`` False: personal values masked."""
    run = bases.find_filed_run(row.enterprise_id, row.year)
    lines = _with_entries(row)
    return FillInTold(
        **row_values(row, "year", "report", "as_of", "run", "rulebook", "made_at", "made_by"),
        outdated=run is not None and run.id != row.run,
        unknown=sum(one.value is None for one in lines),
        over=sum(bool(one.over) for one in lines),
        full=full,
        fields=lines if full else [_masked(one) for one in lines],
    )


def _masked(one: FillInField) -> FillInField:
    if not one.personal:
        return one
    texts = (one.value, one.before, one.recorded, one.proposal)
    value, before, recorded, proposal = (None if text is None else mask_text(text, Kind.TEXT) for text in texts)
    return replace(one, value=value, before=before, recorded=recorded, proposal=proposal)


# What people state where the data decide nothing: it fills the blanks of generated papers and is kept.


STATED: Final = Answer(schema=Blank, document=lambda _request, _key, blank: blank, hidden=("text", "proposal"))


def list_blanks(*, enterprise: str, year: int, item: str, actor: Actor) -> list[Blank]:
    """The parts of an item's claims that people can fill in; ``role_missing``, ``enterprise_unknown``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    return list(_read_blanks(enterprise, year, item))


def _read_blanks(enterprise: str, year: int, item: str, extra_claim: str = "") -> Iterator[Blank]:
    statements = load_statements(enterprise, year)
    for claim, texts in CLAIMS.items():
        if item not in texts.where and claim != extra_claim:
            continue
        proposals = {} if texts.standing else list_proposals(enterprise, claim, year)
        for part, label in texts.parts.items():
            counting, personal = statements.get(claim, {}).get(part), part in texts.personal
            shape = get_shape(claim, part)
            yield Blank(
                claim=claim,
                part=part,
                label=label,
                text=_show(counting, personal),
                stated_by=counting.by if counting else "",
                stated_at=counting.at if counting else None,
                standing=texts.standing,
                decided=bool(texts.released or texts.refused),
                proposal="" if counting else _show(proposals.get(part), personal),
                personal=personal,
                kind=shape.kind,
                choices=shape.choices,
            )


def _show(statement: StatementText | None, personal: bool) -> str:  # noqa: FBT001 -- of the part
    text = "" if statement is None else statement.text
    return mask_text(text, Kind.TEXT) if personal else text


@operation(
    "claims.state", on=DOSSIER, permission=Permission.MANAGE_DATA, path="/statements", answer=STATED,
    body=Body("NewStatement", "``claim`` and ``part`` as the item's statements name them; an empty text: none."),
)  # fmt: skip
def state_claim(
    *, enterprise: str, actor: Actor, year: Annotated[Number, YEARS], claim: Line, part: Line = TEXT, text: Text
) -> Blank:
    """State what the data do not tell, for a data year or, of a standing claim, until it is stated anew.

    ``season_archived``, ``claim_part_unknown``, ``statement_too_long``, ``statement_part_wrong``,
    ``statement_same_person``.
    """
    require_writable(actor, enterprise, year, Permission.MANAGE_DATA)
    _store(enterprise, year, {(claim, part): text}, actor)
    return next(one for one in _read_blanks(enterprise, year, "", claim) if (one.claim, one.part) == (claim, part))


def state_item(*, enterprise: str, year: int, texts: Mapping[tuple[str, str], str], actor: Actor) -> int:
    """State several parts (claim, part) at once, as a page does; how many claims changed. As `state_claim`."""
    require_writable(actor, enterprise, year, Permission.MANAGE_DATA)
    return _store(enterprise, year, texts, actor)


ISOLATION: Final = "sop_isolation"  # the claim with who isolates a channel, and who approves it


def _store(enterprise: str, year: int, texts: Mapping[tuple[str, str], str], actor: Actor) -> int:
    """One audit entry for each claim that changes; only claims of papers, others have rights of their own.

    Two people that a paper calls different are not one name: ``statement_same_person``.
    """
    by_claim: dict[str, dict[str, str]] = {}
    for (claim, part), text in texts.items():
        if claim not in CLAIMS or part not in CLAIMS[claim].parts or ITEMS.keys().isdisjoint(CLAIMS[claim].where):
            raise NianjianError("claim_part_unknown", claim=claim, part=part)
        by_claim.setdefault(claim, {})[part] = text
    if two := by_claim.get(ISOLATION):
        before = {part: statement.text for part, statement in list_statements(enterprise, ISOLATION, STANDING).items()}
        name, second = ((before | two).get(part, "") for part in ("name", "second"))
        if name and fold_name(name) == fold_name(second):
            raise NianjianError("statement_same_person", name=name)
    with transaction.atomic():
        return sum(
            bool(
                store_statements(
                    enterprise=enterprise,
                    claim=claim,
                    year=STANDING if CLAIMS[claim].standing else year,
                    texts=parts,
                    actor=actor,
                )
            )
            for claim, parts in by_claim.items()
        )
