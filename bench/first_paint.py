"""How soon a phone shows something of 今天: Chromium as over 4G (1.6 Mbit/s, 150 ms) with a quarter of the processor.

``python -m bench.first_paint FOLDER`` serves a copy of a demo (``bench.demo --no-serve``) and prints the milliseconds
until the first contentful paint, cold and warm, of each of five turns. It is a measurement, no test: it needs a machine
that does nothing else.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.support.site import browsing, serving

TURNS: Final = 5
NETWORK: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
PAINT: Final = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


def measure(page: Any, address: str, *, cold: bool) -> float:
    """Milliseconds until the page shows its first content."""
    session = page.context.new_cdp_session(page)
    if cold:
        session.send("Network.clearBrowserCache")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, wait_until="load")
    page.wait_for_function(f"({PAINT}) >= 0")
    return float(page.evaluate(PAINT))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a demo, made with bench.demo")
    parser.add_argument("--path", default="e/DEMO/")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, browsing() as browser:
        folder = Path(name) / "demo"
        shutil.copytree(given.folder, folder)
        with serving(folder, NIANJIAN_GATE_URL="http://127.0.0.1:9") as site:
            context = site.context(browser, site.session("demo", "administrator", "DEMO"))
            page = context.new_page()
            page.set_viewport_size({"width": 390, "height": 844})
            for turn in range(TURNS):
                cold = measure(page, f"{site.address}{given.path}", cold=True)
                warm = measure(page, f"{site.address}{given.path}", cold=False)
                print(f"{turn + 1}: cold {cold:.0f} ms, warm {warm:.0f} ms")


if __name__ == "__main__":
    main()
