"""Pages of the gate: what it allows and why, how its process is, its journal, and changes of it; with their tables."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.gate.decision_journal import Decision
from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import gate
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.gate import REASONS
from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy import decisions as check
from nianjian.features.dial_policy import operations
from nianjian.features.dial_policy.decisions import DecisionDocument, GateState, ProcessState, SnapshotState
from nianjian.features.dial_policy.operations import (
    MOST,
    GateCap,
    GateChannel,
    GatePurpose,
    GateSetting,
    ObservingLine,
)
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.registers.queries import list_channels
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values as rules_shown
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import asked_day, format_moment
from nianjian.platform.web.forms import DayField, run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import SIZE, Page, address, number, paged
from nianjian.platform.web.rule_values import RulePresentation, titles
from nianjian.platform.web.second_person import build_second_person
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.undo import say_requested

LONG: Final = 1000
NAME: Final = 120
ON_OFF: Final = (("on", gettext_lazy("on")), ("off", gettext_lazy("off")))


class Reasoned(forms.Form):
    """A change and why; the reason stands last."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONG,
        help_text=gettext_lazy("It is recorded in the audit chain."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["reason"] = self.fields.pop("reason")

    def choose(self, field: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a field its choices."""
        chosen = self.fields[field]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = list(choices)


class Mode(Reasoned):
    """Refuse, or look on."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=(
            ("enforce", gettext_lazy("refuse what may not be dialled")),
            ("observe", gettext_lazy("only observe: every call is allowed")),
        ),
        help_text=gettext_lazy("Switching to observe only needs a second person."),
    )


class FailOpen(Reasoned):
    """Whether calls of a purpose go while the gate cannot know."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=())
    on = forms.ChoiceField(
        label=gettext_lazy("May go while the gate cannot decide"),
        choices=ON_OFF,
        help_text=gettext_lazy("Switching it on needs a second person."),
    )


class Cap(Reasoned):
    """Attempts a natural day."""

    key = forms.ChoiceField(
        label=gettext_lazy("What is capped"),
        choices=(
            ("channel", gettext_lazy("line")),
            ("display", gettext_lazy("displayed number")),
            ("team", gettext_lazy("team")),
        ),
    )
    name = forms.CharField(label=gettext_lazy("Line, number or team"), max_length=NAME)
    cap = forms.IntegerField(
        label=gettext_lazy("Attempts a day"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Empty: as in the rulebook."),
    )
    uncapped = forms.BooleanField(label=gettext_lazy("No cap at all"), required=False)
    enforce = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        required=False,
        choices=(
            ("", gettext_lazy("unchanged; a new line only observes")),
            ("on", gettext_lazy("refuse what may not be dialled")),
            ("off", gettext_lazy("only observe: every call is allowed")),
        ),
        help_text=gettext_lazy(
            "Only a line can observe or have no cap; switching it back to observe needs a second person."
        ),
    )
    white_list = forms.BooleanField(
        label=gettext_lazy("Isolate it: only callees with a consent on file; needs a second person"), required=False
    )


class Choice(Reasoned):
    """A vendor's limits."""

    rule = forms.ChoiceField(label=gettext_lazy("Limits of a vendor"), choices=())
    on = forms.ChoiceField(label=gettext_lazy("Adopt them"), choices=ON_OFF)


