"""Claims on papers: the sentence with its figures, the true figures in its place, or a blank to fill in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel.claims import REFUSED, RELEASED, Claim
from nianjian.engines.paper.words import Words, mark

BLANK: Final = "＿＿＿＿＿＿＿＿"
HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Printed:
    """A claim's three texts. ``more``: figure -> what is added where it is not 0 and the text has figures at all."""

    released: str
    refused: str
    blank: str
    more: Mapping[str, str]


CLAIMS: Final[Mapping[str, Printed]] = {
    "tickets_in_time": Printed(
        released=mark(
            "{tickets} complaints were accepted in {year}. By {day} {decided} of them had been answered within"
            " {response_limit} of arrival and closed within {close_limit}, none of them late."
        ),
        refused=mark(
            "{tickets} complaints were accepted in {year}. By {day} the limit of {response_limit} for the first"
            " response was exceeded by {response_late}, the limit of {close_limit} for the close by {close_late};"
            " {overdue} are still open past a limit."
        ),
        blank=mark("Response to and close of the complaints of {year} (check and fill in by hand): {blank}."),
        more={
            "undecided": mark(" {undecided} more are still within their limits."),
            "no_arrival": mark(" Of {no_arrival} the moment of arrival is not recorded; they are not judged."),
        },
    ),
}


def printed(claim: Claim, _: Words, **values: object) -> str:
    """What a paper says of a claim; ``values``: what the sentence names besides its figures."""
    texts, figures = CLAIMS[claim.id], claim.figures
    if claim.state not in {RELEASED, REFUSED}:
        return _(texts.blank).format(blank=BLANK, **values)
    said = {name: span(count, _) if name.endswith("_limit") else count for name, count in figures.items()}
    said["decided"] = (figures.get("tickets") or 0) - (figures.get("undecided") or 0)
    main = _(texts.released if claim.state == RELEASED else texts.refused)
    return "".join([main, *(_(text) for name, text in texts.more.items() if figures.get(name))]).format(
        **said, **values
    )


def span(minutes: int | None, _: Words) -> str:
    """A limit in hours, or in minutes where they are no whole hours."""
    if minutes is None:
        return BLANK
    return (
        _("{n} clock minutes").format(n=minutes) if minutes % HOUR else _("{n} clock hours").format(n=minutes // HOUR)
    )
