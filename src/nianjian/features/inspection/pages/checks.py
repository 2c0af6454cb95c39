"""The front of the on-site check, and its parts; each shows the newest check and leads to a new one."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.states import State
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.texts import inspection
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.engines.paper.texts.claims import DECLARED, NO, YES
from nianjian.engines.paper.texts.inspection import PARTS
from nianjian.engines.paper.texts.platform import BADGES, STATES
from nianjian.engines.paper.words import Words, pair_text, words
from nianjian.features.inspection.documents import SheetRow
from nianjian.features.inspection.operations import declarations, readiness
from nianjian.features.inspection.operations.day import build_sheet
from nianjian.features.inspection.queries import Json
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers.models import Team
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.forms import form as operation_form
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Table, card_table
from nianjian.platform.web.work import person

RULE_PAGES: Final[Mapping[str, str]] = {
    "S1": "inspection-day", "S2": "reconcile", "S3": "reconcile", "S4": "callback", "S5": "inspection-dialling",
    "S6": "inspection-retention", "S7": "inspection-answers", "S8": "complaints", "S9": "screens",
    "S10": "inspection-drill", "M15": "dossier",
}  # fmt: skip
#: Checks that are mended elsewhere than their row is shown; a name's beginning stands for all of its kind.
CHECK_PAGES: Final[Mapping[str, str]] = {
    "callback": "callback", "predictive": "inspection-dialling", "control": "gate", "number_filing": "reconcile",
    **dict.fromkeys(("one_click", "own_numbers", "number_use", "robot_abilities"), "inspection-answers"),
    "tickets_in_time": "complaints", "screens_seen": "inspection-day",
}  # fmt: skip


def parse_day(text: str) -> date:
    """The day of an address or a form, YYYY-MM-DD and what follows; Http404 where it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Http404 from error


def rule_address(code: str, rule: str) -> str:
    """The page of a row; "" for what belongs to none."""
    return reverse(RULE_PAGES[rule], kwargs={"code": code}) if rule in RULE_PAGES else ""


def check_address(code: str, check: str, rule: str) -> str:
    """The page where a check is looked after: its own, else that of its row."""
    return reverse(CHECK_PAGES[check], kwargs={"code": code}) if check in CHECK_PAGES else rule_address(code, rule)


def _suspect_groups(seen: Json, _: Words) -> Table:
    heads = (
        gettext("source"), gettext("evidence"), gettext("context"), gettext("application"), gettext("calls"),
        gettext("first"), gettext("last"),
    )  # fmt: skip
    rows = [
        [
            Cell(one["source"]),
            Cell(_(inspection.EVIDENCE[one["evidence"]])),
            Cell(one["context"] or "–"),
            Cell(one["application"] or "–"),
            Cell(one["calls"], figure=True),
            Cell(one["from"] or "–", day=True),
            Cell(one["to"] or "–", day=True),
        ]
        for one in seen["groups"]
    ]
    title = gettext("Possibly unregistered robots: to be checked by a person")
    return card_table(title, heads, rows, figures=[4])


def _suspect_rows(seen: Json, _: Words) -> Table:
    heads = (
        gettext("at"), gettext("source"), gettext("call"), gettext("called"), gettext("evidence"),
        gettext("application"), gettext("call (seconds)"),
    )  # fmt: skip
    rows = [
        [
            Cell(one["at"] or "–"),
            Cell(one["source"]),
            Cell(one["call"]),
            Cell(one["callee"] or "–"),
            Cell(_(inspection.EVIDENCE[one["evidence"]])),
            Cell(one["application"] or "–"),
            Cell("–" if one["talk_s"] is None else one["talk_s"], figure=True),
        ]
        for one in seen["rows"]
    ]
    return card_table(gettext("The newest of these calls"), heads, rows, figures=[6])


DIALLING: Final = "dialling"


def _offer_answers() -> list[tuple[str, str]]:
    _ = words(current())
    return [(value, _(inspection.ANSWERS[answer])) for value, answer in (("", None), (YES, True), (NO, False))]


