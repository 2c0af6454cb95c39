"""A package, a scan of the sealed paper, or an earlier package against a manifest: which page differs, and how."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER, UPLOAD
from nianjian.features.dossier.editions.look import inspect_file
from nianjian.features.dossier.editions.manifest import Difference, Kind, blank, closeness, compare, scores
from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.reading.text import PageText, page_number
from nianjian.features.dossier.signatures import Standing, read_signatures
from nianjian.features.dossier.signatures import worst_standing as whole_of

RUN: Final = re.compile(r"[0-9A-Za-z]{2,}|[\u3400-\u9fff]{2}")
OWN: Final = 2  # pages of the paper on which an own figure may stand
FEW: Final = 5  # own figures; fewer tell nothing
SAME: Final = 0.70  # of a page's own figures that are read on the scan
OTHER: Final = 0.45

Watch = Callable[[int, int], None]
"""(pages read, all pages to be read); what it raises ends the reading there."""


def text_runs(text: str) -> frozenset[str]:
    """Runs of digits and letters, and pairs of Chinese characters."""
    one = unicodedata.normalize("NFKC", text)
    pairs = {one[at : at + 2] for at in range(len(one) - 1) if RUN.fullmatch(one[at : at + 2]) and one[at] >= "\u3400"}
    return frozenset(RUN.findall(one)) | pairs


def runs_of_page(page: PageText) -> frozenset[str]:
    """Of a page as it was read."""
    return text_runs("\n".join(one.text for one in page.lines))


def book_figures(listed: Path, entry: manifest.Json) -> Paper | None:
    """The figures of the package's own paper beside the manifest; None where it is not what the manifest names.

    A forged manifest may name any file as its paper: what tells nothing must not make the answer surer.
    """
    path = listed.parent / str(entry["path"])
    inside = path.is_file() and path.resolve().is_relative_to(listed.parent.resolve())
    inspection = inspect_file("text", path) if inside and manifest.digests(path)[0] == entry["sha256"] else None
    return Paper(path, inspection["texts"]) if inspection and len(inspection["texts"]) == len(entry["pages"]) else None


class Paper:
    """The own figures of each page of the paper."""

    def __init__(self, path: Path, texts: Sequence[str | None]) -> None:
        """``texts``: page by page what a program drew there; None: the page is a picture."""
        self._path = path
        self._found = {place: text_runs(text) for place, text in enumerate(texts) if text is not None}
        self.drawn = frozenset(place for place, text in self._found.items() if len(text) >= FEW)
        self._own = self._figures()

    def also(self, places: Sequence[int], watch: Watch) -> None:
        """Read pages that are pictures, too."""
        unread = [place for place in places if place not in self._found]
        self._found |= {place: runs_of_page(page) for place, page in read_scan_text(self._path, unread, watch).items()}
        self._own = self._figures()

    def _figures(self) -> dict[int, frozenset[str]]:
        often = Counter(one for text in self._found.values() for one in text)
        return {place: frozenset(one for one in text if often[one] <= OWN) for place, text in self._found.items()}

    def share(self, place: int, seen: frozenset[str]) -> float | None:
        """Of the page's own figures, those that were seen; None: it has too few, or its text is not known."""
        own = self._own.get(place, frozenset())
        return len(own & seen) / len(own) if len(own) >= FEW else None

    def best(self, seen: frozenset[str]) -> int | None:
        """The one page whose figures were seen."""
        matches = [place for place in self._own if (self.share(place, seen) or 0) >= SAME]
        return matches[0] if len(matches) == 1 else None


def read_scan_text(path: Path, places: Sequence[int], watch: Watch) -> dict[int, PageText]:
    """Pages (from 0) as the recogniser reads them, in its limited process; what it cannot read is left out."""
    by_place: dict[int, PageText] = {}
    if places:
        try:
            for page in ocr.read_pages(path, [one + 1 for one in places], progress=watch):
                by_place[page.number - 1] = page
        except NianjianError as error:
            if error.code != "reading_failed":
                raise
    return by_place


DIAMETER_MM: Final = (10.0, 100.0)  # seals have 38 to 58


@dataclass(frozen=True, slots=True)
class Slice:
    """``sheet`` and ``page`` (its front) from 1; ``height``: a share of the page from below."""

    stamp: int
    sheet: int
    page: int
    height: float


@dataclass(frozen=True, slots=True)
class Planned:
    """What lies where."""

    diameter_mm: float
    slices: tuple[Slice, ...]


