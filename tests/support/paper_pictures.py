"""Pictures of the pages about papers, over a home of its own: `python -m tests.support.paper_pictures [TARGET]`.

The papers are drawn (tests.support.scans), the worker checks them; each page is held to be accessible in the dark on a
telephone before its picture is taken.
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import pikepdf
from tests.support.axe import assert_clean
from tests.support.packages import scan_page
from tests.support.pictures import PHONE, TARGET, WIDE, kept
from tests.support.scans.labelled import labelled
from tests.support.site import browsing, environment, follow, serving, told

# Beside the menu and below the head, which belong to every page.
MAIN: Final = {"clip": {"x": 232, "y": 54, "width": WIDE["width"] - 232, "height": WIDE["height"] - 54}}
PATIENCE: Final = 600_000  # milliseconds for the worker
SEASON: Final = "e/demo/dossier/2026/"
SEEDS: Final = (3, 11, 20)
ITEM: Final = f"{SEASON}number_ledger/"
PACKAGE: Final = f"{SEASON}?step=materials"


def paper() -> bytes:
    """Pages as a scanner hands them on, with seals."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for seed in SEEDS:
            scan_page(pdf, labelled(seed).jpeg)
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def take(folder: Path, target: Path) -> list[Path]:
    """Serve a fresh home, send papers, write the pictures; their paths."""
    told(environment(folder), sys.executable, "-m", "tests.support.walk_home")
    paths = []
    with serving(folder, NIANJIAN_TODAY="2026-11-25") as site, browsing() as browser:
        session = site.session("赵敏")
        options = {"locale": "zh-CN", "viewport": WIDE, "color_scheme": "light"}
        context = site.context(browser, session, **options)
        page = context.new_page()
        page.set_default_navigation_timeout(PATIENCE)
        file = {"name": "台账.pdf", "mimeType": "application/pdf", "buffer": paper()}
        _sent(page, f"{site.address}{ITEM}", [file])
        page.locator("article.version").first.wait_for(timeout=PATIENCE)
        paths.append(kept(page, target / "dossier-item.png", **MAIN))
        _sent(page, f"{site.address}{SEASON}sort/", [file | {"name": "扫描001.pdf"}])
        page.locator("article.version .badge:not(.plain)").first.wait_for(timeout=PATIENCE)
        paths.append(kept(page, target / "dossier-sort.png", **MAIN))
        page.goto(site.address + SEASON)
        paths.append(kept(page, target / "dossier-list.png", **MAIN))
        page.goto(f"{site.address}{SEASON}verify/")
        paths.append(kept(page, target / "dossier-verify.png", **MAIN))
        paths.append(_take_generated(page, site.address, target))
        context.close()
        context = site.context(browser, session, **{**options, "viewport": PHONE, "color_scheme": "dark"})
        page = context.new_page()
        page.set_default_navigation_timeout(PATIENCE)
        for path in (SEASON, ITEM, f"{SEASON}sort/", f"{SEASON}verify/", PACKAGE):
            page.goto(site.address + path)
            _check_page(page)
        _open_pages(site, page)
        _check_page(page)
        paths.append(kept(page, target / "dossier-pages.png"))
        context.close()
    return paths


def _sent(page: Any, address: str, files: list[dict[str, Any]]) -> None:
    page.goto(address)
    page.locator("#id_files").set_input_files(files)
    follow(page.locator("main form[enctype] button"), PATIENCE)


def _take_generated(page: Any, address: str, target: Path) -> Path:
    """Papers generated from the records, with what must agree."""
    page.goto(address + PACKAGE)
    follow(page.locator("main form[action$='/generate/'] button.primary"), PATIENCE)
    page.locator("#sums").wait_for(timeout=PATIENCE)  # the page loads itself anew once the work is over
    return kept(page, target / "dossier-making.png", **MAIN)


def _open_pages(site: Any, page: Any) -> None:
    page.goto(f"{site.address}{ITEM}files/1/pages/")
    follow(page.locator("main form[action$='/pages/show/'] button").first, PATIENCE)


def _check_page(page: Any) -> None:
    """Accessible, and nothing hangs over the side."""
    assert_clean(page)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        raise AssertionError(page.url, over)


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    target = Path(arguments[0]) if arguments else TARGET
    with tempfile.TemporaryDirectory(prefix="nianjian-papers-") as folder:
        for path in take(Path(folder), target):
            sys.stdout.write(f"{path.name} {path.stat().st_size}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
