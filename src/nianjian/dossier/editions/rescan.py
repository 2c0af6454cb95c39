"""A scan of the sealed paper against the manifest, as far as pixels allow: pages counted, known again, put in order.

Two pages that look alike (a list's middle pages, blank backs) are told apart by their place alone; how many pages were
known by their own look is said with the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nianjian.dossier.editions import manifest
from nianjian.dossier.editions.build import PAPER
from nianjian.dossier.editions.compare import Difference, Kind, compare
from nianjian.dossier.editions.look import look
from nianjian.dossier.editions.match import scores
from nianjian.kernel.errors import NianjianError

KNOWN: Final = 0.60  # a page of another paper stays below
LEAD: Final = 0.08  # by which the best must lead the second best
SURE: Final = (0.98, 0.80)  # share of pages known by their own look: high, medium


@dataclass(frozen=True, slots=True)
class Rescan:
    """``certainty``: high, medium or low; ``by_place``: scanned pages (from 1) that only their place tells."""

    differences: tuple[Difference, ...]
    scanned: int
    expected: int
    by_place: tuple[int, ...]
    certainty: str
    digest: str

    @property
    def intact(self) -> bool:
        """Nothing differs, as far as pixels tell, and enough pages were known by their own look."""
        return not self.differences and self.certainty != "low"


def rescan(path: Path, listed: Path, *, digest: str = "") -> Rescan:
    """The scan at ``path``; ``dossier_manifest_unreadable``, ``dossier_path_unknown``, ``dossier_scan_unreadable``."""
    if not path.is_file():
        raise NianjianError("dossier_path_unknown", path=str(path))
    told = manifest.read(listed)
    entry = next((one for one in told["files"] if one.get("edition") == PAPER), None)
    if entry is None:
        raise NianjianError("dossier_manifest_unreadable", file=listed.name)
    seen = look("ink", path)
    if seen is None or not seen["looks"]:
        raise NianjianError("dossier_scan_unreadable", file=path.name)
    looks = [seen["looks"][str(place)] for place in range(len(seen["looks"]))]
    wanted = [one["look"] for one in entry["pages"]]
    try:
        found = scores(looks, wanted)
    except ValueError as error:  # a look that is none: the manifest is not as we wrote it
        raise NianjianError("dossier_manifest_unreadable", file=listed.name) from error
    named, by_place = _named(found, len(wanted))
    faults = compare(path.name, [str(one) for one in range(len(wanted))], named, lambda _old, _now: False)
    if not manifest.holds(told) or (digest and digest.lower() != told["sha256"]):
        faults = [Difference(listed.name, None, Kind.MANIFEST), *faults]
    share = 1 - len(by_place) / len(looks)
    certainty = "high" if share >= SURE[0] else "medium" if share >= SURE[1] else "low"
    return Rescan(tuple(faults), len(looks), len(wanted), by_place, certainty, str(told.get("sha256", "")))


def _named(found: Any, count: int) -> tuple[Sequence[str], tuple[int, ...]]:  # noqa: ANN401 -- an array of scores
    """For each scan the page it is ("?n": none), and the scans that only their place tells."""
    named: list[str] = []
    by_place: list[int] = []
    following = 0
    for place, row in enumerate(found):
        best = int(row.argmax())
        if row[best] < KNOWN:
            named.append(f"?{place}")
            continue
        rivals = [one for one in range(count) if row[one] >= row[best] - LEAD]
        if len(rivals) > 1:
            by_place.append(place + 1)
            best = min(rivals, key=lambda one: (abs(one - following), -row[one]))
        named.append(str(best))
        following = best + 1
    return named, tuple(by_place)
