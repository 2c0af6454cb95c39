"""Who causes a figure: the channels of a metric, the one with most that speaks against it first.

What stands out beyond chance is found by the exact test of a case's location, here over the portrait's own counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from nianjian.engines.metrics.channels import Comparison, compare_channels
from nianjian.engines.metrics.drill_down import IDLE
from nianjian.platform.registers.queries import list_channels
from nianjian.platform.rulebook.rulebooks import rulebook

Json = Mapping[str, Any]

LEVEL: Final = "rectification.locate.level"
SPLITS: Final = ("line", "team", "display", "kind", "source")  # in the order in which a page offers them
TESTED: Final = "complaint_rate"
MOST: Final = 1000  # complaints; beyond, the numbers of the exact test grow too long for a page
SURE: Final = Fraction(1, 100)
#: Metric -> components that speak against it, as `engines.metrics.drill_down` calls them.
AGAINST: Final[Mapping[str, tuple[str, ...]]] = {
    "seat_vacancy": (IDLE,),
    "complaint_rate": ("complaints",),
    "number_consistency": ("landline", "mobile"),
    "closing_rate": ("open",),
}


#: Of the metrics on pages: what complainants cause first.
ORDER: Final = ("complaint_rate", "closing_rate", "seat_vacancy", "number_consistency")


def order_metrics(data: Json) -> list[Json]:
    """The metrics of a portrait in the order of the menu."""
    return sorted(data["metrics"], key=lambda metric: ORDER.index(metric["slug"]))


@dataclass(frozen=True, slots=True)
class Cause:
    """A row of a split: ``parts`` of what speaks against the metric, ``count`` in all, out of ``base``.

    ``key`` as it may be shown, None where no data name one; ``place``: its row in the split. ``stands_out``: it stands
    out beyond chance, ``sure``: the chance is below `SURE`.
    """

    key: str | None
    place: int
    parts: Mapping[str, int]
    base: int
    value: str | None
    stands_out: bool = False
    sure: bool = False

    @property
    def count(self) -> int:
        """All that speaks against the metric here."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Ranking:
    """All rows of a split, those with most first; ``total``: what speaks against the metric in all of them."""

    split: str
    causes: tuple[Cause, ...]
    total: int

    def share(self, cause: Cause) -> Fraction:
        """Its part of all, None of nothing."""
        return Fraction(cause.count, self.total) if self.total else Fraction(0)

    @property
    def standouts(self) -> tuple[Cause, ...]:
        """Those that stand out beyond chance."""
        return tuple(cause for cause in self.causes if cause.stands_out)


def list_splits(metric: Json) -> list[str]:
    """The splits by which a metric's causes can be ranked."""
    return [split for split in SPLITS if (metric.get("splits") or {}).get(split)]


def get_level(portrait: Json) -> Fraction:
    """How sure the test must be, by the rulebook of the portrait's as-of day."""
    day = date.fromisoformat(portrait["period"]["as_of"])
    book = rulebook(day=day, province=portrait["province"] or None, enterprise=portrait["enterprise"])
    return Fraction(book.decimal(LEVEL))


def rank_causes(metric: Json, split: str, level: Fraction) -> Ranking:
    """Rank the rows of a split by what speaks against the metric."""
    rows: Sequence[Json] = metric["splits"][split]
    slug = str(metric["slug"])
    compared: Comparison[str] | None = None
    if slug == TESTED and metric["numerator"] <= MOST:
        keyed = [row for row in rows if row["key"] is not None]
        compared = _compare(tuple((str(row["key"]), row["numerator"], row["denominator"]) for row in keyed), level)
    causes = []
    for place, row in enumerate(rows):
        key = None if row["key"] is None else str(row["key"])
        named = compared is not None and key in compared.standouts
        sure = named and compared is not None and key is not None and compared.tails[key].at_most(SURE)
        causes.append(
            Cause(key, place, _parts(slug, row), row["denominator"], row["value"], stands_out=named, sure=sure)
        )
    causes.sort(key=lambda cause: (-cause.count, cause.key is None, cause.place))
    return Ranking(split, tuple(causes), sum(cause.count for cause in causes))


@lru_cache(maxsize=64)
def _compare(counts: tuple[tuple[str, int, int], ...], level: Fraction) -> Comparison[str]:
    """The test of a split that is shown again and again."""
    answered = {key: calls for key, _complaints, calls in counts if calls}
    return compare_channels({key: complaints for key, complaints, _calls in counts}, answered, level)


def _parts(slug: str, row: Json) -> dict[str, int]:
    if slug == "seat_vacancy":
        return {IDLE: row["filed"] - row["opened_and_filed"]}
    if slug == "closing_rate":
        return {"open": row["denominator"] - row["numerator"]}
    if slug == "complaint_rate":
        return {"complaints": row["numerator"]}
    return {part: row[part] for part in AGAINST[slug]}


def find_named_channel(metric: Json, level: Fraction) -> tuple[Ranking, Cause] | None:
    """The channel that stands out most: a line, else a team, else a displayed number."""
    for split in SPLITS[:3]:
        if (metric.get("splits") or {}).get(split):
            ranking = rank_causes(metric, split, level)
            if ranking.standouts:
                return ranking, ranking.standouts[0]
    return None


ISOLATE: Final = "rectify-isolate-channel"  # the page that asks for an isolation


def build_isolation_query(split: str, key: str) -> dict[str, str]:
    """What the page `ISOLATE` is told of a channel; a displayed number stands in no address, the page finds it."""
    return {"key": split} if split == "display" else {"key": split, "channel": key}


Names = Mapping[str, Mapping[str, str]]
"""Split -> key -> its name in the register."""


def list_names(portrait: Json) -> Names:
    """What lines and teams are called as at the portrait's day; a line with the team that uses it."""
    teams, lines = list_channels(portrait["enterprise"], date.fromisoformat(portrait["period"]["as_of"]))
    return {"team": teams, "line": {key: " · ".join(filter(None, parts)) for key, parts in lines.items()}}