def read_plan(listing: manifest.Json, pages: int, name: str) -> Planned | None:
    """The plan; None: no riding seal is planned. ``dossier_manifest_unreadable`` where it is none that can be."""
    plan = listing.get("riding_seal")
    if plan is None:
        return None
    try:
        seal_plan = _planned(plan, pages)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=name) from error
    return seal_plan if seal_plan.slices else None


def _planned(plan: Any, pages: int) -> Planned:  # noqa: ANN401 -- JSON
    seal_plan = Planned(float(plan["diameter_mm"]), tuple(_slice(one, pages) for one in plan["slices"]))
    once = len({(one.stamp, one.sheet) for one in seal_plan.slices}) == len(seal_plan.slices)
    front = len({(one.sheet, one.page) for one in seal_plan.slices}) == len({one.sheet for one in seal_plan.slices})
    if not (once and front and DIAMETER_MM[0] <= seal_plan.diameter_mm <= DIAMETER_MM[1]):
        raise ValueError(seal_plan)
    return seal_plan


def _slice(one: Any, pages: int) -> Slice:  # noqa: ANN401 -- JSON
    piece = Slice(int(one["stamp"]), int(one["sheet"]), int(one["page"]), float(Fraction(str(one["height"]))))
    if not 0 < piece.height < 1 or not 1 <= piece.page <= pages or piece.sheet < 1 or piece.stamp < 1:
        raise ValueError(piece)
    return piece


KNOWN: Final = 0.60  # a page of another paper stays below
SIGNED: Final = 0.70  # the same of a page whose code names it, by `score_signed`
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
    read: int
    agree: int
    differ: tuple[int, ...]
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper, from 1, and whether its sliver joins the others."""

    sheet: int
    state: str


@dataclass(frozen=True, slots=True)
class Riding:
    """``state``: none (not planned), absent (no sliver anywhere), joins, faults, or cannot_tell; and each sheet's."""

    state: str
    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Rescan:
    """``certainty``: high, medium or low; ``by_place``: scanned pages (from 1) that only their place tells.

    ``why``: what keeps the certainty from being higher: place, no_paper, text_unknown, seal_absent, seal_unknown.
    """

    differences: tuple[Difference, ...]
    certainty: str
    why: tuple[str, ...]
    text: Text
    riding_seal: Riding
    scanned: int
    expected: int
    by_place: tuple[int, ...]
    manifest_sha256: str

    @property
    def intact(self) -> bool:
        """Nothing differs, as far as pixels tell, and enough pages were told otherwise than by their place."""
        return not self.differences and self.certainty != "low"


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


def rescan(path: Path, listed: Path, *, digest: str = "", watch: Watch = _unwatched) -> Rescan:
    """The scan at ``path``; ``dossier_manifest_unreadable``, ``dossier_path_unknown``, ``dossier_scan_unreadable``."""
    if not os.path.isfile(path):  # noqa: PTH113 -- the other one raises where a name is too long
        raise NianjianError("dossier_path_unknown", path=str(path))
    listing = manifest.read_manifest(listed)
    entry = next((one for one in listing["files"] if one.get("edition") == PAPER), None)
    if entry is None:
        raise NianjianError("dossier_manifest_unreadable", file=listed.name)
    plan = read_plan(listing, len(entry["pages"]), listed.name)
    watch(0, 0)
    seen = inspect_file("ink", path)
    if seen is None or not seen["looks"]:
        raise NianjianError("dossier_scan_unreadable", file=path.name)
    looks: list[str] = seen["looks"]
    page_looks = [one["look"] for one in entry["pages"]]
    empty = [blank(one) for one in page_looks]
    matches, by_place = _match_scans(scores(looks, page_looks), empty)
    text, matches, by_place = _texts(path, book_figures(listed, entry), matches, by_place, empty, watch)
    pages = [str(one) for one in range(len(page_looks))]
    words = [f"?{place}" if one is None else str(one) for place, one in enumerate(matches)]
    faults = compare(path.name, pages, words, lambda _o, _n: False)
    if not manifest.hashes_hold(listing) or (digest and digest.lower() != listing["sha256"]):
        faults = [Difference(listed.name, None, Kind.MANIFEST), *faults]
    riding, torn = find_riding_seal(path, plan, matches, len(page_looks))
    faults += torn
    share = 1 - len(by_place) / len(looks)
    certainty = "high" if share >= SURE[0] else "medium" if share >= SURE[1] else "low"
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
        tuple(faults), certainty, tuple(why), text, riding, len(looks), len(page_looks),
        tuple(one + 1 for one in by_place), str(listing.get("sha256", "")),
    )  # fmt: skip


