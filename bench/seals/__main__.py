"""`python -m bench.seals`: precision and recall by class on pages that nothing was tuned on, and pages a CPU-second.

Every page is synthetic: set by typst, stamped with drawn seals, put through a simulated scanner. The figures are an
upper bound for real scans.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import hypot, sqrt
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image
from tests.support.scans.labelled import Labelled, labelled
from tests.support.scans.paper import DPI

from bench import machine
from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.check import Limits, inspect
from nianjian.features.dossier.ingest.receive import receive, render_pages
from nianjian.features.dossier.seals.detect import find_seals
from nianjian.features.dossier.seals.mask import Kind, Seal

NEAR_MM: Final = 4.0
SLICE_MM: Final = 22.0
SURE: Final = 1.96

Figures = Counter[tuple[str, ...]]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, SURE * SURE
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = SURE * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def count(page: Labelled, found: Sequence[Seal], figures: Figures) -> list[str]:
    """Add a page's hits and misses; what went wrong, in words."""
    wrong = []
    rest = [one for one in found if one.kind is not Kind.SLICE]
    for true in page.seals:
        own = [one for one in rest if hypot(one.x_mm - true.x_mm, one.y_mm - true.y_mm) < NEAR_MM]
        own = [one for one in own if one.kind.value == true.kind]
        figures["true", true.kind, true.ink] += 1
        if own:
            figures["found", true.kind, true.ink] += 1
            rest.remove(own[0])
        else:
            wrong.append(f"{page.seed} {page.kind}: missed {true.kind} {true.ink}")
    edges = [one for one in found if one.kind is Kind.SLICE]
    for true in page.slices:
        own = [one for one in edges if abs(one.y_mm - true.y_mm) < SLICE_MM]
        figures["true", "slice", true.ink] += 1
        if own:
            figures["found", "slice", true.ink] += 1
            edges.remove(own[0])
        else:
            wrong.append(f"{page.seed} {page.kind}: missed slice {true.ink} {true.wide_mm:.1f} mm")
    for one in (*rest, *edges):
        figures["false", one.kind.value, ""] += 1
        wrong.append(f"{page.seed} {page.kind}: no {one.kind.value} at {one.x_mm:.0f}, {one.y_mm:.0f}")
    whole = any(one.kind is not Kind.SLICE for one in found)
    figures["page", "right" if whole == bool(page.seals) else "wrong", ""] += 1
    return wrong


