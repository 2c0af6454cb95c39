"""Middleware: no address and no form holds a NUL, which PostgreSQL stores in no text and answers with a fault.

Asked before any view, so that no query needs to look for itself; what a document or a form to the API holds is looked
at where it is parsed (`api.door.parsing`). Of a form with files the fields alone, the files lie on disk as they would
for the view.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPMethod
from typing import Final

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string

NUL: Final = "\0"
QUOTED: Final = "%00"
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
APART: Final = "reads_form_itself"

View = Callable[..., HttpResponseBase]


def reads_form_itself(view: View) -> View:
    """Mark a view that says where a form's files go, so nothing may read the form before; it uses no field of it."""
    setattr(view, APART, True)
    return view


class Readable:
    """Answers 404 to an address with a NUL, 400 to a query or a form with one, as the door does whose address it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on."""
        if NUL in request.path:
            return refused(request, Http404())
        if QUOTED in request.META.get("QUERY_STRING", ""):
            return refused(request, SuspiciousOperation())
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_arguments: object) -> HttpResponse | None:
        """Refuse a form; a document of the API is not read here, it may be a file of any size."""
        if request.method != HTTPMethod.POST or request.content_type not in FORMS or _door(request):
            return None
        return None if hasattr(view, APART) or not _holds_one(request) else refused(request, SuspiciousOperation())


def refused(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Answer as the door does whose address it is: 404, 413 or 400 by the fault."""
    missing, bad = settings.UNREADABLE[_door(request)]
    answer: Callable[[HttpRequest, Exception], HttpResponse] = import_string(
        missing if isinstance(fault, Http404) else bad
    )
    return answer(request, fault)


def _door(request: HttpRequest) -> str:
    """The beginning of the address by which a door other than the pages is known, else ""."""
    return next((start for start in settings.UNREADABLE if start and request.path.startswith(start)), "")


def _holds_one(request: HttpRequest) -> bool:
    """Whether a name or a value of the form does."""
    return any(NUL in text for name, values in request.POST.lists() for text in (name, *values))