class Filter(forms.Form):
    """Which decisions."""

    day = DayField(label=gettext_lazy("Day"), required=False)
    channel = forms.CharField(label=gettext_lazy("Line"), required=False, max_length=NAME)
    callee = forms.CharField(label=gettext_lazy("Dialled number"), required=False, max_length=30)
    reason = forms.ChoiceField(label=gettext_lazy("Answer"), required=False, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 - for the type checker
        refused = ("refused", gettext("every refusal"))
        reason.choices = [("", gettext("all")), refused, *((code, _(name)) for code, name in REASONS.items())]

    def build_filter(self, enterprise: str, day: date, before: int | None) -> DecisionFilter:
        """As the journal is searched on a day, of moments ``before``; what cannot be read narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        reason = data.get("reason") or ""
        begin = datetime.combine(day, time(), clock.ZONE)
        since, end = (int((begin + timedelta(days=after)).timestamp() * 1000) for after in (0, 1))
        return DecisionFilter(
            enterprise=enterprise,
            callee=data.get("callee") or "",
            channel=data.get("channel") or "",
            reason="" if reason == "refused" else reason,
            allow=False if reason == "refused" else None,
            since=since,
            until=end if before is None else min(before, end),
        )


Json = Mapping[str, Any]

GOOD: Final = frozenset({"fresh", "ok"})
WARN: Final = frozenset({"alarm"})


def purpose_label(name: str) -> str:
    """What a purpose is called; one that an enterprise described itself, by its own name."""
    return gate.translate_code(gate.PURPOSES, name, words(current()))


def state_rows(of: GateState) -> list[tuple[str, str, str, str]]:
    """(label, text, badge, more) of the snapshot, the process and its counters."""
    _ = words(current())
    snapshot, process = of.snapshot, of.process
    state, status = snapshot.state, process.status
    rows = [
        (gettext("Snapshot"), gate.translate_code(gate.STATES, state, _), _badge(state), _snapshot(snapshot, _)),
        (
            gettext("Gate process"),
            _(gate.ALARM) if status in WARN else gate.translate_code(gate.STATES, status, _),
            _badge(status),
            _process(process),
        ),
        *((gettext("Alarm"), gate.translate_code(gate.ALARMS, one, _), "warn", "") for one in process.alarms),
    ]
    if process.counters:
        available = bool(process.available)
        text = gettext("counting") if available else gettext("not counting")
        more = " · ".join(part for part in (process.counters, process.reason) if part)
        rows.append((gettext("Counters"), text, "good" if available else "bad", more))
    return rows


def _badge(code: str) -> str:
    return "good" if code in GOOD else "warn" if code in WARN else "bad"


def _snapshot(of: SnapshotState, _: Words) -> str:
    if of.generation is None:
        return gettext(
            "none yet: whoever runs the server starts the gate's feed, as the operator's handbook says under Gate"
        )
    said = gettext("number {generation}, {age} s old, policy {version}, epoch {epoch}")
    more = said.format(generation=of.generation, age=of.age_s, version=of.version, epoch=of.epoch or "–")
    problem = of.problem
    return more if problem is None else f"{more} · {error_message(problem['code'], problem['values'], _)}"


def _process(of: ProcessState) -> str:
    if of.generation is None:
        return gettext("does not answer: whoever runs the server starts it, as the operator's handbook says under Gate")
    said = gettext("answers by snapshot {generation}, {age} s old").format(generation=of.generation, age=of.age_s)
    return f"{said} · {of.problem}" if of.problem else said


def purpose_table(code: str, of: Iterable[GatePurpose], rules: Mapping[str, Rule]) -> Table:
    """The purposes with their hours, consents and switches."""
    rows = [
        [
            Cell(purpose_label(one.name)),
            Cell(" ".join(f"{start}–{end}" for start, end in one.hours)),
            Cell(gettext("must be on file") if one.needs_consent else gettext("not needed")),
            Cell(gettext("on"), badge="bad") if one.fail_open else Cell(gettext("off")),
            _rule(code, one.hours_rule, rules),
        ]
        for one in of
    ]
    heads = (gettext("Purpose"), gettext("Hours"), gettext("Consent"), gettext("May go while the gate cannot decide"))
    return Table(
        gettext("Purposes"), [*map(Column, heads), Column(gettext("Rule of the hours"))], rows, wrap=True, cards=True
    )


def _line_cell(key: str, names: Mapping[str, str]) -> Cell:
    """A line with its code before its name; "individually" where no one line is meant."""
    name = names.get(key, "")
    return Cell(name, key=key) if name else Cell(key or gettext("individually"))


def _line_names(code: str) -> dict[str, str]:
    """Line -> its own name and its team's, as of today."""
    _teams, lines = list_channels(code, clock.today())
    return {key: " · ".join(filter(None, parts)) for key, parts in lines.items()}


def cap_table(code: str, of: Iterable[GateCap], channels: Iterable[GateChannel], rules: Mapping[str, Rule]) -> Table:
    """The caps with what they count; an isolated channel says so."""
    _ = words(current())
    marks = {one.name: gettext("only observed") for one in channels if one.observing}
    marks |= {one.name: gettext("isolated: white list only") for one in channels if one.isolated}
    rows, names = [], _line_names(code)
    for one in of:
        window = gate.translate_code(gate.WINDOWS, one.window, _)
        mark = marks.get(one.only, "") if one.key == "channel" else ""
        rows.append(
            [
                Cell(gate.translate_code(gate.KEYS, one.key, _)),
                _line_cell(one.only or "", names if one.key == "channel" else {}),
                Cell(one.limit, figure=True),
                Cell(window if one.seconds is None else f"{window} {one.seconds} s"),
                Cell(gate.translate_code(gate.COUNTS, one.counts, _)),
                Cell(mark, badge="warn") if mark else Cell(""),
                _rule(code, one.rule, rules),
            ]
        )
    heads = [Column(gettext("Counted by")), Column(gettext("Only")), Column(gettext("Limit"), figure=True)]
    heads += [Column(gettext("Counted over")), Column(gettext("Counts")), Column(gettext("Mode"))]
    heads.append(Column(gettext("Rule")))
    return Table(gettext("Caps"), heads, rows, wrap=True, cards=True)


def observing_table(code: str, of: Iterable[ObservingLine], *, may: bool) -> Table:
    """New lines with the caps that their own calls propose, and the way to switch enforcing on."""
    rows, names = [], _line_names(code)
    for one in of:
        cap = one.cap
        query = urlencode({"name": one.name, "enforce": "on"} | ({} if cap is None else {"cap": cap}))
        href = f"{reverse('gate-change', kwargs={'code': code})}?{query}#part_cap"
        rows.append(
            [
                _line_cell(one.name, names),
                Cell(one.days, figure=True),
                Cell("–" if cap is None else cap, figure=True),
                Cell("" if cap is None or one.whole else gettext("less than 30 days old")),
                Cell(gettext("Switch enforcing on"), href=href) if may else Cell(""),
            ]
        )
    heads = [Column(gettext("Line")), Column(gettext("Days with calls of 30"), figure=True)]
    heads += [Column(gettext("Proposed cap"), figure=True), Column(gettext("Remark")), Column(gettext("Next step"))]
    return Table(gettext("New lines"), heads, rows, wrap=True, cards=True)


def _rule(code: str, key: str, rules: Mapping[str, Rule]) -> Cell:
    """What the rule is called; where it holds, the way to its page, where another value is asked for."""
    if key not in rules:
        return Cell("–")
    title = rules[key].title_zh if current() == CHINESE else rules[key].title_en
    return Cell(title, href=reverse("rules-one-here", kwargs={"code": code, "key": key}))


def rule_table(code: str, of: Iterable[RulePresentation]) -> Table:
    """The rules behind it: the value of today, its days, and why it is another one here."""
    rows = [
        [
            Cell(one.title, href=reverse("rules-one-here", kwargs={"code": code, "key": one.key})),
            Cell(one.present),
            Cell(one.level, badge=one.badge),
            Cell(one.days),
            Cell(one.changed or "–"),
        ]
        for one in of
    ]
    heads = (gettext("Rule"), gettext("Value"), gettext("Level"), gettext("Days"), gettext("Changed because"))
    return Table(gettext("Rules"), [*map(Column, heads)], rows, wrap=True, cards=True)


def setting_table(of: Iterable[GateSetting]) -> Table:
    """What was set beside the rulebook, newest first."""
    _ = words(current())
    rows = [
        [
            Cell(format_moment(one.since)),
            Cell(describe_setting(one.key, one.name)),
            Cell(setting_text(one.key, one.values)),
            Cell(one.reason or "–"),
            Cell(actor_text(one.by, _)),
            Cell(one.approval or "–"),
        ]
        for one in of
    ]
    heads = (gettext("In force since"), gettext("About"), gettext("Value"), gettext("Reason"), gettext("By"))
    columns = [*map(Column, heads), Column(gettext("Approval"))]
    return Table(gettext("What was set"), columns, rows, wrap=True, cards=True)


def describe_setting(key: str, name: str) -> str:
    """What a setting is about, in words."""
    codes = {"rule": gettext("Limits of a vendor"), "mode": gettext("Mode")}
    about = codes.get(key) or gate.translate_code(gate.KEYS, key, words(current()))
    return f"{about} {name}".strip()


def setting_text(key: str, values: Json) -> str:
    """What a setting says."""
    if "cap" in values:
        return _cap_text(key, values)
    if "enforce" in values:
        return gettext("refuses") if values["enforce"] else gettext("only observes")
    if "fail_open" in values:
        return gettext("on") if values["fail_open"] else gettext("off")
    return gettext("adopted") if values["on"] else gettext("dropped")


def _cap_text(key: str, values: Json) -> str:
    cap = values["cap"]
    parts = [gettext("no cap") if values.get("uncapped") else gettext("the rulebook's") if cap is None else str(cap)]
    if values["white_list"]:
        parts.append(gettext("isolated: white list only"))
    if key != "channel":
        every = values.get("enforce") or values["white_list"]
        parts.append(gettext("refuses on new lines too") if every else gettext("refuses on lines that are enforced"))
    elif "enforce" in values:
        parts.append(gettext("refuses") if values["enforce"] else gettext("only observes"))
    return " · ".join(parts)


def decision_table(code: str, of: Iterable[DecisionDocument], rules: Mapping[str, Rule]) -> Table:
    """The answers, newest first; numbers of people come masked."""
    _ = words(current())
    rows, names = [], _line_names(code)
    for one in of:
        reason = one.observed or one.reason
        text = gate.translate_code(gate.REASONS, reason, _)
        if one.observed:
            text = gettext("{reason} (only observed)").format(reason=text)
        counter, at = one.counter, one.retry_at
        rows.append(
            [
                Cell(one.at[:19].replace("T", " ")),
                _line_cell(one.channel, names) if one.channel else Cell("–"),
                Cell(one.display),
                Cell(one.callee),
                Cell(gettext("allowed"), badge="good") if one.allow else Cell(gettext("blocked"), badge="bad"),
                Cell(text),
                _rule(code, one.rule, rules),
                Cell("–" if counter is None else f"{counter.used}/{counter.limit}", figure=True),
                Cell("–" if at is None else datetime.fromtimestamp(at, clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")),
            ]
        )
    columns = [
        Column(gettext("Moment"), brief="start"), Column(gettext("Line"), brief="end"),
        Column(gettext("Displayed number")), Column(gettext("Dialled number"), brief="start"),
        Column(gettext("Answer"), brief="end"), Column(gettext("Reason"), brief="whole"), Column(gettext("Rule")),
        Column(gettext("Used of the cap"), figure=True), Column(gettext("Again at")),
    ]  # fmt: skip
    return Table(gettext("Decisions"), columns, rows, wrap=True)


FORMS: Final[Mapping[str, type[Reasoned]]] = {"mode": Mode, "fail-open": FailOpen, "cap": Cap, "choice": Choice}


@require_http_methods(["GET", "POST"])
@page(Permission.REQUEST)
def change(request: Request, code: str) -> HttpResponse:
    """Show the forms; put the one that was sent in force, or ask for a second person."""
    summary = operations.summarize_policy(enterprise=code, actor=request.actor)
    act, status = request.POST.get("act", ""), 200
    proposal = {name: request.GET[name] for name in ("name", "cap", "enforce") if name in request.GET}
    forms = {name: _form(name, summary, request if name == act else None, proposal) for name in FORMS}
    if request.method == "POST":
        status = UNPROCESSABLE
        if act in forms and run_form(forms[act], lambda data: _say(request, _done(code, act, data, request.actor))):
            return redirect("gate", code=code)
    titles = {
        "mode": gettext("Mode"),
        "fail-open": gettext("Calls while the gate cannot decide"),
        "cap": gettext("Cap and mode of a line"),
        "choice": gettext("Limits of vendors"),
    }
    parts = [(name, titles[name], forms[name]) for name in FORMS]
    return render(
        request, "gate/change.html", {"parts": parts, "second": build_second_person(request, code)}, status=status
    )


def _form(name: str, summary: operations.PolicySummary, sent: Request | None, proposal: Mapping[str, str]) -> Reasoned:
    first = {"mode": {"mode": "enforce" if summary.enforce else "observe"}, "cap": proposal}.get(name)
    form = FORMS[name](None if sent is None else sent.POST, auto_id=f"{name}_%s", initial=first)
    if name == "fail-open":
        form.choose("purpose", [(one.name, purpose_label(one.name)) for one in summary.purposes])
    if name == "choice":
        names = titles(Rulebook.on(clock.today()))
        form.choose("rule", [(rule, names.get(rule, rule)) for rule in summary.choices])
    return form


def _done(code: str, act: str, data: Mapping[str, Any], actor: Actor) -> operations.GateChange:
    common: dict[str, Any] = {"enterprise": code, "reason": data["reason"], "actor": actor}
    match act:
        case "mode":
            return operations.set_mode(enforce=data["mode"] == "enforce", **common)
        case "fail-open":
            return operations.set_fail_open(purpose=data["purpose"], on=data["on"] == "on", **common)
        case "choice":
            return operations.choose_limits(rule=data["rule"], on=data["on"] == "on", **common)
        case _:
            what = {name: data[name] for name in ("key", "name", "cap", "white_list", "uncapped")}
            return operations.set_cap(**what, enforce={"on": True, "off": False}.get(data["enforce"]), **common)


def _say(request: Request, done: operations.GateChange) -> None:
    if done.approval:
        say_requested(request, request.enterprise.code, done.approval)
    elif done.told:
        messages.success(request, gettext("In force; the gate has been notified."))
    else:
        messages.warning(request, gettext("Set; the gate has not been notified yet. The next feed tries again."))


LAST: Final = 10
FARTHEST_BACK: Final = 20  # pages of decisions; who needs more takes the day's journal
DIGITS: Final = 15  # of epoch milliseconds
BEHIND: Final = ("gate.", "rectification.frequency.", "rectification.white_list")


@require_safe
@page(Permission.READ)
def policy_overview(request: Request, code: str) -> HttpResponse:
    """Show what the gate allows and why, how it is, and its last decisions."""
    summary = operations.summarize_policy(enterprise=code, actor=request.actor)
    book = rulebook(day=clock.today(), province=request.enterprise.province or None, enterprise=code)
    by_key = book.in_force
    last = check.list_recent_decisions(filters=DecisionFilter(enterprise=code), limit=LAST, actor=request.actor)
    chosen = {one.rule for one in summary.caps}
    rules = [rule for rule in book.rules() if rule.key.startswith(BEHIND) or rule.key in chosen]
    caps: Page[Any] = paged(request, summary.caps, name="caps")
    new = operations.list_observing_lines(enterprise=code, actor=request.actor)
    observing: Page[Any] = paged(request, new, name="observing")
    may = has_permission(request.actor, code, Permission.REQUEST)
    state = check.get_state(enterprise=code, actor=request.actor)
    read = partial(operations.list_history, enterprise=code, actor=request.actor)
    history = LazyRows(lambda first, count: read(first=first, most=count))
    settings: Page[Any] = paged(request, history, name="settings")
    context = {
        "told": summary,
        "problems": [error_message(one.code, one.values, words(current())) for one in summary.problems],
        "state": state_rows(state),
        "connected": state.snapshot.state != check.MISSING and state.process.status != check.UNREACHED,
        "behind": not summary.told and state.snapshot.generation is not None,
        "purposes": purpose_table(code, summary.purposes, by_key),
        "caps": cap_table(code, caps.rows, summary.channels, by_key),
        "caps_page": caps,
        "observing": observing_table(code, observing.rows, may=may),
        "observing_page": observing,
        "open": [purpose_label(one.name) for one in summary.purposes if one.fail_open],
        "settings": setting_table(settings.rows),
        "settings_page": settings,
        "rules": rule_table(code, [rules_shown.present_rule(rule, book) for rule in rules]),
        "decisions": decision_table(code, [check.decision_to_document(one) for one in last.decisions], by_key),
        "cut": last.reached is not None,
        "lines": check.LINES,
        "may": may,
    }
    return render(request, "gate/here.html", context)


@require_safe
@page(Permission.READ)
def decisions(request: Request, code: str) -> HttpResponse:
    """List decisions of a day, newest first: no more of them are looked for than the page needs."""
    day = asked_day(request.GET.get("day", ""))
    form = Filter(request.GET or None, initial={"day": day})
    filters = (form if form.is_bound else Filter({})).build_filter(code, day, _moment(request, "until"))
    limit = min(number(request), FARTHEST_BACK) * SIZE + 1
    matches = check.list_recent_decisions(filters=filters, limit=limit, actor=request.actor)
    cut: Page[Decision] = paged(request, matches.decisions, farthest=FARTHEST_BACK)
    book = rulebook(day=clock.today(), province=request.enterprise.province or None, enterprise=code)
    context = {
        "form": form,
        "page": cut,
        "table": decision_table(code, [check.decision_to_document(one) for one in cut.rows], book.in_force),
        "more": len(matches.decisions) == FARTHEST_BACK * SIZE + 1 and not cut.on,
        "further": "" if matches.reached is None else address(request, until=str(matches.reached + 1), page=""),
        "lines": check.LINES,
        "day": day.isoformat(),
        "parts": enumerate(check.list_parts(enterprise=code, day=day, actor=request.actor), 2),
    }
    return render(request, "gate/decisions.html", context)


@require_safe
@page(Permission.READ)
def journal(request: Request, code: str) -> StreamingHttpResponse:
    """Give a day's decisions as CSV, of a long day a part of them: from ``?since=`` on."""
    day, since = asked_day(request.GET.get("day", "")), _moment(request, "since")
    part = check.read_journal(enterprise=code, day=day, actor=request.actor, since=since)
    answer = StreamingHttpResponse(part.lines, content_type="text/csv; charset=utf-8")
    return as_attachment(answer, f"gate-{code}-{day}{'' if since is None else f'-{since}'}.csv")


def _moment(request: Request, name: str) -> int | None:
    """The moment (epoch milliseconds) that the address gives under a name; None: an end of the day."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