DeclareForm: Final = operation_form(declarations.declare_facts, choices=dict.fromkeys(DECLARED, _offer_answers))
LOGS: Final = {"ok": "good", "gap": "bad", "too_short": "bad", "unknown": "open"}
VERDICTS: Final = {"found": "bad", "not_found": "good", "unknown": "open"}
RECORDINGS: Final = {"missing": "bad", "empty": "bad", "too_short": "bad"}
CARDS: Final = {"released": "good", "refused": "bad", "unknown": "open"}
STRETCHES: Final = 3  # holes that are named in a cell; their number tells of the others


def present_retention(result: Json, _: Words) -> Json:
    """Each kind of log, how far it reaches, and its holes."""
    heads = (
        gettext("log"), gettext("state"), gettext("must reach back to"), gettext("oldest record"),
        gettext("without a gap since"), gettext("missing days"), gettext("why"),
    )  # fmt: skip
    rows = [
        [
            Cell(_(inspection.LOGS[one["log"]])),
            Cell(_(inspection.LOG_STATES[one["state"]]), badge=LOGS[one["state"]]),
            Cell(one["must_reach"], day=True),
            Cell(one["oldest"] or "–", day=True),
            Cell(one["unbroken_since"] or "–", day=True),
            Cell(_gaps(one)),
            Cell("; ".join([
                _(inspection.LOG_WHYS[one["why"]]),
                *(pair_text(_(inspection.EXCUSES[name]), count, _) for name, count in one["excused"].items()),
            ])),
        ]
        for one in result["logs"]
    ]  # fmt: skip
    table = card_table(_(inspection.PARTS["retention"]), heads, rows)
    sample = result.get("sample")  # an older look has none
    return {"tables": [table]} if sample is None else _present_sample(table, sample, _)


def _present_sample(logs: Table, sample: Json, _: Words) -> Json:
    """The logs, what was found of the sampled recordings, and the calls without theirs."""
    rows = [
        [
            Cell(text, figure=place > 3, badge=RECORDINGS.get(one["verdict"], "warn") if place == 3 else "")  # noqa: PLR2004 -- as above
            for place, text in enumerate(row)
        ]
        for one, row in zip(sample["failing"], inspection.sample_rows(sample, _), strict=True)
    ]
    heads, title = inspection.sample_headings(_), gettext("Sampled calls without their recording")
    calls = [card_table(title, heads, rows, figures=range(4, len(heads)))] if rows else []
    return {"tables": [logs, *calls], "pairs": inspection.sample_facts(sample, _)}


def _gaps(one: Json) -> str:
    spans = [" – ".join(dict.fromkeys((gap["from"], gap["to"]))) for gap in one["gaps"][:STRETCHES]]
    more = ["…"] if len(one["gaps"]) > STRETCHES else []
    _ = words(current())
    return pair_text(one["missing_days"], _(", ").join([*spans, *more]), _) if spans else "0"


def present_dialling(result: Json, _: Words) -> Json:
    """Each team's verdict with its figures, robots, and the calls that show it."""
    names = dict(versions_on(Team, result["enterprise"], clock.today()).values_list("key", "name"))
    heads = (
        gettext("team"), gettext("verdict"), gettext("calls"), gettext("answered"), gettext("without an agent"),
        gettext("dialled over"), gettext("hours in which it shows"), gettext("why"),
    )  # fmt: skip
    rows = [
        [
            Cell(_team_text(one["team"], names) or gettext("without a team")),
            Cell(_(inspection.VERDICTS[one["verdict"]]), badge=VERDICTS[one["verdict"]]),
            *(Cell(count_text(one[name]), figure=True) for name in ("calls", "answered", "alone", "over", "showing")),
            Cell(_(inspection.DIALLING_WHYS[one["why"]])),
        ]
        for one in result["teams"]
    ]
    tables = [card_table(gettext("Teams"), heads, rows, figures=range(2, 7))]
    calls = [[_team_text(team["team"], names) or "–", one] for team in result["teams"] for one in team["rows"]]
    if calls:
        tables.append(_calls(calls))
    ai, put = result["ai"], result["ai"]["transfers"]
    seen = ai.get("suggested")  # an older look did not ask
    if seen is not None and seen["groups"]:
        tables += [_suspect_groups(seen, _), _suspect_rows(seen, _)]
    seconds = "–" if put["middle_ms"] is None else f"{put['middle_ms'] / 1000:.3f} / {put['longest_ms'] / 1000:.3f}"
    pairs = [
        (gettext("Days checked"), f"{result['from']} – {result['to']}"),
        (gettext("Predictive dialling"), _(inspection.VERDICTS[result["verdict"]])),
        (gettext("AI outbound"), _(inspection.VERDICTS[ai["verdict"]])),
        (gettext("Robot seats open, filed"), f"{ai['seats']['open']} / {ai['seats']['filed']}"),
        (gettext("Calls of robots, answered"), f"{count_text(ai['calls'])} / {count_text(ai['answered'])}"),
        (gettext("Transfers: requested, immediate"), f"{count_text(put['asked'])} / {count_text(put['in_time'])}"),
        (gettext("“Immediate”: at most (seconds)"), str(ai["limit_s"])),
        (gettext("Median and longest wait for a human (seconds)"), seconds),
    ]
    if seen is not None:
        text = f"{_(inspection.SUGGESTED[seen['verdict']])} ({count_text(seen['calls'])})"
        pairs.insert(3, (gettext("Unregistered robots"), text))
    return {"pairs": pairs, "tables": tables}


