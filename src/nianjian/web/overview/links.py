"""Where one deals with a point of the overview."""

from __future__ import annotations

from django.urls import reverse

from nianjian.flows.overview import attention
from nianjian.flows.overview.attention import Point


def link(point: Point, code: str, year: int | None) -> str:
    """Return the address of the page on which the point can be dealt with."""
    values = point.values
    match point.code:
        case attention.INSUFFICIENT | attention.ATTACHMENT:
            return reverse("portrait-metric", kwargs={"code": code, "year": year, "slug": values["metric"]})
        case attention.DAYS:
            return reverse("data", kwargs={"code": code})
        case attention.REJECTS:
            return reverse("data-batch", kwargs={"code": code, "batch": values["batch"]})
        case attention.APPROVAL:
            return reverse("approvals-decide-here", kwargs={"code": code, "approval": values["approval"]})
        case attention.FAILED:
            return reverse("data-job", kwargs={"code": code, "job": values["job"]})
        case _:
            return reverse("portrait-newest", kwargs={"code": code})


def line_address(code: str, line: str) -> str:
    """Return the address of a line's row in its register."""
    return reverse("registers-row", kwargs={"code": code, "kind": "lines", "key": line})
