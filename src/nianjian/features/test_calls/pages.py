"""Test calls: how each filed number stands, one test with its messages, the ways they take."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts.platform import BADGES, STATES
from nianjian.engines.paper.texts.season import CALLBACK, reminder_line
from nianjian.engines.paper.texts.test_calls import CARRIERS, HOWS, LANDINGS, LIGHTS, REASONS
from nianjian.engines.paper.texts.test_calls import OUTCOMES as SAID
from nianjian.engines.paper.texts.test_calls import WITNESSES as PROOFS
from nianjian.engines.paper.words import Words, words
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.documents import Callback, CallbackMessage, CallbackNumber, CallbackTold
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.operations.calls import OUTCOMES
from nianjian.features.test_calls.queries import CallBasis
from nianjian.features.test_calls.states import AGAINST, WITNESSES
from nianjian.features.test_calls.storage import RouteInput, milliseconds
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person

# The forms of test calls.

LONG: Final = 500
NUMBER: Final = 40


class SecretTextarea(forms.Textarea):
    """A text that is never given back, as a password is not."""

    def format_value(self, value: object) -> None:
        """Nothing."""
        del value


class PemField(forms.CharField):
    """Certificates or a key as text."""

    widget = forms.Textarea

    def __init__(self, **words: Any) -> None:  # noqa: ANN401 -- Django's words for a field
        super().__init__(required=False, max_length=65_536, **words)
        self.widget.attrs |= {"rows": 4, "spellcheck": "false"}


class TestCallForm(forms.Form):
    """Which number is called; none: all filed ones."""

    number = forms.CharField(
        label=gettext_lazy("Number called"),
        required=False,
        max_length=NUMBER,
        help_text=gettext_lazy("Empty: all filed numbers that are in force."),
    )
    route = forms.CharField(label=gettext_lazy("Route"), required=False, max_length=60)


class ManualCallForm(forms.Form):
    """A number that a person dials now."""

    number = forms.CharField(label=gettext_lazy("Number called"), max_length=NUMBER)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), required=False, max_length=60)


class EndForm(forms.Form):
    """What came of a call by hand."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened"), choices=[(one, gettext_lazy(SAID[one])) for one in OUTCOMES]
    )
    note = forms.CharField(label=gettext_lazy("What was heard"), required=False, max_length=LONG)


