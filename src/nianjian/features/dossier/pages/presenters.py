"""Words, tables and forms of the checklist, and its page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import actor_texts
from nianjian.engines.paper.texts.dossier import ITEMS, NEXT, NEXT_GENERATED, NEXT_MADE, STATES, VERDICTS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import CHINESE, words
from nianjian.engines.rules.rule import Rule
from nianjian.features.dossier import materials
from nianjian.features.dossier.materials import TEXT_LENGTH, Line
from nianjian.features.dossier.models import Version
from nianjian.features.dossier.operations.checklist import LIMIT, get_rulebook
from nianjian.features.dossier.operations.overrulings import list_scan_overruled
from nianjian.features.dossier.operations.package import GENERATED, portrait_of_item
from nianjian.features.dossier.operations.sealed_book import find_sealed_scan
from nianjian.features.dossier.states import ANSWER, EXPLANATION, finding_text, is_overruled, read_fields
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web.access import Request
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current, say_pair
from nianjian.platform.web.receiving import Receiving
from nianjian.platform.web.rule_values import LEVELS
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import fault as fault_text
from nianjian.platform.web.work import person, progressing


def day_field(label: Any, hint: Any = "", *, required: bool = False) -> forms.DateField:  # noqa: ANN401 -- lazy texts
    """A field for a day."""
    return DayField(label=label, required=required, help_text=hint)


def text_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.CharField:  # noqa: ANN401 -- the same
    """A box for a reason, a comment or an answer."""
    box = forms.Textarea({"rows": 2})
    return forms.CharField(label=label, required=required, max_length=TEXT_LENGTH, widget=box, help_text=hint)


CLEAR: Final = "clear:"  # before the name of a personal field: whether it is taken back


def clear_field(label: str) -> forms.BooleanField:
    """A box that takes back a text that is masked and therefore cannot be emptied in its own field."""
    return forms.BooleanField(label=gettext("Withdraw “{field}”").format(field=label), required=False)


def form_errors(form: forms.Form) -> str:
    """What is wrong with a form, a sentence a field."""
    return " ".join(say_pair(form.fields[name].label, texts[0]) for name, texts in form.errors.items())


def attach_sealed(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Give a file out as it came; a browser runs nothing in it."""
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return as_attachment(answer, name)


def take_files(request: Request, handler: Receiving, keep: Callable[..., object]) -> int:
    """Hand over what came (``name``, ``content``); what is refused is told, and that nothing was chosen. How many."""
    faults, taken = list(handler.faults), 0
    for one in handler.files:
        try:
            keep(name=one.name, content=one.content(LIMIT))
        except NianjianError as fault:
            faults.append(fault)
        else:
            taken += 1
    for refused in faults:
        messages.error(request, fault_text(refused))
    if not taken and not faults:
        messages.error(request, gettext("Choose a file first."))
    return taken


def work_context(code: str, jobs: Sequence[JobValue | None]) -> dict[str, object]:
    """The first of the jobs with its progress, and how many wait behind it."""
    if not jobs or jobs[0] is None:
        return {"working": False}
    return {"working": True, "behind": len(jobs) - 1, **progressing(code, jobs[0])}


def cards(title: str, heads: Iterable[str], rows: Sequence[Sequence[Cell]], *, wrap: bool = False) -> Table:
    """A table, not empty, whose rows stand by themselves on a narrow screen; heads of figures are to the right."""
    figures = [one.figure for one in rows[0]]
    columns = [Column(head, figure) for head, figure in zip(heads, figures, strict=True)]
    return Table(title, columns, rows, wrap=wrap, cards=True)


BADGES: Final = {
    "missing": "bad",
    "returned": "bad",
    "not_ready": "bad",
    "to_confirm": "warn",
    "expired": "bad",
    "blank": "warn",
    "ready": "good",
    "not_applicable": "na",
    "needs_person": "warn",
}
WEIGHTS: Final = {"stop": "bad", "ask": "warn", "note": "plain"}
WEIGHED: Final = {weight: place for place, weight in enumerate(WEIGHTS)}  # the gravest first


def item_title(item: str) -> str:
    """Name of an item as a heading."""
    name = words(current())(ITEMS[item])
    return name[:1].upper() + name[1:]


def state_badge(code: str) -> Cell:
    """State of an item as a badge."""
    return Cell(words(current())(STATES[code]), badge=BADGES[code])


def verdict_badge(code: str) -> Cell:
    """Verdict of a check as a badge."""
    return Cell(words(current())(VERDICTS[code]), badge=BADGES[code])


def next_step(line: Line) -> str:
    """What to do next about an item; "" where nothing is."""
    steps, state = NEXT, line.state.value
    if line.item in GENERATED:
        steps = NEXT_MADE if portrait_of_item(line) else NEXT_GENERATED
    return words(current())(steps[state]) if state in steps else ""


