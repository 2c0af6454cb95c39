"""The page of the screens' sources: list, add, change, remove, and a test of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.gate import translate_code
from nianjian.engines.paper.texts.screens import KINDS, PROBLEMS, describe_reading
from nianjian.engines.paper.words import words
from nianjian.features.screens import operations, places, queries
from nianjian.features.screens.pages import format_stamp
from nianjian.features.screens.probes import SourceReading
from nianjian.features.screens.queries import FRESH, SourceEntry
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import OperationForm, form, run_form
from nianjian.platform.web.language import current


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
        notice = _test(request, code, request.POST.get("source", "")[:60])
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
        folder = str(places.find_folder(code))
    except NianjianError:
        folder = ""
    entries = queries.list_sources(enterprise=code, actor=request.actor)
    context = {
        "rows": [_row(request, each) for each in entries], "form": entry_form, "notice": notice, "entry": entry,
        "folder": folder,
    }  # fmt: skip
    return render(request, template, context, status=status)


def _test(request: Request, code: str, source: str) -> Notice:
    entries = queries.list_sources(enterprise=code, actor=request.actor)
    name = next((f"{each.name} · {_kind(each.kind)}" for each in entries if each.source == source), "")
    return _notice(name, lambda: operations.test_source(enterprise=code, actor=request.actor, source=source))


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