Named = list[int | None]


def _match_scans(score_rows: Any, empty: Sequence[bool]) -> tuple[Named, list[int]]:  # noqa: ANN401 -- an array of scores
    """For each scan the page it is (None: none), and the scans that only their place tells. A blank is a blank."""
    matches: Named = []
    by_place: list[int] = []
    following = 0
    for place, row in enumerate(score_rows):
        best = int(row.argmax())
        if row[best] < KNOWN:
            matches.append(None)
            continue
        rivals = [one for one in range(len(empty)) if row[one] >= row[best] - LEAD]
        if len(rivals) > 1:
            best = min(rivals, key=lambda one: (abs(one - following), -row[one]))
            if not (empty[best] and best == following):
                by_place.append(place)
        matches.append(best)
        following = best + 1
    return matches, by_place


def _texts(  # noqa: PLR0917 -- the scan, the paper and what pictures told
    path: Path, book: Paper | None, matches: Named, by_place: list[int], empty: Sequence[bool], watch: Watch
) -> tuple[Text, Named, list[int]]:
    """What reading tells: pages known anew, pages that are not what they look like, and places that are confirmed."""
    text_pages: frozenset[int] = book.drawn if book else frozenset()
    doubtful = [place for place in by_place if (page := matches[place]) is not None and not empty[page]]
    if book:
        doubtful += [
            place for place, page in enumerate(matches) if page is None or (page in text_pages and not empty[page])
        ]
    places = sorted(set(doubtful))
    pages = read_scan_text(path, places, watch)
    matches, left = list(matches), set(by_place)
    agree, differ, unknown = 0, list[int](), list[int]()
    if book:
        their = {place if (page := matches[place]) is None else page for place in places}
        book.also(sorted(one for one in their if one < len(empty) and not empty[one]), watch)
    for place in places:
        seen, was = pages.get(place), matches[place]
        now, state = (was, "unknown") if seen is None else _match_page(seen, was, book, empty)
        if state == "agree":
            agree += 1
            left.discard(place)
        elif state == "differ":
            differ.append(place + 1)
            left.discard(place)
        else:
            unknown.append(place + 1)
        matches[place] = now
    source = "paper" if book else "numbers" if places else "none"
    return Text(source, len(pages), agree, tuple(differ), tuple(unknown)), matches, sorted(left)


def _match_page(page: Any, was: int | None, book: Paper | None, empty: Sequence[bool]) -> tuple[int | None, str]:  # noqa: ANN401 -- a page as it was read
    """Which page it is by its text, and whether that agrees with its picture."""
    if book is None:
        number = page_number(page)
        if number is None or not 1 <= number.number <= len(empty):
            return was, "unknown"
        return number.number - 1, "agree"
    seen = runs_of_page(page)
    share = None if was is None else book.share(was, seen)
    if share is not None and share >= SAME:
        return was, "agree"
    other = book.best(seen)
    if other is not None:
        return other, "agree"
    if was is None or (share is not None and share <= OTHER):
        return None, "differ"
    return was, "unknown"


def find_riding_seal(
    path: Path, plan: Planned | None, matches: Named, expected: int
) -> tuple[Riding, list[Difference]]:
    """The planned slivers on the scan, and the pages that lack theirs."""
    if plan is None:
        return Riding("none"), []
    at = {page: place for place, page in enumerate(matches) if page is not None}
    if len(matches) == expected:
        for place, one in enumerate(matches):
            if one is None:
                at.setdefault(place, place)
    fronts = {one.sheet: at.get(one.page - 1) for one in plan.slices}
    rows: dict[int, list[list[Any]]] = {}
    for part in plan.slices:
        rows.setdefault(part.stamp, []).append([part.sheet, fronts[part.sheet], part.height])
    seen = inspect_file("seal", path, {"diameter_mm": plan.diameter_mm, "stamps": list(rows.values())})
    if seen is None:
        return Riding("cannot_tell"), []
    states = {sheet: "cannot_tell" if sheet in seen["unseen"] else str(state) for sheet, state in seen["sheets"]}
    sheets = tuple(Sheet(sheet, state) for sheet, state in states.items())
    if not seen["any"]:
        return Riding("absent", sheets), []
    torn = [
        Difference(path.name, front + 1, STATES[one.state])
        for one in sheets if one.state in STATES and (front := fronts[one.sheet]) is not None
    ]  # fmt: skip
    unsure = "cannot_tell" in states.values()
    return Riding("faults" if torn else "cannot_tell" if unsure else "joins", sheets), torn


