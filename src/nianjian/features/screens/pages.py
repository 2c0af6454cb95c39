"""The two live screens (大屏): for who is signed in, for kiosks that have a link; records that a switch posts."""

import base64
import binascii
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.complaints import STATES as TICKETS
from nianjian.engines.paper.texts.gate import REASONS, translate_code
from nianjian.engines.paper.texts.portrait import COMPONENTS
from nianjian.engines.paper.texts.screens import KINDS, OUTCOMES, PROBLEMS, SCREENS, STATES, describe_reading
from nianjian.engines.paper.words import Words, words
from nianjian.features.screens import operations, queries, sources
from nianjian.features.screens.documents import (
    EndedCalls,
    GateAnswers,
    GatewayFigures,
    Life,
    OfficeFigures,
    SourceEntry,
    TicketClocks,
)
from nianjian.features.screens.operations import LONGEST_DAYS, NAME_LENGTH
from nianjian.features.screens.probes import SourceReading
from nianjian.features.screens.queries import FRESH
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE, reads_form_itself
from nianjian.platform.web.access import Request, page, public
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import OperationForm, form, run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Table, card_table
from nianjian.platform.web.work import person

MINUTE: Final = 60
HOUR: Final = 3600
REASONS_SHOWN: Final = 6
HANDS: Final[Mapping[str, str]] = {"late": "bad", "warned": "warn"}
#: (allowed, observed only) -> badge of a decision.
BADGES: Final = {(True, False): "good", (True, True): "warn", (False, False): "bad", (False, True): "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """A name with its figure; ``share``: hundredths of the tile's whole, for the bar behind it."""

    name: str
    value: str
    share: int | None = None
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """``state``: fresh, stale or absent; ``note``: what is wrong or missing, "" for nothing."""

    name: str
    title: str
    state: str
    label: str
    note: str
    value: str = ""
    lines: Sequence[Line] = field(default=())
    empty: str = ""


def build_office_tiles(of: OfficeFigures) -> list[Tile]:
    """The tiles of the back office: figures first, then what they are made of."""
    _ = words(current())
    now, calls, gate, tickets = of.now, of.calls, of.gate, of.complaints
    count = "–" if now.count is None else str(now.count)
    labels = {} if calls.since is None else OUTCOMES
    outcomes = [_line(_(name), calls.by[code], calls.all) for code, name in labels.items()]
    return [
        _tile(_, "now", gettext("Calls now"), now, count),
        _tile(_, "calls", gettext("Calls today, ended"), calls, _figure(calls, calls.all), note=_damage(calls)),
        _tile(_, "answered", gettext("Answered today"), calls, _figure(calls, calls.by["answered"])),
        _tile(_, "blocked", gettext("Blocked by the gate today"), gate, _figure(gate, gate.blocked)),
        _tile(_, "outcomes", gettext("Outcome of the calls"), calls, lines=outcomes),
        _tile(_, "reasons", gettext("Blocked: why"), gate, lines=_reasons(gate, _), empty=gettext("Nothing blocked")),
        _displays(of, _),
        _tile(
            _, "complaints", gettext("Complaints"), Life(tickets.state, None, None, None, []),
            gettext("{open} open, {late} late").format(open=tickets.open, late=tickets.late),
            lines=[line for one in tickets.tickets for line in _ticket(one, _)],
        ),
    ]  # fmt: skip


def build_gateway_tiles(of: GatewayFigures) -> list[Tile]:
    """The tiles above the log."""
    _ = words(current())
    gate = of.gate
    return [
        _tile(_, "allowed", gettext("Allowed today"), gate, _figure(gate, gate.allowed)),
        _tile(_, "blocked", gettext("Blocked today"), gate, _figure(gate, gate.blocked)),
        _tile(_, "reasons", gettext("Blocked: why"), gate, lines=_reasons(gate, _), empty=gettext("Nothing blocked")),
        _displays(of, _),
    ]


def _tile(
    _: Words, name: str, title: str, life: Life, value: str = "", *, note: str = "", lines: Sequence[Line] = (),
    empty: str = "",
) -> Tile:  # fmt: skip
    state = life.state
    notes = [note] if note else []
    if state == "stale":
        since = life.since
        gone = gettext("no data since {time}").format(time=format_stamp(since)) if since else gettext("no data so far")
        if life.silent:
            gone += " · " + gettext("silent: {names}").format(names=", ".join(life.silent))
        notes.insert(0, gone)
    if state == "absent":
        notes.insert(0, gettext("no source is set up"))
    if life.problem:
        notes.append(translate_code(PROBLEMS, life.problem, _))
    return Tile(name, title, state, _(STATES[state]), " · ".join(notes), value, lines, empty)


def _figure(life: Life, count: int) -> str:
    """A count, also an old one; what was never told is no nought."""
    return "–" if life.since is None else f"{count:,}"


def _damage(calls: EndedCalls) -> str:
    notes = []
    if calls.damaged:
        notes.append(gettext("{count} rows could not be read").format(count=calls.damaged))
    if calls.gap:
        notes.append(gettext("records before {time} may be missing").format(time=format_stamp(calls.gap)))
    return " · ".join(notes)


def _reasons(gate: GateAnswers, _: Words) -> list[Line]:
    reasons = gate.reasons[:REASONS_SHOWN]
    lines = [_line(translate_code(REASONS, one.code, _), one.count, gate.blocked) for one in reasons]
    lines += [
        Line(f"{translate_code(REASONS, one.code, _)} · {gettext('only observed')}", f"{one.count:,}")
        for one in gate.observed[: REASONS_SHOWN - len(lines)]
    ]
    return lines


def _displays(of: OfficeFigures | GatewayFigures, _: Words) -> Tile:
    whole = sum(one.count for one in of.displays)
    lines = [_line(translate_code(COMPONENTS, one.code, _), one.count, whole) for one in of.displays]
    title = gettext("Displayed numbers today")
    return _tile(_, "displays", title, of.gate, lines=lines, empty=gettext("No request so far"))


def _line(name: str, count: int, whole: int) -> Line:
    return Line(name, f"{count:,}", round(100 * count / whole) if whole else 0)


def _ticket(one: TicketClocks, _: Words) -> list[Line]:
    """A ticket's two clocks, as far as they run."""
    clocks = ((gettext("first response"), one.response), (gettext("close"), one.close))
    state = _(TICKETS[one.state])
    return [
        Line(f"{one.ticket} · {state} · {name}", format_time_left(read.left_s), None, HANDS.get(read.hand, ""))
        for name, read in clocks
        if read.left_s is not None
    ]


def format_time_left(seconds: int) -> str:
    """Time that is left, or with a minus has been over for, as hours, minutes and seconds."""
    gone = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{gone // HOUR}:{gone % HOUR // MINUTE:02}:{gone % MINUTE:02}"


def format_stamp(text: str) -> str:
    """The time of day of a moment in ISO form; with the day, where it is not today's."""
    at = datetime.fromisoformat(text).astimezone(clock.ZONE)
    same = at.date() == clock.now().astimezone(clock.ZONE).date()
    return at.strftime("%H:%M:%S" if same else "%m-%d %H:%M:%S")


def build_decision_lines(of: OfficeFigures | GatewayFigures) -> list[list[Line]]:
    """The newest decisions: when, answer, why, line, displayed and called number."""
    _ = words(current())
    return [
        [
            Line("at", format_stamp(one["at"])),
            Line(
                "answer",
                gettext("allowed") if one["allow"] else gettext("blocked"),
                badge=BADGES[one["allow"], bool(one["observed"])],
            ),
            Line("why", translate_code(REASONS, str(one["observed"] or one["reason"]), _)),
            Line("line", one["channel"] or "–"),
            Line("display", one["display"] or "–"),
            Line("callee", one["callee"] or "–"),
        ]
        for one in of.decisions
    ]


LOG: Final = logging.getLogger(__name__)
TOO_LARGE: Final = 413
UNAVAILABLE: Final = 503
STATUS: Final = {"live_post_refused": 401, "live_post_unreadable": 400}
SCHEME: Final = "basic"


@csrf_exempt
@require_POST
@reads_form_itself
@public
@sensitive_variables()
def receive_record(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Answer 200 once the record is kept, for good; the switch tries again after any other answer, or keeps it."""
    try:
        folder = sources.find_posting_folder(enterprise=code, name=name, credentials=_credentials(request))
        if int(request.META.get("CONTENT_LENGTH") or 0) > sources.POST_LIMIT:
            return _answer("too large", TOO_LARGE)
        duplicate = not sources.store_posted_record(folder, request.read(sources.POST_LIMIT))
    except NianjianError as error:
        return _answer(error.code, STATUS.get(error.code, UNAVAILABLE))
    except OSError:
        LOG.exception("a posted record could not be kept")
        return _answer("not kept", UNAVAILABLE)
    return _answer("known" if duplicate else "kept", 200)


def _credentials(request: HttpRequest) -> str:
    """``USER:SECRET`` of HTTP's basic scheme, "" for none."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME:
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _answer(word: str, status: int) -> HttpResponse:
    answer = HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == STATUS["live_post_refused"]:
        answer.headers["WWW-Authenticate"] = 'Basic realm="nianjian", charset="UTF-8"'
    return answer


CHANNEL_LENGTH: Final = 120
PARTS: Final = ("office", "gateway")
SET_UP: Final = ("now", "calls")  # tiles whose sources are set up on a page


class FilterForm(forms.Form):
    """Which decisions the log shows."""

    reason = forms.ChoiceField(label=gettext_lazy("Answer"), required=False, choices=())
    channel = forms.CharField(label=gettext_lazy("Line"), required=False, max_length=CHANNEL_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        _ = words(current())
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 -- for the type checker
        refused = ("refused", gettext("every refusal"))
        reason.choices = [("", gettext("all")), refused, *((code, _(name)) for code, name in REASONS.items())]

    def build_filter(self) -> queries.DecisionFilter:
        """As the flow takes it; what cannot be read narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        return queries.DecisionFilter(data.get("reason") or "", data.get("channel") or "")


def _render_screen(
    request: HttpRequest, part: str, tenant: Enterprise, other: str, *, manages: bool = False
) -> HttpResponse:
    """Answer with the screen; ``other``: the address of the other one, ``manages``: who looks may set up sources."""
    form = FilterForm(request.GET)
    figures: OfficeFigures | GatewayFigures
    ended = None
    if part == "office":
        figures = queries.office_figures(tenant.code)
        tiles = build_office_tiles(figures)
    else:
        figures = queries.gateway_figures(tenant.code, form.build_filter())
        tiles, ended = build_gateway_tiles(figures), figures.ended
    context = {
        "part": part,
        "title": words(current())(SCREENS[part]),
        "tenant": tenant,
        "form": form if part == "gateway" else None,
        "told": figures,
        "tiles": tiles,
        "decisions": build_decision_lines(figures),
        "log": figures.gate.state,
        "note": next(one.note for one in tiles if one.name == "reasons"),
        "ended": format_stamp(ended) if ended else "",
        "time": format_stamp(figures.at),
        "here": request.path,
        "other": other,
        "lacking": " · ".join(one.title for one in tiles if one.state == "absent" and one.name in SET_UP),
        "setting_up": reverse("screens-sources", kwargs={"code": tenant.code}) if manages else "",
    }
    fragment = getattr(request, "htmx", False)
    return render(request, "screens/live.html" if fragment else "screens/screen.html", context)


class LinkForm(forms.Form):
    """A kiosk's link."""

    name = forms.CharField(label=gettext_lazy("Location of the screen"), max_length=NAME_LENGTH)
    days = forms.IntegerField(
        label=gettext_lazy("Days for which the link is valid"), min_value=1, max_value=LONGEST_DAYS, initial=1
    )


@require_safe
@page(Permission.READ)
def office(request: Request, code: str) -> HttpResponse:
    """Show the back office's screen."""
    other = reverse("screens-gateway", kwargs={"code": code})
    manages = has_permission(request.actor, code, Permission.MANAGE_DATA)
    return _render_screen(request, "office", request.enterprise, other, manages=manages)


@require_safe
@page(Permission.READ)
def gateway(request: Request, code: str) -> HttpResponse:
    """Show the gateway's screen."""
    return _render_screen(request, "gateway", request.enterprise, reverse("screens-office", kwargs={"code": code}))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Lead to the screens, say how their sources are, and make or end a kiosk's link."""
    form, url, status, _ = LinkForm(), "", 200, words(current())
    if request.method == "POST":
        require_permission(request.actor, code, Permission.ADMINISTER)
        if ended := request.POST.get("end", ""):
            operations.end_link(enterprise=code, link=ended[:NAME_LENGTH], actor=request.actor)
            messages.success(request, gettext("The link is ended."))
            return redirect("screens", code=code)
        form = LinkForm(request.POST)
        url = _create_link(request, code, form)
        status = 200 if url else UNPROCESSABLE
    figures = queries.office_screen(enterprise=code, actor=request.actor)
    governs = has_permission(request.actor, code, Permission.ADMINISTER)
    links = queries.list_links(enterprise=code, actor=request.actor) if governs else []
    rows = [
        [
            Cell(one.name),
            Cell(person(one.made_by) or "–"),
            *(Cell(format_moment(datetime.fromisoformat(at))) for at in (one.made_at, one.expires_at)),
        ]
        for one in links
    ]
    heads = (gettext("where"), gettext("who"), gettext("made"), gettext("ends"))
    context = {
        "screens": [(reverse(f"screens-{part}", kwargs={"code": code}), _(text)) for part, text in SCREENS.items()],
        "sources": _sources(figures),
        "lacking": "absent" in {figures.now.state, figures.calls.state},
        "manages": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "links": card_table(gettext("Kiosk links"), heads, rows),
        "ends": [(one.link, one.name) for one in links],
        "form": LinkForm() if url else form,
        "made": url,
        "governs": governs,
    }  # fmt: skip
    return render(request, "screens/front.html", context, status=status)


def _create_link(request: Request, code: str, form: LinkForm) -> str:
    """The new link's address; "" where the form says why there is none."""
    if not form.is_valid():
        return ""
    try:
        link = operations.create_link(enterprise=code, actor=request.actor, **form.cleaned_data)
    except NianjianError as error:
        form.add_error(None, " ".join(describe_error(error)))
        return ""
    path = f"{link.path}office/"
    return env.address(path, request.build_absolute_uri(path))


def _sources(figures: OfficeFigures) -> Table:
    tiles = {one.name: one for one in build_office_tiles(figures)}
    names = (
        ("now", gettext("Current calls (manager interface of the switch)")),
        ("calls", gettext("Call records of the switch")),
        ("reasons", gettext("Decision journal of the gate")),
        ("complaints", gettext("Complaint tickets")),
    )
    badges = {"fresh": "good", "stale": "bad", "absent": "plain"}
    rows = [
        [Cell(text), Cell(tiles[name].label, badge=badges[tiles[name].state]), Cell(tiles[name].note or "–")]
        for name, text in names
    ]
    return card_table(gettext("Live sources"), (gettext("source"), gettext("state"), gettext("note")), rows)


GONE = 410


@require_safe
@public
@sensitive_variables("secret")
def kiosk(request: HttpRequest, secret: str, part: str) -> HttpResponse:
    """Show a screen; 410 for a link that has ended, or never was one."""
    if part not in PARTS:
        raise Http404
    tenant = queries.find_enterprise_by_secret(secret)
    if tenant is None:
        return render(request, "screens/ended.html", status=GONE)
    other = reverse("screens-kiosk", kwargs={"secret": secret, "part": PARTS[part == PARTS[0]]})
    return _render_screen(request, part, tenant, other)


@require_safe
@public
@sensitive_variables("secret")
def open_kiosk(request: HttpRequest, secret: str) -> HttpResponse:
    """Go on to the first screen of a link, whose address the API tells; 410 where a screen of it is."""
    if queries.find_enterprise_by_secret(secret) is None:
        return render(request, "screens/ended.html", status=GONE)
    return redirect("screens-kiosk", secret=secret, part=PARTS[0])


# The page of the screens' sources: list, add, change, remove, and a test of each.


def _list_kinds() -> list[tuple[str, str]]:
    _ = words(current())
    return [(code, _(name)) for code, name in KINDS.items()]


NewSourceForm: Final = form(operations.add_source, choices={"kind": _list_kinds})
SourceForm: Final = form(operations.change_source, choices={"kind": _list_kinds})


@dataclass(frozen=True, slots=True)
class Notice:
    """What a test gave."""

    kind: str
    title: str
    text: str


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@sensitive_post_parameters("secret")
@sensitive_variables()
def list_sources(request: Request, code: str) -> HttpResponse:
    """List the sources and add one; test one that is kept, or what the form holds without keeping it."""
    entry_form, notice, status = NewSourceForm(), None, 200
    act = request.POST.get("act", "")
    if request.method == "POST" and act == "test":
        source = request.POST.get("source", "")[:60]
        entries = queries.list_sources(enterprise=code, actor=request.actor)
        name = next((f"{each.name} · {_kind(each.kind)}" for each in entries if each.source == source), "")
        notice = _notice(name, lambda: operations.test_source(enterprise=code, actor=request.actor, source=source))
    elif request.method == "POST":
        entry_form = NewSourceForm(request.POST)
        if act == "try":
            notice = _try(request, code, entry_form)
        elif run_form(entry_form, lambda values: operations.add_source(enterprise=code, actor=request.actor, **values)):
            messages.success(request, gettext("The source is set up; its figures come within seconds."))
            return redirect("screens-sources", code=code)
        status = 200 if notice else UNPROCESSABLE
    return _render(request, code, entry_form, notice, status, "screens/sources.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@sensitive_post_parameters("secret")
@sensitive_variables()
def change_source(request: Request, code: str, screen_source: str) -> HttpResponse:
    """Change a source, try the change, or remove it; ``live_source_unknown``."""
    entry = next((each for each in queries.find_sources(code, [screen_source]) if not each.fixed), None)
    if entry is None:
        raise operations.SOURCES.missing(screen_source)
    act, notice, status = request.POST.get("act", ""), None, 200
    entry_form = SourceForm(initial={name: getattr(entry, name) for name in ("name", "kind", "place", "user")})
    if request.method == "POST" and act == "remove":
        operations.remove_source(enterprise=code, actor=request.actor, source=screen_source)
        messages.success(request, gettext("The source is removed."))
        return redirect("screens-sources", code=code)
    if request.method == "POST":
        entry_form = SourceForm(request.POST)
        if act == "try":
            notice = _try(request, code, entry_form, screen_source)
        elif run_form(
            entry_form, lambda _values: entry_form.run(enterprise=code, actor=request.actor, key=screen_source)
        ):
            messages.success(request, gettext("The source is changed."))
            return redirect("screens-sources", code=code)
        status = 200 if notice else UNPROCESSABLE
    return _render(request, code, entry_form, notice, status, "screens/source.html", entry)


def _render(  # noqa: PLR0917 -- one part of both pages
    request: Request,
    code: str,
    entry_form: OperationForm,
    notice: Notice | None,
    status: int,
    template: str,
    entry: SourceEntry | None = None,
) -> HttpResponse:
    try:
        folder = str(sources.find_folder(code))
    except NianjianError:
        folder = ""
    entries = queries.list_sources(enterprise=code, actor=request.actor)
    context = {
        "rows": [_row(request, each) for each in entries], "form": entry_form, "notice": notice, "entry": entry,
        "folder": folder,
    }  # fmt: skip
    return render(request, template, context, status=status)


def _try(request: Request, code: str, entry_form: OperationForm, source: str = "") -> Notice | None:
    """What the form's source shows; None where the form is not filled in."""
    if not entry_form.is_valid():
        return None
    values = entry_form.cleaned_data
    name = gettext("Tried, not kept")
    return _notice(name, lambda: operations.try_source(enterprise=code, actor=request.actor, source=source, **values))


def _notice(name: str, look: Any) -> Notice:  # noqa: ANN401 -- gives a SourceReading
    try:
        reading: SourceReading = look()
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        return Notice("error", gettext("{name}: no").format(name=name), describe_error(error)[0])
    doubtful = reading.unreadable or reading.last_at is None
    return Notice("warning" if doubtful else "success", name, describe_reading(asdict(reading), words(current())))


def _kind(kind: str) -> str:
    return words(current())(KINDS[kind])


def _row(request: Request, each: SourceEntry) -> Mapping[str, Any]:
    _ = words(current())
    notes: Sequence[str] = [translate_code(PROBLEMS, each.problem, _)] if each.problem else []
    if each.state == FRESH:
        label, badge = gettext("live"), "good"
    elif each.since is None:
        label, badge = gettext("unknown: no sign of life so far"), "bad"
    else:
        label, badge = gettext("silent since {time}").format(time=format_stamp(each.since)), "bad"
    posts = env.address(each.posts_to, request.build_absolute_uri(each.posts_to)) if each.posts_to else ""
    return {
        "source": each.source,
        "name": each.name,
        "kind": _kind(each.kind),
        "place": posts or each.place,
        "user": each.user,
        "label": label,
        "badge": badge,
        "notes": notes,
        "fixed": each.fixed,
        "set_by": each.set_by,
        "href": ""
        if each.fixed
        else reverse("screens-source", kwargs={"code": request.enterprise.code, "screen_source": each.source}),
    }
