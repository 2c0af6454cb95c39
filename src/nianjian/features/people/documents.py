"""What acts on people answer to programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from nianjian.platform.accounts.links import NewLink
from nianjian.platform.home import env


@dataclass(frozen=True)
class Touched:
    """The person that something was done to."""

    name: str


@dataclass(frozen=True)
class Ended:
    """How many ways into an account were ended; ``connections``: of single sign-on."""

    links: int
    sessions: int
    tokens: int
    passkeys: int
    connections: int


@dataclass(frozen=True)
class Confirmed(Touched):
    """Who might have been behind the account until now (nobody: nothing was ended), and what was ended.

    ``email``: the address that goes on letting in by single sign-on; make sure that it is the person's.
    """

    behind: list[str]
    ended: Ended
    email: str


@dataclass(frozen=True)
class Given(Touched):
    """Whether the role was not held before."""

    changed: bool


@dataclass(frozen=True)
class Added(Touched):
    """Who was added; ``url``: the one-time link, told now alone (null where this answer is repeated).

    An inspector comes by a link that is made with its end: ``url`` and ``expires_at`` are null.
    """

    url: str | None
    expires_at: datetime | None


@dataclass(frozen=True)
class MadeLink:
    """A new link; ``url`` is told now alone (null where this answer is repeated)."""

    id: str
    url: str | None
    expires_at: datetime


@dataclass(frozen=True)
class Withdrawn:
    """The invitation that was taken back."""

    id: str


def link_url(request: HttpRequest, link: NewLink) -> str:
    """The address of a link that was just made, under the name that `NIANJIAN_URL` gives."""
    return env.address(link.path, request.build_absolute_uri(link.path))


def link_document(request: HttpRequest, link: NewLink) -> dict[str, object]:
    """A link that was just made, with its address."""
    return {"id": link.id, "url": link_url(request, link), "expires_at": link.expires_at}