ALIKE: Final = 0.9  # of two looks: the same page, drawn anew


@dataclass(frozen=True, slots=True)
class Note:
    """What is no fault of a page: ``resaved``, or what stands behind the file as it was made.

    ``signed`` (a signature that covers all of it), ``signature_broken`` or ``appended`` (something else).
    """

    file: str
    kind: str


@dataclass(frozen=True, slots=True)
class Result:
    """``manifest_sha256``: to be compared with the one that is kept elsewhere."""

    differences: tuple[Difference, ...]
    notes: tuple[Note, ...] = ()
    files: int = 0
    pages: int = 0
    manifest_sha256: str = ""

    @property
    def intact(self) -> bool:
        """Nothing differs."""
        return not self.differences


def verify(path: Path, *, listed: Path | None = None, digest: str = "", watch: Watch = _unwatched) -> Result:
    """A folder, or one file of it. ``listed``: the manifest, where it lies elsewhere; ``digest``: what it must hash to.

    ``dossier_path_unknown``; a manifest that is gone, broken or another one is a difference.
    """
    if not os.path.exists(path):  # noqa: PTH110 -- the other one raises where a name is too long
        raise NianjianError("dossier_path_unknown", path=str(path))
    manifest_path = listed or _manifest(path)
    if manifest_path is None:
        return Result((Difference(manifest.NAME, None, Kind.MANIFEST),))
    try:
        listing = manifest.read_manifest(manifest_path)
    except NianjianError:
        return Result((Difference(manifest_path.name, None, Kind.MANIFEST),))
    differences: list[Difference] = []
    if not manifest.hashes_hold(listing) or (digest and digest.lower() != listing["sha256"]):
        differences.append(Difference(manifest_path.name, None, Kind.MANIFEST))
    single = path.is_file() and path.resolve() != manifest_path.resolve()
    root = manifest_path.parent if path.is_file() or listed is None else path
    entries, more = _verify_file(path, root, listing) if single else _folder(root, manifest_path, listing)
    differences += more
    notes: list[Note] = []
    for done, (file, entry) in enumerate(entries):
        watch(done, len(entries))
        faults, said = _file(file, entry)
        differences += faults
        notes += said
    pages = sum(len(entry["pages"]) for _file_, entry in entries)
    return Result(tuple(differences), tuple(notes), len(entries), pages, str(listing.get("sha256", "")))


def _manifest(path: Path) -> Path | None:
    """In the folder; beside a file or one above."""
    if path.is_file() and path.name == manifest.NAME:
        return path
    places = [path] if path.is_dir() else list(path.resolve().parents)[:2]
    return next((one / manifest.NAME for one in places if (one / manifest.NAME).is_file()), None)


Entries = Sequence[tuple[Path, dict[str, Any]]]


def _verify_file(path: Path, root: Path, listing: manifest.Json) -> tuple[Entries, list[Difference]]:
    """The entry of a single file, by its place or else its name."""
    try:
        place = path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        place = path.name
    entries = [one for one in listing["files"] if one["path"] == place]
    entries = entries or [one for one in listing["files"] if Path(one["path"]).name == path.name]
    if not entries:
        return [], [Difference(place, None, Kind.EXTRA_FILE)]
    return [(path, entries[0])], []


def _folder(root: Path, listed: Path, listing: manifest.Json) -> tuple[Entries, list[Difference]]:
    """Entries whose file is there; files too few and too many."""
    entries, faults, paths = [], [], set()
    for entry in listing["files"]:
        paths.add(entry["path"])
        path = root / entry["path"]
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            entries.append((path, entry))
        else:
            faults.append(Difference(entry["path"], None, Kind.MISSING_FILE))
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root).as_posix()
        file = path.is_symlink() or not path.is_dir()  # a link to a folder hides what lies in it
        if file and place not in paths and path.resolve() != listed.resolve():
            faults.append(Difference(place, None, Kind.EXTRA_FILE))
    return entries, faults


