"""A newcomer in a browser: from the link of `nianjian init` over an empty home to the first light."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.support.keyboard import choose
from tests.support.site import PROGRAM, ROOT, Site, environment, told

PASSWORD: Final = "eine lange Losung 47"  # noqa: S105 -- of people of the tests
CALLS: Final = ROOT / "tests" / "samples" / "asterisk-22.10.1_Master.csv"
SEATS: Final = (
    "坐席编号,类型,备案状态,备案日期,开通日期\nS0001,人工,已备案,2024-02-01,2024-02-10\n"
    "S0002,人工,已备案,2024-02-01,2024-02-10\nS0003,机器人,已备案,2024-02-01,2024-02-10\n"
)
WORKER: Final = 150_000  # milliseconds for the worker, on a busy machine
CLICKS: Final = 14  # from the licence number to the first lights; typing and choosing a file are none


def begun(folder: Path) -> str:
    """Make an empty home and its first administrator; the path of the one-time link."""
    (folder / "home").mkdir(mode=0o700, parents=True)
    output = told(environment(folder), *PROGRAM, "init", "--name", "李明")
    match = re.search(r"/(account/first/\S+)", output)
    assert match, output
    assert "nianjian serve" in output, "it says what comes next"
    return match[1]


class Newcomer:
    """Clicks are counted; ``look`` is called with a name wherever there is something to see."""

    def __init__(self, site: Site, page: Any, look: Callable[[str], object] = lambda _name: None) -> None:
        self.site, self.page, self.look = site, page, look
        self.clicks = 0

    def press(self, what: str) -> None:
        """Choose it by the keyboard: one click."""
        self.clicks += 1
        choose(self.page.locator(what).first)

    def comes_in(self, link: str) -> None:
        """Choose a password, leave the second factor for later, add the enterprise."""
        page = self.page
        page.goto(self.site.address + link)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        self.look("password")
        self.press("main form button.primary")
        self.press("main p.actions a[href='/']")
        self.look("empty")
        self.press("main a.primary")
        page.locator("#id_name").fill("示范呼叫中心有限公司")
        page.locator("#id_code").fill("ACME")
        page.locator("#id_province").select_option("浙江")
        self.press("main form button.primary")

    def names_the_licence(self) -> None:
        """By the number alone and its last day; clicks are counted from here on."""
        page = self.page
        self.look("steps")
        self.clicks = 0
        page.locator("#id_number").fill("浙B2-20240001")
        page.locator("#id_valid_until").fill("2029-01-05")
        self.press("form[action$='/start/'] button.primary")

    def imports(self, kind: str, file: Any) -> None:
        """From the file on the page of the steps by its check back to the steps."""
        page = self.page
        page.locator(f"#id_{kind}").set_input_files(file)
        self.press(f"form:has(#id_{kind}) button")
        self.look(f"check-{kind}")
        self.press("main form[action$='/commit/'] button.primary")
        page.locator("main a.primary[href='/e/ACME/']").wait_for(timeout=WORKER)
        self.look(f"imported-{kind}")
        self.press("main a.primary[href='/e/ACME/']")

    def imports_seats(self) -> None:
        """A sheet of seats."""
        self.imports("seats", {"name": "坐席.csv", "mimeType": "text/csv", "buffer": SEATS.encode()})

    def registers_number(self, root: str) -> None:
        """Write an own number down; the save leads back to the steps."""
        self.look("needs")
        self.press("a[href*='/numbers/new/']")
        self.page.locator("#id_root").fill(root)
        self.page.locator("#id_total_length").fill("5")
        self.page.locator("#id_filed_on").fill("2024-02-01")
        self.look("number")
        self.press("main form button.primary")
        self.page.locator(".stages").wait_for()  # the click alone may return before the steps are there

    def invites(self) -> None:
        """A colleague who may decide, and back."""
        page = self.page
        self.press("a.primary[href$='/people/add/']")
        page.locator("#new_name").fill("wang")
        page.locator("#new_role").select_option("compliance_lead")
        self.look("colleague")
        self.press("main form button.primary")
        self.press("a[href='/e/ACME/']:visible")

    def sees_the_light(self) -> str:
        """Compute, then come home; the code of the light."""
        page = self.page
        self.look("ready")
        self.press("form[action$='/run/'] button.primary")
        page.locator("#toast [role=status] a").wait_for(timeout=WORKER)
        page.goto(f"{self.site.address}e/ACME/")
        self.clicks += 1
        self.look("light")
        return str(page.locator(".verdict .light").first.get_attribute("class"))


def main() -> None:
    """`python -m tests.support.newcomer FOLDER`: begin in a folder by hand; prints the link."""
    sys.stdout.write(begun(Path(sys.argv[1])) + "\n")


if __name__ == "__main__":
    main()
