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
    typed, notice, status = NewSourceForm(), None, 200
    act = request.POST.get("act", "")
    if request.method == "POST" and act == "test":
        notice = _test(request, code, request.POST.get("source", "")[:60])
    elif request.method == "POST":
        typed = NewSourceForm(request.POST)
        if act == "try":
            notice = _try(request, code, typed)
        elif run_form(typed, lambda values: operations.add_source(enterprise=code, actor=request.actor, **values)):
            messages.success(request, gettext("The source is set up; its figures come within seconds."))
            return redirect("screens-sources", code=code)
        status = 200 if notice else UNPROCESSABLE
    return _render(request, code, typed, notice, status, "screens/sources.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@sensitive_post_parameters("secret")
@sensitive_variables()
def change_source(request: Request, code: str, screen_source: str) -> HttpResponse:
    """Change a source, try the change, or remove it; ``live_source_unknown``."""
    found = next((one for one in queries.find_sources(code, [screen_source]) if not one.fixed), None)
    if found is None:
        raise operations.SOURCES.missing(screen_source)
    act, notice, status = request.POST.get("act", ""), None, 200
    typed = SourceForm(initial={name: getattr(found, name) for name in ("name", "kind", "place", "user")})
    if request.method == "POST" and act == "remove":
        operations.remove_source(enterprise=code, actor=request.actor, source=screen_source)
        messages.success(request, gettext("The source is removed."))
        return redirect("screens-sources", code=code)
    if request.method == "POST":
        typed = SourceForm(request.POST)
        if act == "try":
            notice = _try(request, code, typed, screen_source)
        elif run_form(typed, lambda _values: typed.run(enterprise=code, actor=request.actor, key=screen_source)):
            messages.success(request, gettext("The source is changed."))
            return redirect("screens-sources", code=code)
        status = 200 if notice else UNPROCESSABLE
    return _render(request, code, typed, notice, status, "screens/source.html", found)


def _render(  # noqa: PLR0917 -- one part of both pages
    request: Request,
    code: str,
    typed: OperationForm,
    notice: Notice | None,
    status: int,
    template: str,
    found: SourceEntry | None = None,
) -> HttpResponse:
    try:
        folder = str(places.find_folder(code))
    except NianjianError:
        folder = ""
    listed = queries.list_sources(enterprise=code, actor=request.actor)
    context = {
        "rows": [_row(request, one) for one in listed], "form": typed, "notice": notice, "found": found,
        "folder": folder, "folders": places.FOLDERS, "hosts": places.HOSTS,
    }  # fmt: skip
    return render(request, template, context, status=status)


def _test(request: Request, code: str, source: str) -> Notice:
    listed = queries.list_sources(enterprise=code, actor=request.actor)
    name = next((f"{one.name} · {_kind(one.kind)}" for one in listed if one.source == source), "")
    return _notice(name, lambda: operations.test_source(enterprise=code, actor=request.actor, source=source))


def _try(request: Request, code: str, typed: OperationForm, source: str = "") -> Notice | None:
    """What the form's source shows; None where the form is not filled in."""
    if not typed.is_valid():
        return None
    values = typed.cleaned_data
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


def _row(request: Request, one: SourceEntry) -> Mapping[str, Any]:
    _ = words(current())
    notes: Sequence[str] = [translate_code(PROBLEMS, one.problem, _)] if one.problem else []
    if one.state == FRESH:
        label, badge = gettext("live"), "good"
    elif one.since is None:
        label, badge = gettext("unknown: no sign of life so far"), "bad"
    else:
        label, badge = gettext("silent since {time}").format(time=format_stamp(one.since)), "bad"
    posts = env.address(one.posts_to, request.build_absolute_uri(one.posts_to)) if one.posts_to else ""
    return {
        "source": one.source,
        "name": one.name,
        "kind": _kind(one.kind),
        "place": posts or one.place,
        "user": one.user,
        "label": label,
        "badge": badge,
        "notes": notes,
        "fixed": one.fixed,
        "set_by": one.set_by,
        "href": ""
        if one.fixed
        else reverse("screens-source", kwargs={"code": request.enterprise.code, "screen_source": one.source}),
    }