def _file(path: Path, entry: dict[str, Any]) -> tuple[list[Difference], list[Note]]:
    """One file: by its bytes, else page by page."""
    name = entry["path"]
    if path.stat().st_size == entry["bytes"] and manifest.digests(path) == (entry["sha256"], entry["sm3"]):
        return [], []
    seen = inspect_file("prints", path)
    if seen is None:
        return [Difference(name, None, Kind.CHANGED)], []
    expected = [one["content"] for one in entry["pages"]]
    looks: list[str] = []
    if expected != seen["pages"]:
        looks = (inspect_file("ink", path) or {"looks": []})["looks"]

    def alike(old: int, now: int) -> bool:
        return now < len(looks) and closeness(entry["pages"][old]["look"], looks[now]) >= ALIKE

    faults = compare(name, expected, seen["pages"], alike)
    if faults:
        return faults, []
    if seen["document"] != entry["document"]:
        return [Difference(name, None, Kind.CHANGED)], []
    size = entry["bytes"]
    whole = path.stat().st_size > size and manifest.digests(path, size) == (entry["sha256"], entry["sm3"])
    return [], [Note(name, _classify_appendix(path) if whole else "resaved")]


def _classify_appendix(path: Path) -> str:
    """What was appended; only a signature over the whole file, with nothing behind it, is told as one."""
    try:
        signatures = read_signatures(path)
    except NianjianError:
        return "appended"
    if not signatures:
        return "appended"
    sound = (
        whole_of(signatures) in {Standing.UNKNOWN, Standing.TRUSTED, Standing.UNTRUSTED} and signatures[-1].whole_file
    )
    return "signed" if sound else "signature_broken"


Json = Mapping[str, Any]


class ItemChangeKind(StrEnum):
    """What became of an item."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # some of its pages differ
    RESAVED = "resaved"  # another file with the same pages
    UNTOLD = "untold"  # another file, and a manifest without the upload edition does not tell which pages


@dataclass(frozen=True, slots=True)
class PageChanged:
    """A page of the item, and of the paper edition; of a removed one in the older package."""

    kind: str
    page: int
    book: int | None


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """``kind``: same, added, removed, changed, resaved (the same pages) or untold; pages before and after."""

    item: str
    kind: str
    before: int | None
    after: int | None
    pages: list[PageChanged]


class _Package:
    def __init__(self, listing: Json) -> None:
        self.items: dict[str, Json] = {str(one["item"]): one for one in listing["items"]}
        self._pages: dict[str, dict[int, Json]] = {}
        self._book: dict[tuple[str, int], int] = {}
        for file in listing["files"]:
            for place, one in enumerate(file["pages"], start=1):
                item, page = str(one["item"]), int(one["source_page"])
                if file["edition"] == UPLOAD:
                    self._pages.setdefault(item, {})[page] = {name: str(one[name]) for name in ("content", "look")}
                elif file["edition"] == PAPER:
                    self._book[item, page] = place

    def pages(self, item: str) -> Sequence[Json]:
        """In order; none where the manifest has no upload edition."""
        return [page for _number, page in sorted(self._pages.get(item, {}).items())]

    def book(self, item: str, page: int) -> int | None:
        """The page of the paper edition."""
        return self._book.get((item, page))


def difference(before: Json, after: Json) -> list[ItemChanged]:
    """Every item of both, in the order of the newer package, those taken out last."""
    old, new = _Package(before), _Package(after)
    names = [*new.items, *(one for one in old.items if one not in new.items)]
    return [_item(name, old, new) for name in names]


def _item(name: str, old: _Package, new: _Package) -> ItemChanged:
    was, now = old.items.get(name), new.items.get(name)
    before = None if was is None else int(was["pages"])
    after = None if now is None else int(now["pages"])
    pages: list[PageChanged] = []
    if was is None or now is None:
        kind = ItemChangeKind.ADDED if was is None else ItemChangeKind.REMOVED
    elif pages := _pages(name, old, new):
        kind = ItemChangeKind.CHANGED
    elif was["copy_sha256"] == now["copy_sha256"]:
        kind = ItemChangeKind.SAME
    else:
        kind = ItemChangeKind.RESAVED if old.pages(name) and new.pages(name) else ItemChangeKind.UNTOLD
    return ItemChanged(name, kind.value, before, after, pages)


def _pages(name: str, old: _Package, new: _Package) -> list[PageChanged]:
    was, now = old.pages(name), new.pages(name)
    if not was or not now:
        return []

    def alike(one: int, other: int) -> bool:
        return closeness(was[one]["look"], now[other]["look"]) >= ALIKE

    differences = compare(name, [one["content"] for one in was], [one["content"] for one in now], alike)
    return [
        PageChanged(one.kind.value, one.page, (old if one.kind is Kind.REMOVED else new).book(name, one.page))
        for one in differences
        if one.page is not None
    ]
