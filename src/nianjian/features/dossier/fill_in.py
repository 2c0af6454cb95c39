"""The fill-in sheet of a report: fields with what is known, the change against last year, its document. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import credit_code
from nianjian.engines.paper.official import format_code
from nianjian.engines.paper.texts.claims import BLANK
from nianjian.engines.paper.texts.dossier import ENTERED, FILL_IN_CHANGES, REPORTS, SOURCES
from nianjian.engines.paper.words import Words
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.documents import FillInField, FillInLine, FillInTold
from nianjian.features.dossier.generated.document import DASH, ISO_DAY, Cell, Document, Section, Table, method_line

HUNDREDTH: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
Known = str | int | Fraction | Sequence[str] | None


class ChangeKind(StrEnum):
    """How this year's value stands to last year's."""

    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # one of the two is not known


@dataclass(frozen=True, slots=True)
class Change:
    """``relative``: the change as a share of last year's value; None: no figures, or last year's was 0.

    ``over``: whether it is more than the limit; None: there is no limit, or it cannot be told.
    """

    kind: ChangeKind
    relative: Fraction | None = None
    over: bool | None = None


def compare_values(now: Known, before: Known, limit: Decimal | None) -> Change:
    """Compare; a limit is exceeded by more than itself (超), on whole numbers, never on rounded ones."""
    if now is None or before is None:
        return Change(ChangeKind.UNKNOWN)
    kind = ChangeKind.SAME if _plain(now) == _plain(before) else ChangeKind.DIFFERS
    if not isinstance(now, int | Fraction) or not isinstance(before, int | Fraction):
        return Change(kind)
    if before == 0:
        over = None if limit is None or now != 0 else False
        return Change(kind, Fraction(0) if now == 0 else None, over)
    relative = abs(Fraction(now) - Fraction(before)) / abs(Fraction(before))
    return Change(kind, relative, None if limit is None else relative > Fraction(limit))


def _plain(value: Known) -> object:
    return value if value is None or isinstance(value, str | int | Fraction) else sorted(value)


def percent(value: Fraction) -> str:
    """A share in percent with two decimals, as it is shown; nothing is compared after it.

    Only the whole is written as 100: rounding says of nothing that it is complete.
    """
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    whole = HUNDRED - HUNDREDTH < exact < HUNDRED
    return str(exact.quantize(HUNDREDTH, ROUND_DOWN if whole else ROUND_HALF_UP))


def known_by(value: Known, year: int) -> Known:
    """A value of a past year; a day after it was not known then, though the register's row of that year names it."""
    later = isinstance(value, str) and ISO_DAY.fullmatch(value) and value > f"{year}-12-31"
    return None if later else value


def build_document(enterprise: str, sheet: FillInTold, basis: str, _: Words) -> Document:
    """What nobody knows is left to be filled in; ``basis``: in words, "" for none."""
    lines = sheet.fields
    numbered = any(one.number for one in lines)
    header = (
        *((_("Code number"),) if numbered else ()),
        _("Field"), _("Value"), _("Source"), _("Last year"), _("Against last year"),
    )  # fmt: skip
    rows = tuple(_row(one, numbered, _) for one in lines)
    title = _(REPORTS[sheet.report])
    over = [one for one in lines if one.over]
    notes = [
        _("Only fields named by a source are listed; the platform's own form may ask for more or use other names.")
    ]
    notes += [_("{name}: {value}").format(name=one.title_zh, value=one.note_zh) for one in lines if one.note_zh]
    return Document(
        item="fill_in",
        title=title,
        enterprise=enterprise,
        facts=(
            (_("Enterprise"), enterprise),
            (_("Data year"), str(sheet.year)),
            (_("As of"), str(sheet.as_of)),
            *(((_("Basis"), basis),) if basis else ()),
            (_("Still to be filled in"), _names([line for line in lines if line.value is None], _)),
            (_("Different from the records"), _names([line for line in lines if line.recorded], _)),
            (_("Changes above the limit"), _names(over, _)),
        ),
        code=format_code(item="fill_in", year=sheet.year, run=sheet.run, rules=sheet.rulebook),
        signed=False,
        sections=(Section(_("How to read it"), tuple(map(method_line, notes))),),
        tables=(Table(_("Fields"), header, rows, shares=(3, 5, 7, 5, 7, 5) if numbered else (6, 9, 5, 9, 5)),),
        wide=True,
    )


