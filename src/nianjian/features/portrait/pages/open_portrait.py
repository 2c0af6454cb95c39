"""The portrait that a page is about: the run that is asked for, and the addresses of the rows behind its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from nianjian.engines.metrics.drill_down import EXCLUDED, IDLE, component_of_flag, find_figures
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, pair_text, words
from nianjian.features.portrait import portraits, vacancies
from nianjian.features.portrait.causes import Cause
from nianjian.features.portrait.changes import change_text, count_changes
from nianjian.features.portrait.portraits import Run
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import missing_as_404
from nianjian.platform.web.access import Request
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.language import current

SALT: Final = "nianjian.portrait.number"
NONE: Final = "-"  # in an address: the rows that have no key


@dataclass(frozen=True, slots=True)
class OpenPortrait:
    """``data`` is masked; ``run`` as asked in the address, ``stored``: what is known of the run that is shown."""

    code: str
    year: int
    run: str | None
    stored: Run | None
    data: Mapping[str, Any]

    def link(self, route: str, *, query: Mapping[str, str] | None = None, **more: object) -> str:
        """Return a page's address that is about the same run."""
        address = reverse(route, kwargs={"code": self.code, "year": self.year, **more})
        params = {**({"run": self.run} if self.run else {}), **(query or {})}
        return f"{address}?{urlencode(params)}" if params else address

    def metric(self, slug: str) -> Mapping[str, Any]:
        """Return a metric, numbers masked; 404 for one that there is not."""
        return _find_metric(self.data, slug)

    def split_metric(self, slug: str) -> Mapping[str, Any]:
        """Return the same with what only the registers tell: the seats by team."""
        return vacancies.add_team_split(self.data, self.metric(slug), self.stored)

    def unmasked_metric(self, slug: str) -> Mapping[str, Any]:
        """Return the same as it was counted."""
        return _find_metric(portraits.find_portrait(self.code, self.year, self.run) or self.data, slug)


def find_figures_or_404(portrait: Mapping[str, Any], slug: str) -> Mapping[str, Any]:
    """A metric or the marketing calls: whatever has rows behind it; 404 for anything else."""
    result = find_figures(portrait, slug)
    if result is None:
        raise Http404
    return result


def _find_metric(portrait: Mapping[str, Any], slug: str) -> Mapping[str, Any]:
    for metric in portrait["metrics"]:
        if metric["slug"] == slug:
            return cast("Mapping[str, Any]", metric)
    raise Http404


def get_portrait_or_404(request: Request, code: str, year: int) -> OpenPortrait:
    """Find the portrait; 404 where there is none, also for a run that does not exist."""
    run = request.GET.get("run") or request.POST.get("run") or None
    with missing_as_404():
        data = portraits.find_masked_portrait(code, year, run)
        run_record = portraits.find_newest_run(code, year) if run is None else portraits.get_run(code, year, run)
    if data is None:
        raise Http404
    return OpenPortrait(code, year, run, run_record, data)


def translator() -> Words:
    """Words in the reader's language."""
    return words(current())


def mark_safe_fragment(html: str) -> SafeString:
    """Mark markup from `paper.fragments`, which escapes every text, as ready for the template."""
    return SafeString(html)


def shared_context(request: Request, one: OpenPortrait) -> dict[str, Any]:
    """What every page of a portrait shows: the year, which run it is."""
    return {
        "year": one.year,
        "run": one.run,
        "known": one.stored,
        "moment": moment(one.stored) if one.stored else "",
        "data": one.data,
        "facts": _list_facts(one),
        "since": _list_changes(one) if access.has_permission(request.actor, one.code, Permission.READ) else [],
        "erased": portraits.marks_of_snapshot(one.data["snapshot"], portraits.list_deletion_marks(one.code)),
        "may_run": access.has_permission(request.actor, one.code, Permission.REPORT),
    }


def _list_changes(one: OpenPortrait) -> list[str]:
    """What has changed since the newest figures were computed; of an earlier run that is shown nothing is said."""
    if one.run or one.stored is None:
        return []
    _ = words(current())
    return [change_text(what, count, _) for what, count in sorted(count_changes(one.code, one.stored).items())]


def _list_facts(one: OpenPortrait) -> list[str]:
    """The period, the day as of which it stands, and when it was computed."""
    as_of = format_day(date.fromisoformat(one.data["period"]["as_of"]))
    facts = [gettext("Data year {year}").format(year=one.year), gettext("as of {day}").format(day=as_of)]
    return [*facts, gettext("computed {moment}").format(moment=moment(one.stored))] if one.stored else facts


def moment(run: Run) -> str:
    """When a run was, in Shanghai, to the minute."""
    return format_moment(datetime.fromisoformat(run.moment))


def token(code: str, number: str) -> str:
    """A displayed number in an address: nobody can tell the number from it."""
    return salted_hmac(SALT, f"{code}:{number}").hexdigest()[:16]


def address_of(one: OpenPortrait, slug: str, part: str, **keys: str) -> str:
    """Return the address of the rows that a component counts, narrowed to the keys."""
    return one.link("portrait-rows", slug=slug, query={"class": part, **keys})


def key_address(one: OpenPortrait, slug: str, split: str, cause: Cause) -> str:
    """The key of a split's row as an address holds it: nobody can tell a displayed number from it."""
    if cause.key is None:
        return NONE
    if split != "display":
        return cause.key
    return token(one.code, str(one.unmasked_metric(slug)["splits"][split][cause.place]["key"]))


def part_name(component: str, _: Words) -> str:
    """What a component is called; a reason that excludes by its own name."""
    if component == IDLE:
        return _("filed, not opened")
    if component.startswith(EXCLUDED):
        reason = code_name("exclusion", component.removeprefix(EXCLUDED), _)
        return pair_text(code_name("component", "excluded", _), reason, _)
    return code_name("component", component, _)


def input_links(
    one: OpenPortrait, metric: Mapping[str, Any], counts: Mapping[str, int], _: Words
) -> list[tuple[str, str, str]]:
    """(name, count, address of the rows) of each input; reckoned figures have no rows."""
    links = [
        (part_name(part, _), figures.count_text(number), address_of(one, metric["slug"], part) if number else "")
        for part, number in counts.items()
        if not part.startswith(EXCLUDED)
    ]
    if "allowance" in metric["components"]:
        allowed = figures.count_text(metric["components"]["allowance"])
        links.append((code_name("component", "allowance", _), allowed, ""))
    return links


def flag_links(one: OpenPortrait, metric: Mapping[str, Any]) -> dict[str, str]:
    """Code of a flag -> address of the rows that it speaks of."""
    parts = {flag["code"]: component_of_flag(metric, flag["code"]) for flag in metric["flags"]}
    return {code: address_of(one, metric["slug"], part) for code, part in parts.items() if part}
