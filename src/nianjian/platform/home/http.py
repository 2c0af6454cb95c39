"""What requests and answers of pages and API share: limits of the server, bodies, unreadable input, attachments.

The web server sends the head of a larger request through the whole application before it reads the body. An address
that takes no files answers 413; a view that does is reached only by whom session or token let in, and answers 100. No
address and no form holds a NUL, which PostgreSQL stores in no text.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from http import HTTPMethod, HTTPStatus
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.memo import remember_answers
from nianjian.engines.kernel.unpacking import checked_room
from nianjian.platform.home import env

READING: Final = frozenset({HTTPMethod.GET, HTTPMethod.HEAD})
UNPROCESSABLE: Final = 422  # a form that must be corrected

Answer = TypeVar("Answer", bound=HttpResponseBase)


def as_attachment(answer: Answer, name: str, *, inline: bool = False) -> Answer:
    """Give the file a name, under which a browser keeps it; ``inline``: looks at it first. Any sign may stand in it."""
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=not inline, filename=name) or ""
    return answer


@contextmanager
def missing_as_404(*codes: str) -> Iterator[None]:
    """Around whatever looks for something: 404 for an error of these codes, without any for every one."""
    try:
        yield
    except NianjianError as error:
        if codes and error.code not in codes:
            raise
        raise Http404 from error


def read_upload(file: UploadedFile[Any], most: int) -> bytes:
    """The content of a form's file; ``file_too_large`` before more than ``most`` bytes are read into memory."""
    if (file.size or 0) > most:
        raise NianjianError("file_too_large", file=file.name or "", limit=most)
    file.seek(0)
    content: bytes = file.read()
    return content


NUL: Final = "\0"
QUOTED: Final = "%00"
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
READS_FORM: Final = "reads_form_itself"

AnyView = Callable[..., HttpResponseBase]


def reads_form_itself(view: AnyView) -> AnyView:
    """Mark a view that says where a form's files go, so nothing may read the form before; it uses no field of it."""
    setattr(view, READS_FORM, True)
    return view


def has_files(request: HttpRequest) -> bool:
    """Whether a form brings any; it is read by that."""
    return bool(request.FILES)


class Middleware:
    """What stands between the server and the views: ``get_response`` is the rest of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response


class RememberAnswers(Middleware):
    """Asks the database once for what `per_request` marks, while a request that changes nothing is answered."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and forget."""
        with remember_answers() if request.method in READING else nullcontext():
            return self.get_response(request)


class Readable(Middleware):
    """Answers 404 to an address with a NUL, 400 to a query or a form with one, as the door does whose address it is."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on."""
        if NUL in request.path:
            return refuse_request(request, Http404())
        if QUOTED in request.META.get("QUERY_STRING", ""):
            return refuse_request(request, SuspiciousOperation())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: AnyView, *_arguments: object) -> HttpResponse | None:
        """Refuse a form; a document of the API is not read here, it may be a file of any size."""
        if request.method != HTTPMethod.POST or request.content_type not in FORMS or _interface(request):
            return None
        if hasattr(view, READS_FORM):
            return None
        has_nul = any(NUL in text for name, values in request.POST.lists() for text in (name, *values))
        return refuse_request(request, SuspiciousOperation()) if has_nul else None


def refuse_request(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Answer as the door does whose address it is: 404, 413 or 400 by the fault."""
    missing, bad = settings.UNREADABLE[_interface(request)]
    answer: Callable[[HttpRequest, Exception], HttpResponse] = import_string(
        missing if isinstance(fault, Http404) else bad
    )
    return answer(request, fault)


def _interface(request: HttpRequest) -> str:
    """The beginning of the address by which a door other than the pages is known, else ""."""
    return next((start for start in settings.UNREADABLE if start and request.path.startswith(start)), "")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes a second and numbers of connections."""

    head_seconds: int
    idle_seconds: int
    body_seconds: int
    bytes_per_second: int
    connections: int
    connections_per_address: int

    def is_late(self, seconds: float, transferred: int) -> bool:
        """Whether so many bytes in so many seconds are slower than the lowest rate, after a start of a head's time."""
        return seconds > self.head_seconds + transferred / self.bytes_per_second


def read_limits(environ: Mapping[str, str] | None = None) -> Limits:
    """The limits in force; ``setting_not_a_count``."""
    source = os.environ if environ is None else environ
    return Limits(
        head_seconds=env.count("NIANJIAN_WEB_HEAD_SECONDS", source),
        idle_seconds=env.count("NIANJIAN_WEB_IDLE_SECONDS", source),
        body_seconds=env.count("NIANJIAN_WEB_BODY_SECONDS", source),
        bytes_per_second=env.count("NIANJIAN_WEB_BYTES_PER_SECOND", source),
        connections=env.count("NIANJIAN_WEB_CONNECTIONS", source),
        connections_per_address=env.count("NIANJIAN_WEB_CONNECTIONS_PER_ADDRESS", source),
    )


SMALL: Final = 1 << 20  # a form or a document; more is a file
COPIES: Final = 2  # on the disk at once: what the server has received, and what the view keeps of it
PENDING_BODY: Final = "nianjian.ahead"  # in the WSGI environment of a head whose body has not been read
MARK: Final = "takes_files"  # of a view: the methods by which files come

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class PendingBody:
    """What is known of a body that has not been read: its ``size``, 0 where it comes in chunks of any number.

    ``promised``: bytes still to come of bodies that were let in before.
    """

    size: int
    promised: int


def largest_body() -> int:
    """Bytes of the largest body: a file, and the form around it; ``setting_not_a_count``."""
    return (env.read().upload_mib << 20) + SMALL


def takes_files(view: View[R, P]) -> View[R, P]:
    """Mark a view that takes files by POST; it stands innermost, so that a head has passed what stands around it."""

    @wraps(view)
    def inside(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return continue_body(request) or view(request, *args, **kwargs)

    setattr(inside, MARK, frozenset({"POST"}))
    return cast("View[R, P]", inside)


def continue_body(request: HttpRequest, file: str = "upload") -> HttpResponse | None:
    """Answer 100 to a head whose sender may send the body, None to a whole request; ``disk_too_small``."""
    ahead: PendingBody | None = request.META.get(PENDING_BODY)
    if ahead is None:
        return None
    checked_room(file, Path(tempfile.gettempdir()), COPIES * (ahead.size + ahead.promised))
    return HttpResponse(status=HTTPStatus.CONTINUE)


class Bodies(Middleware):
    """Middleware: answers 413 to a head that announces a body where no files are taken, or a larger one than any."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on; the token of a form stands in the body, so it is asked for once that is there."""
        if PENDING_BODY in request.META:
            if request.META[PENDING_BODY].size > largest_body() or not _takes_files(request):
                return refuse_request(request, RequestDataTooBig())
            setattr(request, "_dont_enforce_csrf_checks", True)  # noqa: B010 -- Django's own name, without a type
        return self.get_response(request)


def _takes_files(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return request.method in getattr(view, MARK, ())
