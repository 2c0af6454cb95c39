"""`python -m bench.dossier`: a package of 500 pages with 200 MB of scans; CPU time and memory of its parts.

Each part runs in a child of its own; its children (the typesetter) count. Scans are drawn, not real ones: text-like
marks, grain and JPEG at 300 dpi, weighed to the size asked for.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.support import packages

from bench import machine, measure
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.book import bind
from nianjian.features.dossier.editions.build import PAPER, build
from nianjian.features.dossier.editions.package import Board, Item, Package, required_seals
from nianjian.features.dossier.editions.verify import verify

CPU: Final = 10.0
MEGABYTES: Final = 600
ITEMS: Final = 13
SHEETS: Final = 12  # drawn once, each used again with another weight


def main(argv: Sequence[str] | None = None) -> int:
    """Make the sources, run each part, print a table; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.dossier", description=__doc__)
    parser.add_argument("--pages", type=int, default=500, help="pages of scans (default 500)")
    parser.add_argument("--megabytes", type=int, default=200, help="weight of the scans (default 200)")
    parser.add_argument("--uploads", action="store_true", help="the flat files, too: minutes")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.part:
        print(json.dumps(_part(args.part[0], Path(args.part[1]), args.pages, args.megabytes)))
        return 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as place:
        made = measure.run(
            [
                "-m",
                "bench.dossier",
                "--pages",
                str(args.pages),
                "--megabytes",
                str(args.megabytes),
                "--part",
                "sources",
                place,
            ],
            environment=dict(os.environ),
        )  # drawn in a child: a process starts with its parent's peak
        weight = made.answer["bytes"]
        print("\n".join(machine.describe()))
        print(
            f"\n{args.pages} pages, {weight / 1e6:.0f} MB of scans, {ITEMS} items, printed riding seal on every sheet\n"
        )
        print("| part | CPU s | wall s | peak of the process MB | |\n|---|---|---|---|---|")
        missed = 0
        for part in ("bind", "paper", "verify", *(("both",) if args.uploads else ())):
            cost = measure.run(["-m", "bench.dossier", "--part", part, place], environment=dict(os.environ))
            late = part == "bind" and (cost.cpu > CPU or cost.peak > MEGABYTES)
            missed += late
            print(
                f"| {cost.answer['told']} | {cost.cpu:.1f} | {cost.wall:.1f} | {cost.peak:.0f} | {'missed' if late else ''} |"
            )
    return 1 if missed else 0


def _sources(folder: Path, pages: int, wanted: int) -> int:
    """The scans: quality is chosen so that all pages together have the weight asked for."""
    drawn = [packages.sheet(seed, dpi=300, noise=5.0) for seed in range(SHEETS)]
    each = wanted / pages
    quality = min(range(20, 96, 3), key=lambda q: abs(len(packages.jpeg(drawn[0], q)) - each))
    data = [packages.jpeg(one, quality) for one in drawn]
    total = 0
    for number in range(ITEMS):
        import pikepdf  # noqa: PLC0415 -- the parts load it themselves

        count = pages // ITEMS + (number < pages % ITEMS)
        with pikepdf.new() as pdf:
            for page in range(count):
                packages.scan_page(pdf, data[(number + page) % SHEETS] + bytes([number, page % 256, page // 256]))
            pdf.save(folder / f"{number}.pdf")
        total += (folder / f"{number}.pdf").stat().st_size
    return total


def _package(folder: Path) -> Package:
    items = tuple(
        Item(f"item{number}", f"材料{number + 1}", Board.GENERAL if number < 7 else Board.SPECIAL, folder / f"{number}.pdf",
             required_seals(packages.BOOK, copy=number < 3))
        for number in range(ITEMS)
    )  # fmt: skip
    return packages.package(folder, (), items=items, pictures=packages.stamped(), approved=True)


def _part(part: str, folder: Path, pages: int, megabytes: int) -> dict[str, Any]:
    if part == "sources":
        return {"bytes": _sources(folder, pages, megabytes * 1_000_000)}
    package = _package(folder)
    if part == "bind":
        path = folder / "book.pdf"
        book = bind(package, path, folder / "printer.pdf")
        return {
            "told": f"compiled, sealed, numbered, bookmarked, saved: {len(book.layout.leaves)} pages, {path.stat().st_size / 1e6:.0f} MB"
        }
    if part == "paper":
        built = build(package, folder / "paper-only", uploads=False)
        return {
            "told": f"the same with the manifest (SHA-256, SM3, content and look of each page), {len(built.manifest['files'])} files"
        }
    if part == "verify":
        path = folder / "paper-only"
        found = verify(path)
        assert found.intact, found.differences  # noqa: S101 -- the bench's own result
        entry = next(one for one in manifest.read_manifest(path / manifest.NAME)["files"] if one["edition"] == PAPER)
        return {"told": f"verified by bytes: {len(entry['pages'])} pages"}
    built = build(package, folder / "both")
    return {"told": f"both editions with the manifest, {len(built.manifest['files'])} files"}


if __name__ == "__main__":
    sys.exit(main())
