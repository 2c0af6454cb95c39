"""The page of a bench run: machine, figures, ratios, limits, and whether all agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

CLASSES = ("OWN_SHORT", "OTHER_SHORT", "LANDLINE", "MOBILE", "SHARED_400_800", "OTHER", "UNKNOWN")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. ``limit``: the ratio may be at most this (or, ``turned``, must be at least this)."""

    name: str
    cpu: float
    wall: float
    peak: float
    ratio: float | None
    limit: float | None
    turned: bool = False
    at_most: float | None = None

    def at_least(self, limit: float) -> Line:
        """The same figure with a limit that the ratio must reach."""
        return replace(self, limit=limit, turned=True)

    def within(self, seconds: float) -> Line:
        """The same figure with a limit in CPU seconds."""
        return replace(self, at_most=seconds)

    def kept(self) -> bool:
        """Whether the limits hold."""
        if self.at_most is not None and self.cpu > self.at_most:
            return False
        if self.ratio is None or self.limit is None:
            return True
        return self.ratio >= self.limit if self.turned else self.ratio <= self.limit

    def row(self) -> str:
        """A row of the table."""
        sign = "≥" if self.turned else "≤"
        wanted = "" if self.limit is None else f"{sign} {self.limit:g}"
        if self.at_most is not None:
            wanted = f"≤ {self.at_most:g} s"
        verdict = "" if not wanted else "holds" if self.kept() else "**broken**"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        peak = f"{self.peak:,.0f}" if self.peak else ""
        return f"| {self.name} | {self.cpu:.2f} | {self.wall:.2f} | {peak} | {ratio} | {wanted} | {verdict} |"


def _classes(components: Mapping[str, Any]) -> dict[str, int]:
    shown = components["number_consistency"]
    return {name: int(shown[name.lower()]) for name in CLASSES}


def equal(answers: Mapping[str, Any]) -> bool:
    """Rollup and raw give the same bytes; every peer the same calls by class and the same answered calls."""
    ours = answers["rollup"]
    if ours["sha256"] != answers["raw"]["sha256"]:
        return False
    want = _classes(ours["components"])
    answered = int(ours["components"]["complaint_rate"]["answered"])
    for name, answer in answers.items():
        if name in {"rollup", "raw"}:
            continue
        got = {one: answer.get(one, {}).get("delivered", 0) for one in CLASSES}
        if got != want or sum(one["answered"] for one in answer.values()) != answered:
            print(
                f"{name} differs: {got} and {sum(one['answered'] for one in answer.values())}, ours {want} and {answered}"
            )
            return False
    return True


def write(
    head: Sequence[str],
    stamp: datetime,
    *,
    made: int,
    size: int,
    rows: Mapping[str, int],
    lines: Sequence[Line],
    agreed: bool,
) -> str:
    """The page as Markdown."""
    counts = ", ".join(f"{name} {count:,}" for name, count in rows.items())
    table = "\n".join(line.row() for line in lines)
    notes = "\n".join(f"- {line}" for line in head)
    return f"""# {made:,} calls, {stamp:%Y-%m-%d %H:%M} UTC

{notes}
- {size / 1e6:,.0f} MB of CSV in twelve files; rows: {counts}
- CPU seconds (user and system, children included), medians where a figure was taken more than once. Of
  import, bare copy and whole commands the CPU of the process; of the other portraits and their peers the CPU of the work itself,
  without starting Python and loading libraries (wall is the whole process). PostgreSQL: its server processes. Ratios: the
  import to the bare copy, the raw portrait to hand-written SQL, pandas and PostgreSQL to our raw portrait.
- All results equal: {"yes" if agreed else "**no**"} (rollup and raw by the bytes of the whole answer, the peers by class and answered calls)

| what | CPU s | wall s | peak MiB | ratio | wanted | |
|---|---|---|---|---|---|---|
{table}
"""
