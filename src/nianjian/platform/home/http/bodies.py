"""Which bodies are read: those of at most `SMALL` bytes everywhere, larger ones where a file is expected, once let in.

The web server sends the head of a larger request through the whole application before it reads the body. An address
that takes no files answers 413; a view that does is reached only by whom session or token let in, and answers 100.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from nianjian.engines.kernel.unpacking import checked_room
from nianjian.platform.home import env
from nianjian.platform.home.http.readable import refused

SMALL: Final = 1 << 20  # a form or a document; more is a file
COPIES: Final = 2  # on the disk at once: what the server has received, and what the view keeps of it
AHEAD: Final = "nianjian.ahead"  # in the WSGI environment of a head whose body has not been read
MARK: Final = "takes_files"  # of a view: the methods by which files come

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of a body that has not been read: its ``size``, 0 where it comes in chunks of any number.

    ``promised``: bytes still to come of bodies that were let in before.
    """

    size: int
    promised: int


def largest() -> int:
    """Bytes of the largest body: a file, and the form around it; ``setting_not_a_count``."""
    return (env.read().upload_mib << 20) + SMALL


def takes_files(view: View[R, P]) -> View[R, P]:
    """Mark a view that takes files by POST; it stands innermost, so that a head has passed what stands around it."""

    @wraps(view)
    def inside(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return let_in(request) or view(request, *args, **kwargs)

    setattr(inside, MARK, frozenset({"POST"}))
    return cast("View[R, P]", inside)


def let_in(request: HttpRequest, file: str = "upload") -> HttpResponse | None:
    """Answer 100 to a head whose sender may send the body, None to a whole request; ``disk_too_small``."""
    ahead: Ahead | None = request.META.get(AHEAD)
    if ahead is None:
        return None
    checked_room(file, Path(tempfile.gettempdir()), COPIES * (ahead.size + ahead.promised))
    return HttpResponse(status=HTTPStatus.CONTINUE)


class Bodies:
    """Middleware: answers 413 to a head that announces a body where no files are taken, or a larger one than any."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on; the token of a form stands in the body, so it is asked for once that is there."""
        if AHEAD in request.META:
            if request.META[AHEAD].size > largest() or not _takes_files(request):
                return refused(request, RequestDataTooBig())
            setattr(request, "_dont_enforce_csrf_checks", True)  # noqa: B010 -- Django's own name, without a type
        return self._get_response(request)


def _takes_files(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return request.method in getattr(view, MARK, ())
