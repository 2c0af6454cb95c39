"""A scan of the sealed paper against the manifest: pages counted, known by picture and text, riding seal followed.

Pictures: the ink in tiles of 7 mm tells which page each is. Text: where the package's own paper lies beside the
manifest, every page that a program drew (lists, tables, forms), every page that looks like another one and every page
that looks like none is read, and its own figures are sought (`figures`); a scanned original that its picture tells is
not read. Without the paper only pages that look alike are read, for the number at their foot. What was not told by
picture, text or number is told by place alone, and how many were is said with the answer. Riding seal:
see `seals.slivers`.

Cost, on two shared cores: a picture takes 0.1 CPU-s a page, reading 5 CPU-s more on dense drawn pages.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.compare import Difference, Kind, compare
from nianjian.features.dossier.editions.look import inspect_file
from nianjian.features.dossier.editions.match import blank, scores
from nianjian.features.dossier.editions.rescanned import figures, seam

KNOWN: Final = 0.60  # a page of another paper stays below
LEAD: Final = 0.08  # by which the best must lead the second best
SURE: Final = (0.98, 0.80)  # share of pages known by their own look, text or number: high, medium
STATES: Final = {"missing": Kind.SEAL_MISSING, "does_not_join": Kind.SEAL_BROKEN}


@dataclass(frozen=True, slots=True)
class Text:
    """``source``: paper (its figures were sought), numbers (only numbers at the foot), or none (nothing was read).

    ``read``: pages that were read; ``agree``: whose figures or number are the expected ones; ``differ``: scanned pages
    (from 1) whose are not; ``unknown``: whose text tells nothing.
    """

    source: str
    read: int = 0
    agree: int = 0
    differ: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Riding:
    """``state``: none (not planned), absent (no sliver anywhere), joins, faults, or cannot_tell; and each sheet's."""

    state: str
    sheets: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rescan:
    """``certainty``: high, medium or low; ``by_place``: scanned pages (from 1) that only their place tells.

    ``why``: what keeps the certainty from being higher: place, no_paper, text_unknown, seal_absent, seal_unknown.
    """

    differences: tuple[Difference, ...]
    scanned: int
    expected: int
    by_place: tuple[int, ...]
    certainty: str
    digest: str
    text: Text = field(default=Text("none"))
    riding: Riding = field(default=Riding("none"))
    why: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Nothing differs, as far as pixels tell, and enough pages were told otherwise than by their place."""
        return not self.differences and self.certainty != "low"

    def told(self) -> dict[str, object]:
        """What an answer says of certainty, text and riding seal."""
        return {
            "certainty": self.certainty,
            "why": list(self.why),
            "text": {
                "source": self.text.source, "read": self.text.read, "agree": self.text.agree,
                "differ": list(self.text.differ), "unknown": list(self.text.unknown),
            },
            "riding_seal": {
                "state": self.riding.state,
                "sheets": [{"sheet": sheet, "state": state} for sheet, state in self.riding.sheets],
            },
        }  # fmt: skip


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


def rescan(path: Path, listed: Path, *, digest: str = "", watch: figures.Watch = _unwatched) -> Rescan:
    """The scan at ``path``; ``dossier_manifest_unreadable``, ``dossier_path_unknown``, ``dossier_scan_unreadable``."""
    if not os.path.isfile(path):  # noqa: PTH113 -- the other one raises where a name is too long
        raise NianjianError("dossier_path_unknown", path=str(path))
    told = manifest.read(listed)
    entry = next((one for one in told["files"] if one.get("edition") == PAPER), None)
    if entry is None:
        raise NianjianError("dossier_manifest_unreadable", file=listed.name)
    plan = seam.read(told, len(entry["pages"]), listed.name)
    watch(0, 0)
    seen = inspect_file("ink", path)
    if seen is None or not seen["looks"]:
        raise NianjianError("dossier_scan_unreadable", file=path.name)
    looks = [seen["looks"][str(place)] for place in range(len(seen["looks"]))]
    wanted = [one["look"] for one in entry["pages"]]
    empty = [blank(one) for one in wanted]
    named, by_place = _named(scores(looks, wanted), empty)
    text, named, by_place = _texts(path, figures.of(listed, entry), named, by_place, empty, watch)
    pages = [str(one) for one in range(len(wanted))]
    faults = compare(path.name, pages, [_word(place, one) for place, one in enumerate(named)], lambda _o, _n: False)
    if not manifest.holds(told) or (digest and digest.lower() != told["sha256"]):
        faults = [Difference(listed.name, None, Kind.MANIFEST), *faults]
    riding, torn = _riding(path, plan, named, len(wanted))
    faults += torn
    known = 1 - len(by_place) / len(looks)
    certainty = "high" if known >= SURE[0] else "medium" if known >= SURE[1] else "low"
    why = ["place"] if certainty != "high" else []
    why += [code for code, holds in {
        "no_paper": text.source != "paper",
        "text_unknown": bool(text.unknown),
        "seal_absent": riding.state == "absent",
        "seal_unknown": riding.state == "cannot_tell",
    }.items() if holds]  # fmt: skip
    if certainty == "high" and (text.source != "paper" or riding.state in {"absent", "cannot_tell"}):
        certainty = "medium"
    return Rescan(
        tuple(faults), len(looks), len(wanted), tuple(one + 1 for one in by_place), certainty,
        str(told.get("sha256", "")), text, riding, tuple(why),
    )  # fmt: skip


Named = list[int | None]


def _word(place: int, named: int | None) -> str:
    return f"?{place}" if named is None else str(named)


def _named(found: Any, empty: Sequence[bool]) -> tuple[Named, list[int]]:  # noqa: ANN401 -- an array of scores
    """For each scan the page it is (None: none), and the scans that only their place tells. A blank is a blank."""
    named: Named = []
    by_place: list[int] = []
    following = 0
    for place, row in enumerate(found):
        best = int(row.argmax())
        if row[best] < KNOWN:
            named.append(None)
            continue
        rivals = [one for one in range(len(empty)) if row[one] >= row[best] - LEAD]
        if len(rivals) > 1:
            best = min(rivals, key=lambda one: (abs(one - following), -row[one]))
            if not (empty[best] and best == following):
                by_place.append(place)
        named.append(best)
        following = best + 1
    return named, by_place


def _texts(  # noqa: PLR0917 -- the scan, the paper and what pictures told
    path: Path,
    book: figures.Paper | None,
    named: Named,
    by_place: list[int],
    empty: Sequence[bool],
    watch: figures.Watch,
) -> tuple[Text, Named, list[int]]:
    """What reading tells: pages known anew, pages that are not what they look like, and places that are confirmed."""
    drawn: frozenset[int] = book.drawn if book else frozenset()
    doubtful = [place for place in by_place if (page := named[place]) is not None and not empty[page]]
    if book:
        doubtful += [place for place, page in enumerate(named) if page is None or (page in drawn and not empty[page])]
    asked = sorted(set(doubtful))
    pages = figures.read(path, asked, watch)
    named, left = list(named), set(by_place)
    agree, differ, unknown = 0, list[int](), list[int]()
    if book:
        their = {place if (page := named[place]) is None else page for place in asked}
        book.also(sorted(one for one in their if one < len(empty) and not empty[one]), watch)
    for place in asked:
        seen, was = pages.get(place), named[place]
        now, state = (was, "unknown") if seen is None else _one(seen, was, book, empty)
        if state == "agree":
            agree += 1
            left.discard(place)
        elif state == "differ":
            differ.append(place + 1)
            left.discard(place)
        else:
            unknown.append(place + 1)
        named[place] = now
    source = "paper" if book else "numbers" if asked else "none"
    return Text(source, len(pages), agree, tuple(differ), tuple(unknown)), named, sorted(left)


def _one(page: Any, was: int | None, book: figures.Paper | None, empty: Sequence[bool]) -> tuple[int | None, str]:  # noqa: ANN401 -- a page as it was read
    """Which page it is by its text, and whether that agrees with its picture."""
    if book is None:
        number = figures.printed(page)
        if number is None or not 1 <= number <= len(empty):
            return was, "unknown"
        return number - 1, "agree"
    seen = figures.read_runs(page)
    share = None if was is None else book.share(was, seen)
    if share is not None and share >= figures.SAME:
        return was, "agree"
    other = book.best(seen)
    if other is not None:
        return other, "agree"
    if was is None or (share is not None and share <= figures.OTHER):
        return None, "differ"
    return was, "unknown"


def _riding(path: Path, plan: seam.Planned | None, named: Named, expected: int) -> tuple[Riding, list[Difference]]:
    """The planned slivers on the scan, and the pages that lack theirs."""
    if plan is None:
        return Riding("none"), []
    at = {page: place for place, page in enumerate(named) if page is not None}
    if len(named) == expected:
        for place, one in enumerate(named):
            if one is None:
                at.setdefault(place, place)
    fronts = {one.sheet: at.get(one.page - 1) for one in plan.slices}
    rows: dict[int, list[list[Any]]] = {}
    for part in plan.slices:
        rows.setdefault(part.stamp, []).append([part.sheet, fronts[part.sheet], part.height])
    seen = inspect_file("seal", path, given={"diameter_mm": plan.diameter_mm, "stamps": list(rows.values())})
    if seen is None:
        return Riding("cannot_tell"), []
    states = {sheet: "cannot_tell" if sheet in seen["unseen"] else str(state) for sheet, state in seen["sheets"]}
    told = tuple(states.items())
    if not seen["any"]:
        return Riding("absent", told), []
    torn = [
        Difference(path.name, front + 1, STATES[state])
        for sheet, state in told if state in STATES and (front := fronts[sheet]) is not None
    ]  # fmt: skip
    unsure = "cannot_tell" in states.values()
    return Riding("faults" if torn else "cannot_tell" if unsure else "joins", told), torn
