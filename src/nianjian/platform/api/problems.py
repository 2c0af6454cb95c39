"""What is answered when something was not done: ``application/problem+json`` (RFC 9457), in the asker's language."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NianjianError,
    NotFoundError,
    PermissionDeniedError,
)
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.errors import remedy as remedy_for
from nianjian.engines.paper.words import CHINESE, ENGLISH, mark, words

LOG: Final = logging.getLogger("nianjian.api")
MEDIA: Final = "application/problem+json"
STATUS: Final[Mapping[type[NianjianError], int]] = {
    NotFoundError: 404,
    PermissionDeniedError: 403,
    ConflictError: 409,
    InvalidInputError: 422,
}
TITLES: Final[Mapping[int, str]] = {
    400: mark("Not readable"), 401: mark("Not signed in"), 403: mark("Not allowed"), 404: mark("Not found"),
    405: mark("Method not allowed"), 409: mark("Not possible in the current state"), 413: mark("Too large"),
    422: mark("Not usable"), 500: mark("Internal error"),
}  # fmt: skip
LANGUAGES: Final = {"en": ENGLISH, "zh": CHINESE}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of several."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not done. ``code`` is stable, sentences are not."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    findings: list[Finding]


def language(request: HttpRequest) -> str:
    """The asker's language by ``Accept-Language`` alone; Chinese when in doubt."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if tag[:2] in LANGUAGES:
            return LANGUAGES[tag[:2]]
    return CHINESE


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    values: Mapping[str, object] | None = None,
    findings: Sequence[Mapping[str, object]] = (),
) -> HttpResponse:
    """Answer with a problem document."""
    _ = words(language(request))
    document = Problem(
        type=f"urn:nianjian:problem:{code}",
        title=_(TITLES[status]),
        status=status,
        detail=error_message(code, values or {}, _),
        code=code,
        remedy=remedy_for(code, _),
        findings=[
            Finding(code=code, detail=error_message(code, one, _))
            for one in findings
            for code in [str(one.get("code", ""))]
        ],
    )
    return HttpResponse(to_json(document), status=status, content_type=MEDIA)


def refused(request: HttpRequest, error: NianjianError) -> HttpResponse:
    """Answer with a flow's refusal."""
    status = STATUS[type(error)]
    return problem(request, status, error.code, error.values, error.findings)


def nowhere(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Answer 404: no operation has this address, or what it names is not there for the asker."""
    return problem(request, HTTPStatus.NOT_FOUND, "api_not_found")


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    findings = [
        {"code": "api_value_invalid", "place": ".".join(map(str, one["loc"])), "kind": one["type"]}
        for one in error.errors
    ]
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "api_invalid", findings=findings)


def _unauthorised(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    del error
    answer = problem(request, HTTPStatus.UNAUTHORIZED, "api_unauthorised")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 400: what was sent cannot be read; 413: it is too large."""
    if isinstance(error, RequestDataTooBig):
        return problem(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "api_too_large")
    return problem(request, HTTPStatus.BAD_REQUEST, "api_unreadable")


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    LOG.error("unexpected fault", exc_info=error)
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "api_fault")


def attach(one: NinjaAPI) -> None:
    """Answer every error of an API so."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        NianjianError: refused, ValidationError: _invalid, AuthenticationError: _unauthorised, HttpError: unreadable,
        SuspiciousOperation: unreadable, Http404: nowhere, Exception: _fault,
    }  # fmt: skip
    for kind, handler in handlers.items():
        one.add_exception_handler(kind, handler)


def methods(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view of the library: its 405 becomes a problem document, too."""

    @wraps(view)
    def inside(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return answer
        response = problem(request, HTTPStatus.METHOD_NOT_ALLOWED, "api_method_not_allowed")
        response.headers["Allow"] = answer.headers["Allow"]
        return response

    return inside
