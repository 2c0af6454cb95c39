"""Where one deals with a point of the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from nianjian.engines.metrics.drill_down import component_of_flag
from nianjian.features.inbox.operations import obstacles
from nianjian.features.inbox.operations.obstacles import Point
from nianjian.features.inbox.pages.links import obstacle_address
from nianjian.features.overview.operations import attention
from nianjian.features.overview.operations.facts import Overview


def link(point: Point, code: str, year: int | None) -> str:
    """Return the address of the page on which the point can be dealt with."""
    if point.code == attention.EXPIRED:
        values = point.values
        return expiry_address(code, values["kind"], values["keys"])
    if point.code in {obstacles.OVERDUE, obstacles.DIFFERENCES}:
        return obstacle_address(code, point.code, point.values)
    name, more = _place(point, year)
    return reverse(name, kwargs={"code": code, **more})


def _place(point: Point, year: int | None) -> tuple[str, dict[str, Any]]:
    """Name of the page, and what its address says besides the enterprise."""
    values = point.values
    match point.code:
        case attention.INSUFFICIENT | attention.ATTACHMENT:
            found = "portrait-metric", {"year": year, "slug": values["metric"]}
        case attention.DAYS:
            found = "data", dict[str, Any]()
        case attention.REJECTS:
            found = "data-batch", {"batch": values["batch"]}
        case attention.APPROVAL:
            found = "approvals-decide-here", {"approval": values["approval"]}
        case attention.FAILED:
            found = "data-job", {"job": values["job"]}
        case attention.LATE:
            found = "season", dict[str, Any]()
        case attention.CASE:
            found = "rectify-one", {"case": values["case"]}
        case attention.MATERIALS:
            found = "dossier-season", {"year": values["year"]}
        case attention.COMPLAINT:
            found = "complaints-one", {"ticket": values["complaint"]}
        case _:
            found = "portrait-newest", dict[str, Any]()
    return found


def expiry_address(code: str, kind: str, keys: Sequence[str]) -> str:
    """Return the address of what runs out: its row, or the register where there are several."""
    if len(keys) > 1:
        return reverse("registers-list", kwargs={"code": code, "kind": kind})
    return reverse("registers-row", kwargs={"code": code, "kind": kind, "key": keys[0]})


def flag_address(told: Overview, metric: Mapping[str, Any], flag: str) -> str:
    """Return the address of the rows that a flag speaks of; of the metric's page where no single figure counts them."""
    assert told.portrait is not None  # noqa: S101 - a metric comes out of it
    place = {"code": told.portrait["enterprise"], "year": told.year, "slug": metric["slug"]}
    part = component_of_flag(metric, flag)
    if part is None:
        return reverse("portrait-metric", kwargs=place)
    return f"{reverse('portrait-rows', kwargs=place)}?{urlencode({'class': part})}"


def line_address(code: str, line: str) -> str:
    """Return the address of a line's row in its register."""
    return reverse("registers-row", kwargs={"code": code, "kind": "lines", "key": line})
