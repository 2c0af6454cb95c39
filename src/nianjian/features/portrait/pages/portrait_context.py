"""The portrait that a page is about: the year's newest, or the run that ``?run=`` names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.words import Words, words
from nianjian.features.portrait.operations import erased, portraits
from nianjian.features.portrait.operations.portraits import Run
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request
from nianjian.platform.web.language import current

SALT: Final = "nianjian.portrait.number"
NONE: Final = "-"  # in an address: the rows that have no key


@dataclass(frozen=True, slots=True)
class Opened:
    """``data`` is masked; ``run`` as asked in the address, ``known``: what is known of the run that is shown."""

    code: str
    year: int
    run: str | None
    known: Run | None
    data: Mapping[str, Any]

    def link(self, route: str, *, query: Mapping[str, str] | None = None, **more: object) -> str:
        """Return a page's address that is about the same run."""
        address = reverse(route, kwargs={"code": self.code, "year": self.year, **more})
        asked = {**({"run": self.run} if self.run else {}), **(query or {})}
        return f"{address}?{urlencode(asked)}" if asked else address


def get_portrait_or_404(request: Request, code: str, year: int) -> Opened:
    """Find the portrait; 404 where there is none, also for a run that does not exist."""
    run = request.GET.get("run") or request.POST.get("run") or None
    try:
        data = portraits.find_masked_portrait(code, year, run)
        known = portraits.newest(code, year) if run is None else portraits.run(code, year, run)
    except NianjianError as error:
        raise Http404 from error
    if data is None:
        raise Http404
    return Opened(code, year, run, known, data)


def translator() -> Words:
    """Words in the reader's language."""
    return words(current())


def safe(html: str) -> SafeString:
    """Mark markup from `paper.fragments`, which escapes every text, as ready for the template."""
    return SafeString(html)


def shared(request: Request, one: Opened, here: str) -> dict[str, Any]:
    """What every page of a portrait shows: the year, which run it is, the ways to the other pages."""
    _ = translator()
    ways = [("portrait", _("Portrait"))]
    if request.team is None:
        ways += [("portrait-simulate", _("What if")), ("portrait-runs", _("Runs"))]
    return {
        "year": one.year,
        "run": one.run,
        "known": one.known,
        "moment": moment(one.known) if one.known else "",
        "data": one.data,
        "window": figures.window(one.data["period"], _),
        "home": one.link("portrait"),
        "tabs": [(one.link(route), label, route == here) for route, label in ways],
        "erased": erased.of(one.data["snapshot"], erased.marks(one.code)),
        "may_run": access.may(request.actor, one.code, Act.REPORT),
    }


def moment(run: Run) -> str:
    """When a run was, in Shanghai, to the minute."""
    return datetime.fromisoformat(run.moment).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")


def token(code: str, number: str) -> str:
    """A displayed number in an address: nobody can tell the number from it."""
    return salted_hmac(SALT, f"{code}:{number}").hexdigest()[:16]
