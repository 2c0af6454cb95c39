"""Who asks, by a token alone, and whether that person may: as for the pages, a stranger is told nothing.

To whom an enterprise does not concern it does not exist (404); who may read it but not do this gets 403.
"""

from collections.abc import Callable
from typing import Protocol

from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import access, query
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.accounts.tokens import record_use
from nianjian.platform.registers.uploads import Incoming


class Request(HttpRequest):
    """A request that has passed `enter`. ``enterprise`` and ``team`` stand where the address names one."""

    auth: Actor
    actor: Actor
    enterprise: Enterprise
    team: str | None  # rows of this team only; None: all
    incoming: Incoming  # the file that came, of an upload
    content: bytes  # the same where it is held in memory


class Token(HttpBearer):
    """``Authorization: Bearer TOKEN``. Cookies count for nothing here."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Whose token it is; None: 401."""
        del request
        actor = query.bearer(token)
        if actor is not None:
            record_use(token)
        return actor


def enter(request: Request, act: Permission | None, place: str | None) -> None:
    """Let the asker in or raise: ``place`` is an enterprise's code, `EVERYWHERE`, or None with an ``act`` of None.

    Http404 for an enterprise that there is not or that does not concern the asker; ``role_missing``.
    """
    request.actor = request.auth
    if act is None or place is None:
        return
    if place == access.EVERYWHERE:
        access.require_permission(request.actor, place, act)
    else:
        request.enterprise, request.team = access.enter_enterprise(request.actor, place, act)


class EnterpriseRow(Protocol):
    """A row of an enterprise."""

    pk: str
    enterprise_id: str


def of_enterprise(own: Callable[[str, Actor], EnterpriseRow], number: str, request: Request, code: str) -> str:
    """The number of what ``own`` finds for the actor, if it is this enterprise's; else 404."""
    try:
        row = own(number, request.actor)
    except NianjianError as error:
        raise Http404 from error
    if row.enterprise_id != code:
        raise Http404
    return str(row.pk)
