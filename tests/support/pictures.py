"""Pictures of the main pages over a demo, as the documentation shows them.

`python -m tests.support.pictures FOLDER [TARGET]`: the folder is that of `python -m bench.demo --folder FOLDER`.
"""

import io
import sys
from pathlib import Path
from typing import Any, Final

from PIL import Image
from tests.support.import_pages import calls
from tests.support.site import ROOT, Site, browsing, follow, serving

TARGET: Final = ROOT / "docs" / "pictures"
MOST: Final = 150_000  # bytes of one picture
HOME: Final = "e/DEMO/"
WIDE: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
PLAIN: Final[dict[str, str]] = {
    "overview": HOME,
    "portrait": f"{HOME}2026/",
    "metric": f"{HOME}2026/metric/number_consistency/",
    "registers": f"{HOME}registers/lines/",
    "audit": f"{HOME}audit/",
}


def take(folder: Path, target: Path) -> list[Path]:
    """Serve the demo, write the pictures; their paths. An administrator of the tests is added to the demo."""
    paths = []
    with serving(folder, NIANJIAN_TODAY="2026-11-25") as site, browsing() as browser:
        session = site.session("赵敏")
        options = {"locale": "zh-CN", "viewport": WIDE, "color_scheme": "light"}
        context = site.context(browser, session, **options)
        page = context.new_page()
        for name, path in PLAIN.items():
            page.goto(site.address + path)
            paths.append(kept(page, target / f"web-{name}.png"))
        for name, there in (("wizard", _wizard), ("rulebook", _rulebook)):
            there(site, page)
            paths.append(kept(page, target / f"web-{name}.png"))
        context.close()
        context = site.context(browser, session, **{**options, "viewport": PHONE, "color_scheme": "dark"})
        page = context.new_page()
        page.goto(site.address + HOME)
        paths.append(kept(page, target / "web-phone.png"))
        context.close()
    return paths


def _wizard(site: Site, page: Any) -> None:
    """The third step: how a file is read."""
    page.goto(f"{site.address}{HOME}data/import/")
    follow(page.locator("button[value=calls]"))
    file = {"name": "话单-3月.csv", "mimeType": "text/csv", "buffer": calls(rows=40, bad=3)}
    page.locator("#id_files").set_input_files(file)
    follow(page.locator("main form[enctype] button"))
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/mapping/")
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


def _rulebook(site: Site, page: Any) -> None:
    """What another value would do to the light."""
    page.goto(f"{site.address}{HOME}rules/portrait.seat_vacancy.limit/overlay/")
    page.locator("#id_value").fill("0.4")
    page.locator("#id_valid_from").fill("2026-01-01")
    page.locator("#id_reason").fill("省管局窗口答复")
    page.locator("#reading input").wait_for(state="attached", timeout=60_000)
    page.locator("button[value=try]").click()
    page.locator("#effect > .hint").wait_for(timeout=60_000)
    page.locator("button[value=send]").scroll_into_view_if_needed()


def kept(page: Any, path: Path, **cut: Any) -> Path:
    """Wait for the charts, take the picture, write it with 256 colours."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled", **cut))).convert("RGB")
    shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main(arguments: list[str]) -> None:
    """Write the pictures of the documentation."""
    target = Path(arguments[1]) if len(arguments) > 1 else TARGET
    for path in take(Path(arguments[0]).resolve(), target):
        sys.stdout.write(f"{path.name} {path.stat().st_size}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
