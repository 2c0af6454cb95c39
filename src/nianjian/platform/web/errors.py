"""What a page says when something was not done: the sentence, what helps, the right status."""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nianjian.engines.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NianjianError,
    NotFoundError,
    PermissionDeniedError,
)
from nianjian.engines.paper.people import USER, actor_text, actor_texts
from nianjian.engines.paper.texts import platform
from nianjian.engines.paper.texts.errors import REMEDIES, error_message, remedy, translate_value
from nianjian.engines.paper.words import Words, mark, words
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.people import list_candidates
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import Middleware
from nianjian.platform.web.language import current

STATUS: Final[Mapping[type[NianjianError], int]] = {
    NotFoundError: 404, PermissionDeniedError: 403, ConflictError: 409, InvalidInputError: 400,
}  # fmt: skip
TITLES: Final[Mapping[int, str]] = {
    400: mark("That did not work"), 403: mark("Not allowed"), 404: mark("Not found"),
    409: mark("Not possible in the current state"), 413: mark("Too large"), 500: mark("Internal error"),
}  # fmt: skip
TOO_LARGE: Final = "api_too_large"
ROLE_MISSING: Final = "role_missing"
#: What pages say of a missing role: people and roles by their names, as nobody types their codes there.
MISSING: Final[Mapping[str, str]] = {
    ROLE_MISSING: mark("{user} may not do this here: {act}. It takes one of these roles: {roles}"),
    "role_missing_everywhere": mark(
        "{user} may not do this in the whole installation: {act}. It takes one of these roles there: {roles}"
    ),
}
HELPERS: Final = 3  # administrators who are named


def describe_error(error: NianjianError) -> tuple[str, str]:
    """Return the error's sentence and what helps, in the reader's language; for a form that shows them itself."""
    _ = words(current())
    return page_message(error.code, error.values, _), remedy(error.code, _)


def page_message(code: str, values: Mapping[str, object], _: Words) -> str:
    """The sentence of an error, as `error_message`; one of a missing role in the words of pages."""
    if code not in MISSING or not {"user", "act", "roles"} <= values.keys():
        return error_message(code, values, _)
    roles = (translate_value("role", one, _) for one in str(values["roles"]).split(", "))
    return _(MISSING[code]).format(
        user=actor_text(f"{USER}:{values['user']}", _),
        act=translate_value("act", values["act"], _),
        roles=_(", ").join(map(str, roles)),
    )


def name_helpers(actor: Actor | None, error: NianjianError) -> str:
    """Say which administrators of the enterprise to ask for the role; "" where the reader may not know them."""
    enterprise = str(error.values.get("enterprise", ""))
    if error.code != ROLE_MISSING or not (actor and enterprise and has_permission(actor, enterprise, Permission.READ)):
        return ""
    able = list_candidates(enterprise, Permission.PEOPLE)[:HELPERS]
    _ = words(current())
    people = _(", ").join(actor_texts([f"{USER}:{one.name}" for one in able], _))
    return (
        _("Ask an administrator for the role ({people}), or have somebody with the role do this.").format(people=people)
        if able
        else ""
    )


class Refusals(Middleware):
    """Middleware: a `NianjianError` that leaves a view becomes a page, or a notice for htmx."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Put a refusal into words; anything else is a fault and stays one."""
        return refused(request, exception) if isinstance(exception, NianjianError) else None


def refused(request: HttpRequest, error: NianjianError) -> HttpResponse:
    """Answer with the error's sentence, what helps and the status of its kind."""
    _ = words(current())
    text, helps = describe_error(error)
    helps = name_helpers(getattr(request, "actor", None), error) or helps
    more = [error_message(str(one.get("code", "")), one, _) for one in error.findings]
    return _answer(request, STATUS[type(error)], text, helps, more)


def _answer(request: HttpRequest, status: int, text: str, remedy: str, more: list[str] | None = None) -> HttpResponse:
    title = words(current())(TITLES[status])
    context = {"status": status, "title": title, "text": text, "remedy": remedy, "more": more or [], "kind": "error"}
    template = "layout/parts/notice.html" if getattr(request, "htmx", False) else "layout/refused.html"
    return render(request, template, context, status=status)


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the request itself is malformed; 413: it is too large."""
    _ = words(current())
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, 413, error_message(TOO_LARGE, {}, _), _(platform.REMEDIES[TOO_LARGE]))
    return _answer(request, 400, _("The browser sent something that cannot be read."), _("Reload the page."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    del exception
    _ = words(current())
    return _answer(request, 403, _("You are not allowed to do this."), _(REMEDIES[PermissionDeniedError]))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a way back; why it is missing is not told, a stranger could learn the tenants from it."""
    del exception
    _ = words(current())
    return _answer(request, 404, _("There is nothing at this address."), _(REMEDIES[NotFoundError]))


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without its token: the page is old, or the browser keeps no cookies."""
    del reason
    _ = words(current())
    text = _("This form has expired, or your browser rejects cookies.")
    return _answer(request, 403, text, _("Reload the page and submit the form again."))


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500; it must need nothing that could be broken itself, so no database and no frame."""
    del request
    _ = words(current())
    title, text = _(TITLES[500]), _("The error is recorded in the server's log. No change was left half done.")
    back = _("Go to the first page")
    return HttpResponse(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/static/tokens.css"><main><h1>{}</h1><p>{}</p>'
        '<p><a href="/">{}</a></p></main></html>'.format(
            "en" if current() == "en" else "zh-Hans", title, title, text, back
        ),
        status=500,
    )
