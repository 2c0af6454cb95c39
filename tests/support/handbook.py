"""Pictures of the handbook, in both languages: a newcomer's way to the first light, and each task over a demo.

`python -m tests.support.handbook FOLDER [TARGET]`: the folder is that of `python -m bench.demo --folder FOLDER`.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.support.newcomer import CALLS, Newcomer, begun
from tests.support.paper_scans import a4
from tests.support.pictures import HOME, kept
from tests.support.site import ROOT, Site, browsing, follow, open_result, serving

TARGET: Final = ROOT / "docs" / "pictures" / "handbook"
LANGUAGES: Final = {"zh": "zh-CN", "en": "en-GB"}
VIEW: Final = {"width": 1280, "height": 800}
DAY: Final = "2026-11-25"
WORKER: Final = 120_000  # milliseconds
# Picture -> where the newcomer sees it.
WAY: Final[Mapping[str, str]] = {
    "start-steps": "steps", "calls-check": "check-calls", "calls-imported": "imported-calls",
    "start-needs": "needs", "registers-number": "number", "start-light": "light",
}  # fmt: skip
# Picture -> page of the demo's enterprise.
PAGES: Final[Mapping[str, str]] = {
    "registers": "registers/", "portrait": "2026/", "portrait-metric": "2026/metric/complaint_rate/",
    "simulate": "2026/simulate/?open_seats=5", "season": "season/", "dossier": "dossier/2026/",
    "dossier-seals": "dossier/2026/seals/", "dossier-package": "dossier/2026/?step=build", "complaints": "complaints/",
    "gate": "gate/", "callback": "inspection/callback/", "drill": "inspection/drill/", "day": "inspection/day/",
    "screens": "inspection/screens/", "people": "people/",
}  # fmt: skip


def take(folder: Path, target: Path, languages: Mapping[str, str] = LANGUAGES) -> list[Path]:
    """Serve both homes and write the pictures of the languages; their paths."""
    paths: list[Path] = []
    with browsing() as browser:
        for language, locale in languages.items():
            (target / language).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as empty:
                paths += _newcomer(browser, Path(empty), locale, target / language)
        # No gate of this machine that belongs to somebody else is to answer.
        with serving(folder, NIANJIAN_TODAY=DAY, NIANJIAN_GATE_URL="http://127.0.0.1:9") as site:
            for language, locale in languages.items():
                paths += _tasks(site, browser, locale, target / language)
    return paths


def _newcomer(browser: Any, folder: Path, locale: str, target: Path) -> list[Path]:
    link = begun(folder)
    paths: dict[str, Path] = {}
    names = {where: name for name, where in WAY.items()}
    with serving(folder, NIANJIAN_TODAY=DAY) as site:
        context = browser.new_context(locale=locale, viewport=VIEW, color_scheme="light")
        page = context.new_page()

        def look(where: str) -> None:
            if where in names and where not in paths:
                paths[where] = kept(page, target / f"{names[where]}.png")

        one = Newcomer(site, page, look)
        one.comes_in(link)
        one.names_the_licence()
        one.imports("calls", CALLS)
        one.registers_number("95188")
        one.imports_seats()
        one.invites()
        one.sees_the_light()
        context.close()
    return list(paths.values())


def _tasks(site: Site, browser: Any, locale: str, target: Path) -> list[Path]:
    context = site.context(browser, site.session("赵敏"), locale=locale, viewport=VIEW, color_scheme="light")
    page = context.new_page()
    paths = []
    for name, way in WAYS.items():
        way(site, page)
        paths.append(kept(page, target / f"{name}.png"))
    for name, path in PAGES.items():
        page.goto(f"{site.address}{HOME}{path}")
        paths.append(kept(page, target / f"{name}.png"))
    context.close()
    return paths


def _reconcile(site: Site, page: Any) -> None:
    """An export of lines against the register."""
    page.goto(f"{site.address}{HOME}reconcile/new/")
    page.locator("#filing_kind").select_option("lines")
    export = "线路编号,名称,运营商\nL-abroad,境外,中国电信\n".encode()
    page.locator("#filing_file").set_input_files({"name": "export.csv", "mimeType": "text/csv", "buffer": export})
    follow(page.locator("button[value=filing]"))
    open_result(page, timeout=WORKER)


def _scan(site: Site, page: Any) -> None:
    """A file of the package with what its checks found."""
    page.goto(f"{site.address}{HOME}dossier/2026/number_ledger/")
    if not page.locator("article.version").count():
        file = {"name": "ledger.pdf", "mimeType": "application/pdf", "buffer": a4(1)}
        if not page.locator("#id_files").is_visible():
            page.locator("#upload > summary").click()
        page.locator("#id_files").set_input_files(file)
        follow(page.locator("main form[enctype] button"))
        page.locator("article.version").first.wait_for(timeout=WORKER)
    page.locator("article.version").first.scroll_into_view_if_needed()


def _complaint(site: Site, page: Any) -> None:
    """The first ticket of the list."""
    page.goto(f"{site.address}{HOME}complaints/")
    follow(page.locator("main tbody a[href*='/complaints/']").first)


def _case(site: Site, page: Any) -> None:
    """A case of rectification, opened where there is none."""
    page.goto(f"{site.address}{HOME}rectification/")
    there = page.locator(".content a[href*='/rectification/R']")
    if there.count():
        follow(there.first)
        return
    page.goto(f"{site.address}{HOME}rectification/open/")
    page.locator("#id_received").fill("2026-11-16")
    page.locator("#id_number").fill("浙通管改1号")
    follow(page.locator("main form[novalidate] button.primary"))


def _isolate(site: Site, page: Any) -> None:
    """The form that puts a channel behind the gate."""
    _case(site, page)
    page.goto(f"{page.url}isolate/")


def _approval(site: Site, page: Any) -> None:
    """A request for another value of a rule, which its asker cannot decide."""
    page.goto(f"{site.address}{HOME}approvals/")
    if page.locator("main a[href*='/approvals/A']").count():
        return
    page.goto(f"{site.address}{HOME}rules/portrait.seat_vacancy.limit/overlay/")
    page.locator("#id_value").fill("0.25")
    page.locator("#id_valid_from").fill("2026-01-01")
    page.locator("#id_reason").fill("省管局窗口答复")
    page.locator("#reading input").wait_for(state="attached", timeout=WORKER)
    follow(page.locator("button[value=send]"), timeout=WORKER)
    page.goto(f"{site.address}{HOME}approvals/")


def _reminders(site: Site, page: Any) -> None:
    """What a person chooses of the reminders, a page of one's own."""
    page.goto(f"{site.address}inbox/choices/")


def _run_check(path: str) -> Callable[[Site, Any], None]:
    """A page of the on-site check after the worker has looked into it."""

    def way(site: Site, page: Any) -> None:
        page.goto(f"{site.address}{HOME}{path}")
        follow(page.locator("main form button.primary").first)
        open_result(page, timeout=WORKER)
        page.goto(f"{site.address}{HOME}{path}")

    return way


# Picture -> what leads to it.
WAYS: Final[Mapping[str, Callable[[Site, Any], None]]] = {
    "reconcile": _reconcile, "dossier-scan": _scan, "complaint": _complaint, "rectification": _case,
    "isolate": _isolate, "approvals": _approval, "reminders": _reminders, "inspection": _run_check("inspection/"),
    "answers": _run_check("inspection/answers/"),
}  # fmt: skip
NAMES: Final = frozenset(f"{name}.png" for name in (*WAY, *PAGES, *WAYS))


def main(arguments: list[str]) -> None:
    """Write the pictures of the handbook."""
    target = Path(arguments[1]) if len(arguments) > 1 else TARGET
    for path in take(Path(arguments[0]).resolve(), target):
        sys.stdout.write(f"{path.name} {path.stat().st_size}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