class RouteForm(forms.Form):
    """A way for test calls."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    via = forms.CharField(
        label=gettext_lazy("Where calls go"), max_length=320, help_text="sip:10.0.0.1:5060;transport=udp"
    )
    caller = forms.CharField(label=gettext_lazy("Calling number"), required=False, max_length=40)
    line = forms.CharField(label=gettext_lazy("Trunk line of the register"), required=False, max_length=120)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), required=False, max_length=60)
    username = forms.CharField(label=gettext_lazy("User"), required=False, max_length=120)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=gettext_lazy("If user and password are empty, the saved ones stay."),
    )
    ca = PemField(
        label=gettext_lazy("Own certificate authority (PEM)"),
        help_text=gettext_lazy("For TLS: only these certificates are trusted; empty: the system's."),
    )
    certificate = PemField(
        label=gettext_lazy("Own certificate (PEM)"),
        help_text=gettext_lazy("For a gateway that asks for one over TLS; empty: the saved one stays."),
    )
    key = PemField(
        label=gettext_lazy("Its private key (PEM)"),
        help_text=gettext_lazy("Without a passphrase; it is stored encrypted and never shown again."),
        widget=SecretTextarea({"autocomplete": "off", "data-secret": True}),
    )
    no_certificate = forms.BooleanField(label=gettext_lazy("Delete your own certificate and its key"), required=False)
    witness = forms.ChoiceField(
        label=gettext_lazy("What proves the landing"), choices=[(one, gettext_lazy(PROOFS[one])) for one in WITNESSES]
    )
    daily_at = forms.TimeField(
        label=gettext_lazy("Each day at"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )


class GatewayForm(forms.Form):
    """The addresses of a gateway."""

    name = forms.CharField(label=gettext_lazy("Gateway in the ledger"), max_length=120)
    hosts = forms.CharField(
        label=gettext_lazy("Addresses"),
        required=False,
        max_length=900,
        help_text=gettext_lazy("Host names or IP addresses, separated by commas; empty deletes it."),
    )


Json = dict[str, Any]
LADDER_WIDTH: Final = 720
OURS: Final = 110
THEIRS: Final = 610
LADDER_HEAD: Final = 34
ARROW_HEIGHT: Final = 30
LABEL_LENGTH: Final = 52  # signs of a label
MOST_ARROWS: Final = 60  # arrows
ASKED, BY_HAND, WAY, GATEWAY = "asked_%s", "hand_%s", "way_%s", "gateway_%s"  # ids of the fields of a page's forms


def build_ladder(messages: Sequence[CallbackMessage]) -> Json | None:
    """Place the messages in order, in units of the picture; None where there are none. ``more``: those left out."""
    if not messages:
        return None
    arrows = [_arrow(place, one) for place, one in enumerate(messages[:MOST_ARROWS])]
    return {
        "wide": LADDER_WIDTH,
        "high": LADDER_HEAD + ARROW_HEIGHT * len(arrows) + 12,
        "ours": OURS,
        "theirs": THEIRS,
        "middle": (OURS + THEIRS) // 2,
        "arrows": arrows,
        "more": max(len(messages) - MOST_ARROWS, 0),
    }


def _arrow(place: int, one: CallbackMessage) -> Json:
    """From ``x1`` to ``x2``; ``tip``: points of its head, ``kind``: request, progress, success or refusal."""
    first, y = one.first, LADDER_HEAD + ARROW_HEIGHT * (place + 1) - 6
    begin, end, back = (OURS, THEIRS, -8) if one.sent else (THEIRS, OURS, 8)
    # A reply's code and phrase, a request's method and whom it asks for.
    label = first.removeprefix("SIP/2.0 ").removesuffix(" SIP/2.0")
    reply = {"1": "progress", "2": "success"}.get(first[8:9], "refusal")
    return {
        "x1": begin,
        "x2": end,
        "y": y,
        "text": y - 6,
        "tip": f"{end},{y} {end + back},{y - 4} {end + back},{y + 4}",
        "label": label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1]}…",
        "at": f"{one.at_ms} ms",
        "kind": reply if first.startswith("SIP/2.0 ") else "request",
    }


@require_safe
@page(Permission.READ)
def listing(request: Request, code: str) -> HttpResponse:
    """Show numbers and tests."""
    return _listing(request, code)


@require_http_methods(["POST"])
@page(Permission.REPORT)
def request_test_calls(request: Request, code: str) -> HttpResponse:
    """Put test calls; on to their job."""
    form = TestCallForm(request.POST, auto_id=ASKED)
    if form.is_valid():
        numbers, names = ([text] if (text := form.cleaned_data[name].strip()) else [] for name in ("number", "route"))
        try:
            job = calls.enqueue_test_calls(enterprise=code, numbers=numbers, names=names, actor=request.actor)
            return redirect("data-job", code=code, job=job)
        except NianjianError as error:
            _show_refusal(form, error)
    return _listing(request, code, UNPROCESSABLE, asked=form)


@require_POST
@page(Permission.MANAGE_DATA)
def begin_manual_call(request: Request, code: str) -> HttpResponse:
    """Start the timer of a call by hand; on to its page."""
    form = ManualCallForm(request.POST, auto_id=BY_HAND)
    if form.is_valid():
        try:
            test = calls.begin_manual_call(enterprise=code, actor=request.actor, **form.cleaned_data)
            return redirect("callback-one", code=code, trial=test.trial)
        except NianjianError as error:
            _show_refusal(form, error)
    return _listing(request, code, UNPROCESSABLE, by_hand=form)


def _show_refusal(form: Form, error: NianjianError) -> None:
    if error.code == "role_missing":
        raise error
    form.add_error(None, " ".join(describe_error(error)))


def _listing(request: Request, code: str, status: int = 200, **bound: Form) -> HttpResponse:
    _ = words(current())
    grounds = CallBasis.of(code, request.actor, Permission.READ)
    about: Json = {"enterprise": code, "actor": request.actor}
    numbers: Page[CallbackNumber] = paged(request, LazyRows(partial(queries.list_numbers, **about)), name="numbers")
    tests: Page[Callback] = paged(request, LazyRows(partial(queries.list_trials, **about)))
    routing = calls.describe_routes(enterprise=code, actor=request.actor)
    context = {
        "asked": TestCallForm(auto_id=ASKED),
        "by_hand": ManualCallForm(auto_id=BY_HAND),
        **bound,
        "limit": f"{grounds.limit / 1000:g}",
        "days": grounds.days,
        "routes": [one.name for one in routing.routes],
        "numbers": numbers,
        "number_table": _numbers(code, numbers.rows, _),
        "page": tests,
        "table": _tests(code, tests.rows, _),
        "may_report": has_permission(request.actor, code, Permission.REPORT),
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
    }
    return render(request, "callback/list.html", context, status=status)


def _numbers(code: str, rows: Sequence[CallbackNumber], _: Words) -> Table:
    body = []
    for one in rows:
        last = one.newest
        carriers = [(carrier, _(CARRIERS[state])) for carrier, state in one.carriers.items()]
        address = reverse("callback-one", kwargs={"code": code, "trial": last.trial}) if last else ""
        body.append(
            [
                Cell(one.number),
                Cell(_(LIGHTS[one.light]), code=one.light),
                Cell("", pairs=carriers),
                Cell(one.gateway or "–"),
                Cell(format_moment(last.begun_at) if last else "–", href=address),
                Cell(_(REASONS[last.counts_reason]) if last and last.counts_reason else "–"),
            ]
        )
    heads = (gettext("Number called"), gettext("State"), gettext("Carriers"), gettext("Gateway in the ledger"),
             gettext("Newest test call"), gettext("Outcome"))  # fmt: skip
    return Table(gettext("Filed numbers"), [Column(head) for head in heads], body, wrap=True, cards=True)


def _tests(code: str, rows: Sequence[Callback], _: Words) -> Table:
    body = [
        [
            Cell(
                format_moment(one.begun_at),
                href=reverse("callback-one", kwargs={"code": code, "trial": one.trial}),
            ),
            Cell(one.number),
            Cell(_(STATES[one.counts]), badge=BADGES[one.counts]),
            Cell(_(REASONS[one.counts_reason]) if one.counts_reason else "–"),
            Cell("–" if one.answer_s is None else f"{one.answer_s:.3f}", figure=True),
            Cell(one.gateway_seen or "–"),
            Cell(" ".join(filter(None, (_(HOWS[one.how]), one.route, one.carrier)))),
        ]
        for one in rows
    ]
    heads = (gettext("Begun"), gettext("Number called"), gettext("Verdict"), gettext("Outcome"),
             gettext("Answered after (s)"), gettext("Gateway seen"), gettext("How"))  # fmt: skip
    columns = [Column(head, figure=place == 4) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the figure's place
    return Table(gettext("Test calls"), columns, body, wrap=True, cards=True)


def format_moment(text: str) -> str:
    """Day and time to the second."""
    return text[:19].replace("T", " ")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def route_listing(request: Request, code: str) -> HttpResponse:
    """Show them; set or remove one."""
    way, gateway, status = RouteForm(auto_id=WAY), GatewayForm(auto_id=GATEWAY), 200
    if request.method == "POST":
        require_permission(request.actor, code, Permission.ADMINISTER)
        form: Form
        if request.POST.get("what") == "gateway":
            form = gateway = GatewayForm(request.POST, auto_id=GATEWAY)
        else:
            form = way = RouteForm(request.POST, auto_id=WAY)
        if _apply_form(request, code, form):
            messages.success(request, gettext("Saved."))
            return redirect("callback-ways", code=code)
        status = UNPROCESSABLE
    routing = calls.describe_routes(enterprise=code, actor=request.actor)
    _ = words(current())
    about = {"count": routing.numbers, "most": calls.MOST_CALLS}
    flaws = [
        reminder_line(f"{CALLBACK}:", {**about, "reason": one.daily_flaw, "route": one.name}, _)
        for one in routing.routes
        if one.daily_flaw
    ]
    ends = {one.name: date.fromisoformat(day) for one in routing.routes if (day := one.certificate_until)}
    over = {name for name, day in ends.items() if day < clock.today()}  # it is no good to any gateway
    rows = [
        [
            Cell(one.name),
            Cell(one.via),
            Cell(one.line or "–"),
            Cell(one.carrier or "–"),
            Cell(one.caller),
            Cell(_(PROOFS[one.witness])),
            Cell(format_day(ends.get(one.name)) or "–", badge="bad" if one.name in over else ""),
            Cell(one.daily_at or "–", badge="bad" if one.daily_flaw else ""),
        ]
        for one in routing.routes
    ]
    heads = (gettext("Name"), gettext("Where calls go"), gettext("Trunk line of the register"), gettext("Carrier"),
             gettext("Calling number"), gettext("What proves the landing"), gettext("Own certificate until"),
             gettext("Each day at"))  # fmt: skip
    pair = [Column(gettext("Gateway in the ledger")), Column(gettext("Addresses"))]
    hosts = [[Cell(one.name), Cell(", ".join(one.hosts))] for one in routing.gateways]
    context = {
        "ways": Table(gettext("Routes"), [Column(head) for head in heads], rows, wrap=True, cards=True),
        "gateways": Table(gettext("Gateways"), pair, hosts, wrap=True),
        "names": [one.name for one in routing.routes],
        "way": way,
        "gateway": gateway,
        "flaws": flaws,
        "may": has_permission(request.actor, code, Permission.ADMINISTER),
    }
    return render(request, "callback/ways.html", context, status=status)


def _apply_form(request: Request, code: str, form: Form) -> bool:
    """Whether what was asked for is done; else the form says why not."""
    try:
        if name := request.POST.get("remove", ""):
            calls.remove_route(enterprise=code, name=name[:60], actor=request.actor)
            return True
        if not form.is_valid():
            return False
        data = form.cleaned_data
        if isinstance(form, GatewayForm):
            calls.save_gateway(enterprise=code, name=data["name"], hosts=data["hosts"], actor=request.actor)
        else:
            password, forget = data.pop("password"), data.pop("no_certificate")
            data |= {"certificate": "", "key": ""} if forget else {"certificate": data["certificate"] or None}
            secret = password if password or data["username"] else None
            calls.save_route(enterprise=code, route=RouteInput(**data, password=secret), actor=request.actor)
    except NianjianError as error:
        form.full_clean()
        form.add_error(None, " ".join(describe_error(error)))
        return False
    return True


LANDING_BADGES = {"filed": "good", "silent": "warn", "unnamed": "warn"} | dict.fromkeys(AGAINST, "bad")


def _find_trial(request: Request, code: str, trial: str) -> CallbackTold:
    """The test, if it is of this enterprise; else 404."""
    with missing_as_404():
        test = queries.get_trial_detail(trial=trial, actor=request.actor)
    if test.enterprise != code:
        raise Http404
    return test


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def trial_detail(request: Request, code: str, trial: str) -> HttpResponse:
    """Show it; of one by hand that is under way, take what came of it."""
    test = _find_trial(request, code, trial)
    form, status = EndForm(), 200
    if request.method == "POST":
        require_permission(request.actor, code, Permission.MANAGE_DATA)
        form, status = EndForm(request.POST), UNPROCESSABLE
        if run_form(form, lambda values: calls.end_manual_call(trial=trial, actor=request.actor, **values)):
            return redirect("callback-one", code=code, trial=trial)
    _ = words(current())
    verdict = test.counts
    context = {
        "told": test,
        "verdict": _(STATES[verdict]),
        "badge": BADGES[verdict],
        "reason": _(REASONS[test.counts_reason]) if test.counts_reason else "",
        "pairs": _pairs(test, _),
        "looks": _looks(test, _),
        "ladder": build_ladder(test.messages),
        "lines": [
            {"label": f"{one.at_ms} ms {'→' if one.sent else '←'} {one.first}", "text": one.text}
            for one in test.messages
        ],
        "form": form,
        "running": State(verdict) is State.IN_PROGRESS,
        "may_look": test.how == "sip"
        and test.answer_s is not None
        and has_permission(request.actor, code, Permission.REPORT),
        "gone": max(milliseconds(datetime.fromisoformat(test.begun_at), clock.now()), 0),  # the timer starts there
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
    }
    return render(request, "callback/one.html", context, status=status)


def _pairs(test: CallbackTold, _: Words) -> list[tuple[str, str]]:
    """What is known of it, line by line."""
    limit = gettext("{seconds} s (limit {limit} s)")
    answer = test.answer_s
    code = " ".join(str(one) for one in (test.status, test.phrase) if one)
    cause = "" if test.q850 is None else f"Q.850 {test.q850}"
    measured = (test.source.get("durations"), test.source.get("begin"))
    places = (test.contact, *test.routes, test.media)
    sealed = (_(STATES[test.verdict]), _(REASONS[test.reason]) if test.reason else "")
    pairs = (
        (gettext("Begun"), format_moment(test.begun_at)),
        (gettext("How"), " ".join(filter(None, (_(HOWS[test.how]), test.route, test.carrier, test.via)))),
        (
            gettext("Answered after"),
            "" if answer is None else limit.format(seconds=f"{answer:.3f}", limit=f"{test.limit_s:g}"),
        ),
        (gettext("Rang after"), _seconds(test.ringing_s)),
        (gettext("Trying after (100)"), _seconds(test.trying_s)),
        (gettext("Early audio after"), _seconds(test.early_s)),
        (gettext("Last reply"), " · ".join(filter(None, (code, cause, test.server, test.fault)))),
        (gettext("Gateway in the ledger"), test.gateway_expected),
        (gettext("Gateway seen"), test.gateway_seen),
        (gettext("Contact, routes, audio"), " · ".join(filter(None, places))),
        (gettext("Landing proved by"), _(PROOFS[test.counts_witness])),
        (gettext("By SIP alone"), " · ".join(filter(None, sealed)) if test.landing else ""),
        (gettext("Audio format"), test.codec),
        (gettext("Repeated INVITEs"), str(test.resent) if test.messages else ""),
        (gettext("Clocks that measured"), " · ".join(str(one) for one in measured if one)),
        (gettext("Rulebook"), test.rulebook.get("version")),
        (gettext("What was heard"), test.note),
        (gettext("sha256 of the evidence"), test.sha256),
        (gettext("Started by"), person(test.made_by)),
    )
    return [(label, str(text)) for label, text in pairs if text]


def _looks(test: CallbackTold, _: Words) -> Table | None:
    """What the call records said at each look, the newest first."""
    body = []
    for one in reversed(test.looks):
        texts = [
            " ".join(filter(None, (record.source, format_moment(record.at), record.voicemail)))
            for record in one.records
        ]
        covers = [(name, gettext("covers that time") if both else gettext("does not cover it"))
                  for name, both in one.sources.items()]  # fmt: skip
        body.append(
            [
                Cell(format_moment(one.at)),
                Cell(_(LANDINGS[one.verdict]), badge=LANDING_BADGES[one.verdict]),
                Cell(", ".join(one.seen) or "–"),
                Cell("; ".join(texts) or "–"),
                Cell("" if covers else "–", pairs=covers),
            ]
        )
    heads = (gettext("Checked"), gettext("In the call records"), gettext("Named there"), gettext("Records"),
             gettext("Sources"))  # fmt: skip
    columns = [Column(head) for head in heads]
    return Table(gettext("Your own call records"), columns, body, wrap=True, cards=True) if body else None


def _seconds(value: float | None) -> str:
    return "" if value is None else gettext("{seconds} s").format(seconds=f"{value:.3f}")


@require_POST
@page(Permission.REPORT)
def check_landing(request: Request, code: str, trial: str) -> HttpResponse:
    """Look for the call in the own call records; on to the job."""
    _find_trial(request, code, trial)
    job = landings.enqueue_landing_check(enterprise=code, trial=trial, actor=request.actor)
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Permission.VIEW_UNMASKED)
def evidence(request: Request, code: str, trial: str) -> HttpResponse:
    """Give the evidence away in full; the audit chain tells of it."""
    _find_trial(request, code, trial)
    name, content = calls.fetch_evidence(trial=trial, actor=request.actor)
    return as_attachment(HttpResponse(content, content_type="application/json"), name)