def _names(lines: Sequence[FillInField], _: Words) -> str:
    return JOIN.join(dict.fromkeys(line.title_zh for line in lines)) or _("none")


def _row(one: FillInField, numbered: bool, _: Words) -> tuple[Cell, ...]:  # noqa: FBT001 -- whether the first column is there
    return (
        *((one.number,) if numbered else ()),
        one.title_zh,
        BLANK if one.value is None else format_entry(one, _),
        source_text(one, _),
        DASH if one.before is None else one.before,
        format_change(one, _),
    )


def format_entry(one: FillInField, _: Words) -> str:
    """A value, with what the records know where a person entered something else."""
    value = str(one.value)
    if one.recorded is None:
        return value
    return _("{value} (the records: {recorded})").format(value=value, recorded=one.recorded)


def source_text(one: FillInField, _: Words) -> str:
    """Where a value comes from."""
    return _(ENTERED if one.entered else SOURCES[one.source])


def format_change(one: FillInField, _: Words) -> str:
    """What differs from last year, in words."""
    text = _(FILL_IN_CHANGES[one.change])
    if one.percent is None:
        return text
    if one.over:
        return _("{percent} %, above {limit} %").format(percent=one.percent, limit=one.limit)
    return _("{percent} %").format(percent=one.percent) if one.change == "differs" else text


JOIN: Final = "、"


class Report(StrEnum):
    """Which of the two yearly reports."""

    LICENCE = "licence"  # 许可年报
    CODE_NUMBER = "code_number"  # 码号年报


class FieldKind(StrEnum):
    """How a field is written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0 to 1; written in percent
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the rulebook has it. ``source``: which records know it, ``hand``: none here does.

    ``limit``: the change against last year above which a person is said to look, of the rule ``limit_key``.
    """

    name: str
    rule: Rule
    kind: FieldKind
    source: str
    personal: bool
    limit: Decimal | None
    limit_key: str


def list_fields(report: Report, rules: Rulebook) -> list[Field]:
    """The report's fields on the rulebook's day, in the order of the form."""
    under = f"fill_in.{report.value}."
    fields = [_field(one, under, rules) for one in rules.in_force.values() if one.key.startswith(under)]
    return sorted(fields, key=lambda field: int(_value(field.rule)["order"]))


def _field(rule: Rule, under: str, rules: Rulebook) -> Field:
    definition = _value(rule)
    key = str(definition.get("limit", ""))
    return Field(
        name=rule.key.removeprefix(under),
        rule=rule,
        kind=FieldKind(str(definition["kind"])),
        source=str(definition["source"]),
        personal=definition.get("personal") is True,
        limit=rules.decimal(key) if key else None,
        limit_key=key,
    )


def _value(rule: Rule) -> Mapping[str, Any]:
    return rule.value if isinstance(rule.value, Mapping) else {}


def portrait_component(field: Field) -> tuple[str, str]:
    """Metric and component of the portrait's run that a field of source ``portrait`` takes its value from."""
    definition = _value(field.rule)
    return str(definition["metric"]), str(definition["component"])


def number_prefixes(field: Field) -> tuple[str, ...]:
    """Beginnings of the numbers that a field lists."""
    return tuple(str(one) for one in _value(field.rule).get("prefixes", ()))


