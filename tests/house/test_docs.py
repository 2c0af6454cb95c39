"""What the program can do stands in its pages."""

import re

from tests.support import tree

from nianjian.engines.intake.formats import catalogue
from nianjian.engines.rules.load import load
from nianjian.platform.home.env import SETTINGS

DOCS = tree.ROOT / "docs"
FOR_TESTS = {"NIANJIAN_CRASH_AT"}
# Where a path on a developer page begins.
ROOTS = {"engines", "platform", "features", "doors", "tests", "docs", "bench", "src"}


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


NAMED = re.compile(r"`([\w.]+(?:/[\w.]+)+)(?:::(\w+))?`")


def test_what_the_developer_pages_name_is_there() -> None:
    """`folder/file.py::name`: the file below the root or the source, and a function, class or value of it."""
    gone = []
    for page in sorted([*(DOCS / "develop").glob("*.md"), DOCS.parent / "CONTRIBUTING.md"]):
        for name, inside in NAMED.findall(page.read_text(encoding="utf-8")):
            path = next((base / name for base in (tree.ROOT, tree.SOURCE) if (base / name).exists()), None)
            if path is None and (name.split("/")[0] in ROOTS or inside):
                gone.append(f"{page.name}: {name}")
            defined = rf"(?m)^\s*(?:async def|def|class) {inside}\b|^{inside}\b.*="
            if path is not None and inside and not re.search(defined, path.read_text(encoding="utf-8")):
                gone.append(f"{page.name}: {name}::{inside}")
    assert not gone


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (DOCS / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))
    for path in (DOCS / "decisions").glob("[0-9]*.md"):
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} ")


def test_each_requirement_of_the_guide_has_one_row() -> None:
    last = {"T": 8, "M": 19, "D": 5, "S": 10, "R": 9}
    expected = [f"{part}{number}" for part, most in last.items() for number in range(1, most + 1)]
    page = (DOCS / "use" / "guide.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| ([A-Z]\d+) \|", page) == expected
    of_the_guide = {rule.id for rule in load().rules if re.fullmatch(r"[TMDSR]\d+", rule.id)}
    assert of_the_guide <= set(expected)