def _share(name: str, hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    value = f"{hits / of:.3f}" if of else "–"
    return f"| {name} | {value} | {hits}/{of} | {low:.3f} – {high:.3f} |"


def table(figures: Figures) -> str:
    """Precision and recall by kind, recall by kind and ink."""

    def total(what: str, kinds: Sequence[str]) -> int:
        return sum(number for key, number in figures.items() if key[0] == what and key[1] in kinds)

    lines = ["| | value | count | 95 % (Wilson) |", "|---|---|---|---|"]
    groups = {"all seals": ("round", "oval", "square"), **{one: (one,) for one in ("round", "oval", "square", "slice")}}
    for name, kinds in groups.items():
        hits = total("found", kinds)
        lines.append(_share(f"precision, {name}", hits, hits + total("false", kinds)))
        lines.append(_share(f"recall, {name}", hits, total("true", kinds)))
    right, wrong = figures["page", "right", ""], figures["page", "wrong", ""]
    lines.append(_share("page: seal or none", right, right + wrong))
    classes = sorted(key for key in figures if key[0] == "true")
    lines += [_share(f"recall, {one[1]} {one[2]}", figures["found", one[1], one[2]], figures[one]) for one in classes]
    return "\n".join(lines) + "\n"


def pages(part: str, first: int, most: int, seals: int) -> Iterator[Labelled]:
    """Pages of a part until they hold so many seals."""
    held = 0
    for seed in range(first, first + most):
        page = labelled(seed, part)
        held += len(page.seals)
        yield page
        if held >= seals:
            return


def _cpu() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def speed(part: str, count_of: int) -> float:
    """Pages a CPU-second from the received file to the findings, child processes included, without OCR."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans = []
        for seed in range(count_of):
            page = cv2.resize(labelled(seed, part).bgr, None, fx=300 / DPI, fy=300 / DPI, interpolation=cv2.INTER_CUBIC)
            scans.append(Image.fromarray(np.ascontiguousarray(page[..., ::-1])))
        file = folder / "scan.pdf"
        scans[0].save(file, save_all=True, append_images=scans[1:], resolution=300, quality=80)
        limits = Limits.of(Rulebook.on(clock.today()))
        began = _cpu()
        got = receive(file, folder)
        assert got.clean is not None  # noqa: S101 - a PDF
        for one in render_pages(got.clean, got.pages, name=got.name, dpi=300, small=3):
            inspect(one, limits)
        return count_of / (_cpu() - began)


def _counted(args: argparse.Namespace) -> Iterator[tuple[Figures, list[str]]]:
    """Figures and misses of each page, drawn and looked at here."""
    until = time.monotonic() + args.minutes * 60
    for page in pages(args.part, args.first, args.pages, args.seals):
        small = cv2.resize(page.bgr, None, fx=100 / DPI, fy=100 / DPI, interpolation=cv2.INTER_AREA)
        figures: Figures = Counter()
        wrong = count(page, find_seals(small.astype(np.uint8), 100), figures)
        if args.write:
            line = {"seed": page.seed, "figures": [[*key, number] for key, number in figures.items()], "wrong": wrong}
            with args.write.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        yield figures, wrong
        if time.monotonic() > until:
            return


def _given(paths: Sequence[Path]) -> Iterator[tuple[Figures, list[str]]]:
    """The same of earlier runs, no page twice."""
    seen: set[int] = set()
    for line in (json.loads(one) for path in paths for one in path.read_text("utf-8").splitlines()):
        if line["seed"] not in seen:
            seen.add(line["seed"])
            yield Counter({tuple(key): number for *key, number in line["figures"]}), line["wrong"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run; exit code 1 below the aims."""
    parser = argparse.ArgumentParser(prog="python -m bench.seals", description=__doc__)
    parser.add_argument("--part", choices=("development", "held"), default="held")
    parser.add_argument("--seals", type=int, default=1000, help="whole seals at least (default 1000)")
    parser.add_argument("--pages", type=int, default=4000, help="pages at most")
    parser.add_argument("--first", type=int, default=0, help="seed of the first page")
    parser.add_argument("--speed", type=int, default=24, help="pages for the speed (0: leave out)")
    parser.add_argument("--minutes", type=float, default=600, help="stop after so long (default 600)")
    parser.add_argument("--write", type=Path, help="one line of JSON for each page")
    parser.add_argument("--from", dest="given", type=Path, nargs="*", default=[], help="read these lines, draw nothing")
    parser.add_argument("--keep", action="store_true", help="write the result to bench/results")
    args = parser.parse_args(argv)
    figures: Figures = Counter()
    wrong: list[str] = []
    number = 0
    for counts, misses in _given(args.given) if args.given else _counted(args):
        figures.update(counts)
        wrong += misses
        number += 1
    stamp = datetime.now(tz=UTC)
    text = f"# Seals on synthetic scans, {stamp:%Y-%m-%d}\n\n{chr(10).join(machine.describe())}\n\nPart `{args.part}`, {number} pages. "
    text += "All pages, seals and scanner faults are synthetic: an upper bound for real scans.\n\n" + table(figures)
    if args.speed:
        text += (
            f"\nWithout OCR: {speed(args.part, args.speed):.1f} pages a CPU-second, from the file to its findings.\n"
        )
    print(text)
    print("\n".join(wrong), file=sys.stderr)
    if args.keep:
        target = Path(__file__).parents[1] / "results" / f"{stamp:%Y-%m-%d}-seals-{args.part}.md"
        target.write_text(text, encoding="utf-8")
    hits = sum(number for key, number in figures.items() if key[0] == "found" and key[1] != "slice")
    true = sum(number for key, number in figures.items() if key[0] == "true" and key[1] != "slice")
    false = sum(number for key, number in figures.items() if key[0] == "false" and key[1] != "slice")
    return 0 if hits >= 0.99 * (hits + false) and hits >= 0.97 * true else 1


if __name__ == "__main__":
    sys.exit(main())
