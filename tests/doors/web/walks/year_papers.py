"""The acts of a manager's year upon paper: the fill-in sheet of the platform, and the book that comes back sealed."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pypdfium2
from tests.doors.web.walks.year import PATIENCE, Walker, builds, materials, opens_step
from tests.support.sealed_scans import scan_book
from tests.support.site import follow


def makes_sheet(one: Walker) -> str:
    """The fill-in sheet of the licence report; what its page says."""
    materials(one, "填报单")
    one.button("生成")
    one.worked()
    materials(one, "填报单")
    return one.text()


def types(one: Walker, texts: Mapping[str, str]) -> str:
    """Every field by its label, the head count in words first; what the page says once all is corrected."""
    form = one.unfolds("form[action*='/fill-in/licence/enter/']")
    assert form.locator("input[type=text]").count() == len(texts)
    for label, text in texts.items():
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_label("员工人数", exact=True).fill("三人")
    follow(form.locator("button.primary"), PATIENCE)
    assert "“员工人数”" in one.page.locator(".notice.error").inner_text()
    one.faults = [fault for fault in one.faults if "422" not in fault]
    typed = {label: form.get_by_label(label, exact=True).input_value() for label in texts}
    assert typed == {**texts, "员工人数": "三人"}, "a refusal takes nothing away"
    form.get_by_label("员工人数", exact=True).fill(texts["员工人数"])
    one.press(form.locator("button.primary"))
    return one.text()


def reads(path: Path) -> str:
    """The text of a PDF, as somebody copies it, without blanks."""
    with pypdfium2.PdfDocument(path) as document:
        return "".join(re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document)


def comes_back_sealed(one: Walker, package: Path, folder: Path) -> None:
    """The book is printed, sealed and scanned, and its scan goes where the package's page leads; nothing waits."""
    with zipfile.ZipFile(package) as pack:
        book = Path(pack.extract("paper/材料包.pdf", folder))
    materials(one)
    file: Any = {"name": "盖章书.pdf", "mimeType": "application/pdf"}
    file["buffer"] = scan_book(book, folder / "scan.pdf")
    with one.page.expect_navigation(timeout=PATIENCE):
        one.page.locator("#id_files").set_input_files(file)
    one.waits()
    one.page.get_by_role("link", name="进入分件核对").wait_for()
    assert "待分件的文件" not in one.text()


def takes_package(one: Walker, path: Path) -> Path:
    """Build both editions and fetch them."""
    assert "齐全" in builds(one)
    return one.took("#package form[action$='/file/'] button", path)


def finishes_package(one: Walker, path: Path) -> Path:
    """Confirm the split scan, and fetch the final edition that is made of it."""
    materials(one)
    one.link("进入分件核对")
    one.button("确认并定稿")
    one.worked()
    opens_step(one, "final")
    return one.took("#package form[action$='/file/'] button", path)