def _team_text(team: str | None, names: Mapping[str, str | None]) -> str:
    """A team's code with its name, where the register has one."""
    name = names.get(team or "")
    return f"{team} {name}" if name else team or ""


def _calls(calls: list[list[Json]]) -> Table:
    heads = (
        gettext("team"), gettext("at"), gettext("called"), gettext("ringing"), gettext("agents free"),
        gettext("answered"), gettext("with an agent"),
    )  # fmt: skip
    yes = {True: gettext("yes"), False: gettext("no")}
    rows = [
        [
            Cell(team), Cell(one["at"]), Cell(one["callee"] or "–"), Cell(one["ringing"], figure=True),
            Cell(one["free"], figure=True), Cell(yes[one["answered"]]), Cell(yes[one["agent"]]),
        ]
        for team, one in calls
    ]  # fmt: skip
    return card_table(gettext("Calls that show it, from each team's most obvious hour"), heads, rows, figures=[3, 4])


def present_answers(result: Json, _: Words) -> Json:
    """Each card: question, what may be said, its figures, what is lacking and the way there."""
    cards = [
        {
            "card": one["card"],
            "question": _(inspection.CARDS[one["card"]]),
            "state": _(inspection.CARD_STATES[one["state"]]),
            "badge": CARDS[one["state"]],
            "said": inspection.format_answer(one, result["at"][:10], _),
            "figures": inspection.answer_figures(one, _),
            "lacks": inspection.answer_lacks(one, _),
            "steps": inspection.answer_steps(one, _),
            "since": one.get("from"),
            "state_at": one["card"] in DECLARED,
        }
        for one in result["cards"]
    ]
    return {"cards": cards}


PRESENTERS: Final[Mapping[str, Callable[[Json, Words], Json]]] = {
    "answers": present_answers,
    DIALLING: present_dialling,
    "retention": present_retention,
}


