"""Bring the package of the home that the environment names to its book, or to its final edition.

``python -m tests.support.package_home ENTERPRISE YEAR FOLDER [final]``: all materials ready, the book built and taken
by a person, the scan of its sealed copy in FOLDER; with ``final`` that scan has come in and the final edition is built.
"""

import sys
import zipfile
from pathlib import Path

from nianjian.platform.home import wiring

wiring.prepare()
wiring.keys()

from tests.features.dossier.conftest import keep_paper  # noqa: E402 -- models load after the lines above
from tests.support import packages  # noqa: E402
from tests.support.import_pages import work  # noqa: E402
from tests.support.sealed_scans import scan_book  # noqa: E402

from nianjian.features.dossier.operations import arrivals, checklist, package, rounds  # noqa: E402
from nianjian.platform.accounts.query import Actor  # noqa: E402
from nianjian.platform.jobs.progress import silent  # noqa: E402

OPERATOR = Actor("tester")


def main(enterprise: str, year: int, folder: Path, *, final: bool) -> None:
    """Fill it."""
    for seed, line in enumerate(checklist.list_items(enterprise, year, OPERATOR)):
        body = packages.scans(folder / "paper.pdf", [20 + seed], dpi=100).read_bytes()
        keep_paper(line.item, body, code=enterprise, year=year, actor=OPERATOR)
    book = _build(enterprise, year, folder / "book.zip")
    with zipfile.ZipFile(book) as pack:
        paper = Path(pack.extract("paper/材料包.pdf", folder))
    scan = scan_book(paper, folder / "scan.pdf")
    if final:
        arrivals.store_file(enterprise=enterprise, year=year, name="scan.pdf", content=scan, actor=OPERATOR)
        arrivals.run_sorting(enterprise=enterprise, year=year, actor=OPERATOR, progress=silent)
        _build(enterprise, year, folder / "final.zip")


def _build(enterprise: str, year: int, path: Path) -> Path:
    package.enqueue_build(enterprise=enterprise, year=year, pictures=False, actor=OPERATOR)
    work()
    job = rounds.list_built_packages(enterprise, year)[0]
    taken = package.download_zip(enterprise=enterprise, year=year, job=job.id, actor=OPERATOR)
    with path.open("wb") as file:
        file.writelines(taken.content)
    return path


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), final="final" in sys.argv[4:])