def build_line(field: Field, now: Known, before: Known, *, number: str = "") -> FillInLine:
    """A field with its value, last year's and what differs. ``number``: of the code number that it is about."""
    change = compare_values(now, before, field.limit)
    return FillInLine(
        field=field.name,
        number=number,
        title_zh=field.rule.title_zh,
        title_en=field.rule.title_en,
        note_zh=field.rule.note_zh,
        note_en=field.rule.note_en,
        rule=field.rule.key,
        level=str(field.rule.level),
        citation=field.rule.citation,
        source=field.source,
        personal=field.personal,
        value=format_value(now, field.kind),
        before=format_value(before, field.kind),
        change=change.kind.value,
        percent=None if change.relative is None else percent(change.relative),
        over=change.over,
        limit=None if field.limit is None else percent(Fraction(field.limit)),
        limit_rule=field.limit_key,
    )


def check_entry(field: Field, text: str) -> str:
    """What a person enters, as the form takes it; "" takes it back. ``fill_in_value_invalid``."""
    plain = unicodedata.normalize("NFKC", text).strip() if field.kind is not FieldKind.TEXT else text.strip()
    if not plain:
        return ""
    if field.name == CREDIT_CODE:
        return credit_code(plain).text
    match field.kind:
        case FieldKind.COUNT:
            plain = plain.replace(",", "")
            fits = plain.isascii() and plain.isdecimal()
        case FieldKind.SHARE:
            plain = plain.removesuffix("%").strip()
            fits = SHARE.fullmatch(plain) is not None and Decimal(plain) <= HUNDRED
            plain = f"{plain}%"
        case FieldKind.LIST:
            parts = [part.strip() for part in SEPARATORS.split(plain)]
            plain, fits = JOIN.join(part for part in parts if part), any(parts)
        case _:
            fits = True
    if not fits:
        raise NianjianError("fill_in_value_invalid", field=field.rule.title_zh)
    return plain


CREDIT_CODE: Final = "credit_code"
SHARE: Final = re.compile(r"\d{1,3}(\.\d{1,4})?")
SEPARATORS: Final = re.compile("[、,;]")


def parse_value(text: str | None, kind: FieldKind) -> Known:
    """A value as it is written, to be compared; None where it is none of its kind."""
    if text is None:
        return None
    match kind:
        case FieldKind.COUNT:
            return int(text) if text.isdecimal() else None
        case FieldKind.SHARE:
            plain = text.removesuffix("%")
            return Fraction(Decimal(plain)) / 100 if SHARE.fullmatch(plain) else None
        case FieldKind.LIST:
            return text.split(JOIN)
        case _:
            return text


def enter_line(
    line: FillInLine, field: Field, entered: str | None, before: str | None, proposal: str | None
) -> FillInField:
    """A line of a sheet with what a person entered for the year and for the one before.

    ``recorded``: what the records know where a person entered something else; ``proposal``: what may be entered where
    nothing is known, of an earlier year.
    """
    recorded = line.value
    value = recorded if entered is None else entered
    earlier = line.before if before is None else before
    change = compare_values(parse_value(value, field.kind), parse_value(earlier, field.kind), field.limit)
    same = _plain(parse_value(recorded, field.kind)) == _plain(parse_value(value, field.kind))
    exact = entered is None and before is None  # as computed from the records, before anything was rounded
    if not exact:
        relative = None if change.relative is None else percent(change.relative)
        line = replace(line, value=value, before=earlier, change=change.kind.value, percent=relative, over=change.over)
    return FillInField(
        **asdict(line),
        entered=entered is not None,
        recorded=None if same or entered is None else recorded,
        proposal=None if value is not None else proposal if proposal is not None else earlier,
    )


def format_value(value: Known, kind: FieldKind) -> str | None:
    """As it is typed into the form; None: not known."""
    if value is None or value == "" or (isinstance(value, Sequence) and not value):
        return None
    if isinstance(value, Fraction):
        return f"{percent(value)}%" if kind is FieldKind.SHARE else str(value)
    if isinstance(value, str | int):
        return str(value)
    return JOIN.join(value)
