"""How an operation is declared: `read`, `write` or `take`, each with the act that it needs and the place it is about.

The place is the enterprise whose ``code`` stands in the address, else the whole installation; an act of None is for
everybody who shows a token and tells of that person alone.
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from django.db import connection, transaction
from django.http import Http404, HttpResponse
from ninja import Router
from pydantic import TypeAdapter

from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api import problems
from nianjian.platform.api.access import Request, enter
from nianjian.platform.home.http import continue_body
from nianjian.platform.jobs import service
from nianjian.platform.registers.uploads import Incoming

HEADER: Final = "Idempotency-Key"
MOST: Final = 200
WRITES: Final = frozenset({"INSERT", "UPDATE", "DELETE"})
KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{MOST}}}")
PARAMETER: Final = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST, "pattern": r"^[\x21-\x7e]+$"},
    "description": "the same request under the same key is done once; its answer is kept for 24 hours",
}


def once(
    request: Request, content: str, hidden: Collection[str], act: Callable[[], tuple[int, dict[str, Any]]]
) -> HttpResponse:
    """Do the act, or give the answer that stands under the request's key.

    ``content``: sha256 of what was sent. ``hidden``: fields of the answer that are told once, null when repeated.
    ``idempotency_key_malformed`` and the errors of `jobs.service.begin_answer`.
    """
    key = request.headers.get(HEADER)
    if key is None:
        status, body = act()
        return _answer(status, to_json(body))
    if not KEY.fullmatch(key):
        raise NianjianError("idempotency_key_malformed", most=MOST)
    who = str(request.actor)
    request_text = f"{request.method} {request.get_full_path()} {content}"
    stored = service.begin_answer(who=who, key=key, digest=hashlib.sha256(request_text.encode()).hexdigest())
    if stored is not None:
        return _answer(*stored)
    written = _Written()
    try:
        with connection.execute_wrapper(written):
            status, body = act()
    except (NianjianError, Http404):  # a fault is no refusal: whether it was done is not known, so the key stays taken
        if not written.kept:
            service.drop_answer(who=who, key=key)
        raise
    replay = {name: None if name in hidden else value for name, value in body.items()}
    service.finish_answer(who=who, key=key, status=status, body=to_json(replay))
    return _answer(status, to_json(body))


class _Written:
    """Looks at what goes to the database: ``kept`` once a write stands there that no refusal takes back."""

    def __init__(self) -> None:
        self.kept = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001 -- Django's signature
        """Do the statement; remember a write when its transaction is committed, at once where there is none."""
        done = execute(sql, params, many, context)
        if sql.lstrip()[:6].upper() in WRITES:
            transaction.on_commit(self._keep)
        return done

    def _keep(self) -> None:
        self.kept = True


def _answer(status: int, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


MARK: Final = "nianjian_act"
PERSON: Final = "person"
CHUNK: Final = 1 << 20
REFUSALS: Final = (400, 401, 403, 404, 405, 409, 413, 422, 500)
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
UPLOADS: Final[dict[str, str]] = {}  # name of an operation that takes a file -> its method
FILE: Final = {"application/octet-stream": BINARY}
UPLOADED: Final = {"requestBody": {"required": True, "content": FILE}}
View = TypeVar("View", bound=Callable[..., Any])


def read(
    router: Router,
    path: str,
    *,
    act: Permission | None,
    answer: Any = None,  # noqa: ANN401 -- a schema
    media: Collection[str] = (),
) -> Callable[[View], View]:
    """Declare a GET; the view gives what ``answer`` describes, or an HttpResponse of one of the ``media``."""

    def around(view: View) -> View:
        def inside(request: Request, **kwargs: Any) -> object:  # noqa: ANN401 -- what the address and query hold
            enter(request, act, _place(act, kwargs))
            return view(request, **kwargs)

        return _declared(router, "GET", path, act, view, inside, {200: answer}, _files(media) if media else None)

    return around


def write(  # noqa: PLR0913 -- what a route may be, all but two by name and with a default
    router: Router,
    path: str,
    *,
    act: Permission | None,
    answer: type[Any],
    status: int = 200,
    method: str = "POST",
    hidden: Collection[str] = (),
    upload: bool = False,
    held: int = 0,
    optional: bool = False,
) -> Callable[[View], View]:
    """Declare a write, done once under an ``Idempotency-Key``; the view gives what ``answer`` describes.

    ``hidden``: fields of the answer told once only. ``upload``: the content is a file, the query names it; with
    ``held`` a file of at most so many bytes, for one that is kept sealed: it is taken into memory. The server may have
    put it aside before, in a file without a name in the home (`folders.shelter`). ``optional``: the file may be
    left out.
    """
    file, shape = upload or bool(held), TypeAdapter[Any](answer)

    def around(view: View) -> View:
        def inside(request: Request, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- as above
            enter(request, act, _place(act, kwargs))
            if file and (answered := continue_body(request, kwargs["file"].name)):
                return answered

            def done() -> tuple[int, dict[str, Any]]:
                return status, shape.dump_python(shape.validate_python(view(request, **kwargs)))

            if held:
                request.content = request.read(held + 1)
                if len(request.content) > held:
                    raise NianjianError("file_too_large", file=kwargs["file"].name, limit=held)
                return once(request, hashlib.sha256(request.content).hexdigest(), hidden, done)
            if not upload:
                return once(request, hashlib.sha256(request.body).hexdigest(), hidden, done)
            with _received(request, kwargs["file"].name) as request.incoming:
                return once(request, request.incoming.sha256, hidden, done)

        more: dict[str, Any] = {"parameters": [PARAMETER]}
        if file:
            more |= {"requestBody": {"required": not optional, "content": FILE}}
        return _declared(router, method, path, act, view, inside, {status: answer}, more)

    return around


def take(
    router: Router,
    path: str,
    *,
    act: Permission,
    media: Collection[str] = (),
    answer: type[Any] | None = None,
    upload: bool = False,
) -> Callable[[View], View]:
    """Declare a POST that gives a file or shows something in full: the audit chain has an entry for each time.

    It changes nothing else, so repeating it needs no key. The view gives an HttpResponse of one of the ``media``, or
    what ``answer`` describes. ``upload``: what it gives is made of the file that was sent, and needs no entry.
    """

    def around(view: View) -> View:
        def inside(request: Request, **kwargs: Any) -> object:  # noqa: ANN401 -- as above
            enter(request, act, _place(act, kwargs))
            if not upload:
                return view(request, **kwargs)
            if answered := continue_body(request, kwargs["file"].name):
                return answered
            with _received(request, kwargs["file"].name) as request.incoming:
                return view(request, **kwargs)

        more = {
            "x-taken": True,
            **({} if answer else _files(media)),
            **(UPLOADED if upload else {}),
        }
        return _declared(router, "POST", path, act, view, inside, {200: answer}, more)

    return around


def everywhere(declare: Callable[[View], View], view: Callable[..., Any], name: str, about: str) -> None:
    """Declare what a view does to an enterprise for the whole installation, at an address without ``code``."""

    def inside(request: Request, **kwargs: Any) -> Any:  # noqa: ANN401 -- as the view's
        return view(request, code=EVERYWHERE, **kwargs)

    signature = inspect.signature(view, eval_str=True)
    parameters = [one for one in signature.parameters.values() if one.name != "code"]
    inside.__name__, inside.__doc__ = name, about
    setattr(inside, "__signature__", signature.replace(parameters=parameters))  # noqa: B010 -- of a function built here
    declare(cast("View", inside))


def _place(act: Permission | None, kwargs: Mapping[str, Any]) -> str | None:
    return None if act is None else str(kwargs.get("code", EVERYWHERE))


def _files(media: Collection[str]) -> dict[str, Any]:
    return {"responses": {200: {"description": "OK", "content": dict.fromkeys(media, BINARY)}}}


def _received(request: Request, name: str) -> Incoming:
    """Take the content as it comes, straight to the home; ``upload_too_large``."""
    incoming = Incoming(name)
    try:
        while piece := request.read(CHUNK):
            incoming.write(piece)
    except BaseException:
        incoming.drop()
        raise
    return incoming


def _declared(  # noqa: PLR0917 -- one part of the three above
    router: Router,
    method: str,
    path: str,
    act: Permission | None,
    view: View,
    inside: Callable[..., Any],
    answers: Mapping[int, Any],
    more: Mapping[str, Any] | None = None,
) -> View:
    endpoint = wraps(view)(inside)
    setattr(endpoint, "__signature__", inspect.signature(view, eval_str=True))  # noqa: B010 -- names of the view's module
    setattr(endpoint, MARK, PERSON if act is None else act)
    extra: dict[str, Any] = {**(more or {})}
    if "requestBody" in extra:
        UPLOADS[getattr(view, "__name__", "")] = method
    content = {problems.MEDIA: {"schema": {"$ref": f"#/components/schemas/{problems.Problem.__name__}"}}}
    refused = {status: {"description": HTTPStatus(status).phrase, "content": content} for status in REFUSALS}
    extra["responses"] = {**extra.get("responses", {}), **refused}
    if act is not None:
        extra["x-act"] = act.value
    register = router.api_operation(
        [method], path, response=dict(answers), operation_id=getattr(view, "__name__", ""), openapi_extra=extra,
        summary=(inspect.getdoc(view) or "").partition("\n")[0],
    )  # fmt: skip
    register(endpoint)
    return view
