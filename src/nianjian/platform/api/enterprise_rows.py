"""What hangs on an enterprise and is asked for by its own number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from django.http import Http404

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.api.access import Request


class EnterpriseRow(Protocol):
    """A row of an enterprise."""

    pk: str
    enterprise_id: str


def of_enterprise(own: Callable[[str, Actor], EnterpriseRow], number: str, request: Request, code: str) -> str:
    """The number of what ``own`` finds for the actor, if it is this enterprise's; else 404."""
    try:
        held = own(number, request.actor)
    except NianjianError as error:
        raise Http404 from error
    if held.enterprise_id != code:
        raise Http404
    return str(held.pk)
