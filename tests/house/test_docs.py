"""What the program can do stands in its pages."""

from __future__ import annotations

import re

from tests.support import tree

from nianjian.engines.intake.formats import catalogue
from nianjian.platform.home.env import SETTINGS

DOCS = tree.ROOT / "docs"
FOR_TESTS = {"NIANJIAN_CRASH_AT"}


def test_every_source_has_its_page_and_stands_in_the_list() -> None:
    listed = (DOCS / "use" / "sources" / "index.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((\w+)\.md\)", listed))
    assert linked == set(catalogue()) - {"generic"}
    assert linked == {path.stem for path in (DOCS / "use" / "sources").glob("*.md")} - {"index"}


def test_every_variable_of_the_program_is_a_documented_setting() -> None:
    read = {
        name
        for path in sorted(tree.SOURCE.rglob("*.py"))
        for name in re.findall(r"\bNIANJIAN_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8"))
    }
    settings = {one.name for one in SETTINGS}
    assert read - {f"{name}_FILE" for name in settings} - FOR_TESTS == settings


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (DOCS / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))
    for path in (DOCS / "decisions").glob("[0-9]*.md"):
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} ")