def rule_source(rule: Rule) -> dict[str, str]:
    """Where a rule beside an item comes from, in the reader's language; only law and a regulator's notice bind."""
    chinese, _ = current() == CHINESE, words(current())
    return {
        "key": rule.key,
        "title": rule.title_zh if chinese else rule.title_en,
        "level": code_name("level", str(rule.level), _),
        "badge": LEVELS[str(rule.level)],
        "citation": rule.citation,
        "text": rule.text_zh or (rule.value if isinstance(rule.value, str) else ""),
        "note": rule.note_zh if chinese else rule.note_en,
    }


def version_view(row: Version, newest: int) -> dict[str, Any]:
    """A version of an item; ``open``: one may still stand for it or send it back."""
    _ = words(current())
    report = materials.read_report(row)
    return {
        "number": row.number,
        "name": row.name or "",
        "verdict": verdict_badge(row.verdict),
        "facts": _facts(row),
        "findings": finding_sentences(report.get("findings", ())),
        "fields": read_fields(report.get("fields", {}), _),
        "returned": row.returned_reason,
        "open": row.number == newest and row.returned_at is None,
        "ready": row.verdict != "not_ready",
        "pages": row.pages,
        "sealed": _sealed_sentence(row),
    }


def _sealed_sentence(row: Version) -> str:
    """Since when the sealed scan of a version is here, and its pages; "": it is not."""
    scan = find_sealed_scan(row)
    if scan is None:
        return ""
    text = gettext("Sealed scan: {pages} pages, brought in on {day} by {person}.").format(
        pages=row.pages, day=format_moment(scan.recorded_at), person=person(scan.recorded_by)
    )
    for one in list_scan_overruled(scan):
        text += " " + gettext("Overruled by {first} and {second}: {reason}").format(
            first=person(one.asked_by), second=person(one.approved_by), reason=one.reason
        )
    least = get_rulebook(row.material.enterprise_id).integer("materials.scan.dpi")
    if scan.dpi is None or scan.dpi >= least:
        return text
    coarse = gettext("It has {dpi} dpi, at least {least} dpi are required: scan the sealed book again.")
    return f"{text} {coarse.format(dpi=scan.dpi, least=least)}"


def finding_sentences(findings: Iterable[dict[str, Any]]) -> list[tuple[str, int | None, str]]:
    """(Badge, page or None, sentence) of each, the gravest first; what two people overruled says so."""
    weighed = [("note" if is_overruled(one) else str(one["weight"]), one) for one in findings]
    gravest = sorted(weighed, key=lambda pair: (WEIGHED[pair[0]], pair[1]["page"] or 0))
    return [(WEIGHTS[weight], one["page"], _finding_sentence(one)) for weight, one in gravest]


def _finding_sentence(one: Mapping[str, Any]) -> str:
    sentence = finding_text(one["code"], {"page": one["page"], **one["values"]}, words(current()))
    if answer := one.get(EXPLANATION):
        return gettext("{finding} – explained by {person} on {day}: {text}").format(
            finding=sentence, person=person(answer["by"]),
            day=format_moment(datetime.fromisoformat(answer["at"])), text=answer["text"],
        )  # fmt: skip
    if not is_overruled(one):
        return sentence
    answer = one[ANSWER]
    asker, approver = actor_texts([answer["asked_by"], answer["approved_by"]], words(current()))
    return gettext("{finding} – overruled by {one} and {other} on {day}: {reason}").format(
        finding=sentence, one=asker, other=approver,
        day=format_moment(datetime.fromisoformat(answer["approved_at"])), reason=answer["reason"],
    )  # fmt: skip


def _facts(row: Version) -> list[tuple[str, str]]:
    facts = [
        (gettext("Uploaded"), f"{format_moment(row.recorded_at)} · {person(row.recorded_by)}"),
        (gettext("Number of pages"), str(row.pages or "–")),
        (gettext("Checksum"), row.sha256[:12]),
    ]
    if row.reused_from is not None:
        facts.append((gettext("Taken over from"), str(row.reused_from)))
    if row.confirmed_at is not None:
        facts.append((gettext("Confirmed"), f"{format_moment(row.confirmed_at)} · {person(row.confirmed_by)}"))
        facts.append((gettext("Valid from"), str(row.effective_on or "–")))
        facts.append((gettext("Holds until"), str(row.valid_until or "–")))
    if row.returned_at is not None:
        facts.append((gettext("Sent back"), f"{format_moment(row.returned_at)} · {person(row.returned_by)}"))
    return facts


def place(request: Request, code: str, year: int) -> dict[str, Any]:
    """The season that an operation is about, and who asks for it; 404 where there can be none."""
    return {"enterprise": code, "year": require_year(year), "actor": request.actor}


def require_year(year: int) -> int:
    """The year, if there can be a season of it; else 404."""
    if not clock.FIRST_DAY.year <= year <= clock.LAST_DAY.year:
        raise Http404
    return year
