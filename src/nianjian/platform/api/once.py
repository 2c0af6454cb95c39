"""``Idempotency-Key``: the same write under the same key is done once, and answered the same for 24 hours.

What was refused is not kept: nothing was done, so it may be tried again. What fails once something was written, as a
reading for the answer may, keeps its key: tried again, the act would be done twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection
from typing import Any, Final

from django.db import connection, transaction
from django.http import Http404, HttpResponse
from ninja.responses import NinjaJSONEncoder

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.api.access import Request
from nianjian.platform.jobs.answers import service

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
    ``idempotency_key_malformed`` and the errors of `queue.answers.service.begin`.
    """
    key = request.headers.get(HEADER)
    if key is None:
        status, told = act()
        return _answer(status, _text(told))
    if not KEY.fullmatch(key):
        raise NianjianError("idempotency_key_malformed", most=MOST)
    who = str(request.actor)
    asked = f"{request.method} {request.get_full_path()} {content}"
    stored = service.begin(who=who, key=key, digest=hashlib.sha256(asked.encode()).hexdigest())
    if stored is not None:
        return _answer(stored.status, stored.body)
    written = _Written()
    try:
        with connection.execute_wrapper(written):
            status, told = act()
    except (NianjianError, Http404):  # a fault is no refusal: whether it was done is not known, so the key stays taken
        if not written.kept:
            service.drop(who=who, key=key)
        raise
    kept = {name: None if name in hidden else value for name, value in told.items()}
    service.finish(who=who, key=key, status=status, body=_text(kept))
    return _answer(status, _text(told))


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


def _text(told: dict[str, Any]) -> str:
    """As a reading answers: the same moment is written the same."""
    return json.dumps(told, ensure_ascii=False, cls=NinjaJSONEncoder)


def _answer(status: int, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