@require_safe
@page(Permission.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Show the ten rows of the guide as they were last looked at, one of them with its evidence beside the list."""
    _ = words(current())
    sheet = build_sheet(enterprise=code, actor=request.actor)
    rows = sheet.rows
    failing = [one.rule for one in rows if one.state != State.PASSED]
    chosen = request.GET.get("row", "") or next(iter(failing), rows[0].rule)
    if all(one.rule != chosen for one in rows):
        raise Http404
    last_check = sheet.looked_at
    context = _page_context(request, code, "readiness", None) | {
        "title": gettext("Ten checks"),
        "sum": [
            (BADGES[state], gettext("{count} {state}").format(count=count, state=_(STATES[state])))
            for state, count in sheet.counts.items()
            if count
        ],
        "looked": "" if last_check is None else format_moment(datetime.fromisoformat(last_check)),
        "visit": sheet.visit,
        "rows": [_describe_row(code, one, chosen, _) for one in rows],
        "unasked": "row" not in request.GET,
        "peek": _describe_peek(code, next(one for one in rows if one.rule == chosen), _),
    }
    return render(request, "inspection/front.html", context)


def _describe_row(code: str, row: SheetRow, chosen: str, _: Words) -> Json:
    """A row of the list: its state, and the evidence that makes it so."""
    worst = next((one for one in row.evidence if one.state == row.state), None)
    why = gettext("not checked yet") if worst is None else texts.evidence_reason(worst.why, _)
    return {
        "rule": row.rule,
        "title": _(texts.ROWS[row.rule]),
        "badge": BADGES[row.state],
        "state": _(STATES[row.state]),
        "why": why if worst is None else pair_text(texts.evidence_name(worst.check, _), why, _),
        "href": rule_address(code, row.rule),
        "here": row.rule == chosen,
    }


def _describe_peek(code: str, row: SheetRow, _: Words) -> Json:
    """The chosen row with all of its evidence, each leading to where it is mended."""
    return {
        "title": _(texts.ROWS[row.rule]),
        "badge": BADGES[row.state],
        "state": _(STATES[row.state]),
        "href": rule_address(code, row.rule),
        "checks": [
            {
                "name": texts.evidence_name(one.check, _),
                "href": check_address(code, one.check, row.rule),
                "badge": BADGES[one.state],
                "state": _(STATES[one.state]),
                "why": texts.evidence_reason(one.why, _),
                "day": format_day(date.fromisoformat(one.day)) if one.day else "",
            }
            for one in row.evidence
        ],
    }


def _describe_declarations(request: Request, code: str, _: Words) -> Json:
    """What the enterprise states of its dialling, and the form for whoever may state it."""
    facts = declarations.list_declarations(enterprise=code, actor=request.actor)
    answers = {None: "", True: YES, False: NO}
    signed = {one: f" ({person(one.stated_by)}, {format_moment(one.stated_at)})" for one in facts if one.stated_at}
    return {
        "declared": [
            (_(inspection.CARDS[one.card]), _(inspection.ANSWERS[one.answer]) + signed.get(one, "")) for one in facts
        ],
        "form": DeclareForm(initial={one.card: answers[one.answer] for one in facts}),
        "may_declare": has_permission(request.actor, code, Permission.MANAGE_DATA),
    }


@require_POST
@page(Permission.MANAGE_DATA)
def declare(request: Request, code: str) -> HttpResponse:
    """State what the records cannot tell."""
    form = DeclareForm(request.POST)
    if run_form(form, lambda _data: form.run(enterprise=code, actor=request.actor, key="")):
        messages.success(request, gettext("Answer cards print this from the next check on."))
    return redirect("inspection-dialling", code=code)


@require_safe
@page(Permission.READ)
def part(request: Request, code: str, part: str) -> HttpResponse:
    """Show the newest look at answers, dialling or retention."""
    result = readiness.newest_check(enterprise=code, part=part, actor=request.actor)
    more = {} if result is None else PRESENTERS[part](result, words(current()))
    if part == DIALLING:
        more |= _describe_declarations(request, code, words(current()))
    return render(request, "inspection/part.html", _page_context(request, code, part, result) | more)


@require_POST
@page(Permission.REPORT)
def enqueue_check(request: Request, code: str) -> HttpResponse:
    """Look anew at a part: work."""
    name = request.POST.get("part", "")
    if name not in readiness.PARTS:
        raise Http404
    job = readiness.look.enqueue(enterprise=code, part=name, actor=request.actor)
    return redirect("data-job", code=code, job=job)


def _page_context(request: Request, code: str, of: str, result: Json | None) -> Json:
    _ = words(current())
    return {
        "part": of,
        "title": _(PARTS[of]),
        "told": result,
        "ended": "" if result is None else format_moment(datetime.fromisoformat(str(result["ended_at"]))),
        "parts": [
            (reverse(f"inspection-{one}", kwargs={"code": code}), _(text))
            for one, text in PARTS.items()
            if one in PRESENTERS
        ],
        "job": readiness.running_check(enterprise=code, part=of),
        "may": has_permission(request.actor, code, Permission.REPORT),
    }
