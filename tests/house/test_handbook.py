"""The handbook: the same pages in both languages, each linked; each picture there, in both languages, and small."""

import re
from pathlib import Path
from typing import Final

import pytest
from tests.support import tree

DOCS: Final = tree.ROOT / "docs"
BOOK: Final = DOCS / "handbook"
PICTURES: Final = DOCS / "pictures" / "handbook"
LANGUAGES: Final = ("en", "zh")
MOST: Final = 150_000  # bytes of one picture
ALL: Final = 6_000_000  # bytes of all pictures of the documentation
LONGEST: Final = 60  # lines of a page: one task, no treatise
TASKS: Final = {
    "first-start", "import-calls", "registers", "portrait", "simulate", "reconcile", "season", "dossier",
    "complaints", "gate", "rectification", "inspection", "accounts", "backup",
}  # fmt: skip


def _pages(language: str) -> dict[str, Path]:
    return {path.stem: path for path in (BOOK / language).glob("*.md")}


def _list_pictures(page: Path) -> list[str]:
    """Paths of the pictures of a page, as they are written."""
    return re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_page_for_each_task_and_the_index_links_it(language: str) -> None:
    pages = _pages(language)
    assert set(pages) == TASKS | {"index"}
    index = pages["index"].read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([a-z-]+)\.md\)", index)) == TASKS
    other = next(one for one in LANGUAGES if one != language)
    assert f"../{other}/index.md" in index
    assert f"handbook/{language}/index.md" in (DOCS / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_picture_is_there_and_each_is_shown(language: str) -> None:
    pictures = set()
    for page in _pages(language).values():
        for written in _list_pictures(page):
            path = (page.parent / written).resolve()
            assert path.parent == PICTURES / language, f"{page.name}: a picture of the page's own language"
            pictures.add(path.name)
    assert pictures == {path.name for path in (PICTURES / language).glob("*.png")}


@pytest.mark.parametrize("task", sorted(TASKS))
def test_both_languages_show_and_say_the_same(task: str) -> None:
    zh, en = (BOOK / language / f"{task}.md" for language in ("zh", "en"))
    assert [Path(one).name for one in _list_pictures(zh)] == [Path(one).name for one in _list_pictures(en)]
    for mark in (r"^## ", r"^\d+\. ", r"^\| ", r"^- ", r"^```"):
        counts = [len(re.findall(mark, one.read_text(encoding="utf-8"), re.MULTILINE)) for one in (zh, en)]
        assert counts[0] == counts[1], mark
    assert all(len(one.read_text(encoding="utf-8").splitlines()) <= LONGEST for one in (zh, en))


def test_pictures_are_small() -> None:
    sizes = {path: path.stat().st_size for path in (DOCS / "pictures").rglob("*.png")}
    assert sum(sizes.values()) < ALL
    assert all(10_000 < size < MOST for path, size in sizes.items() if PICTURES in path.parents)


def test_the_readmes_say_the_same() -> None:
    """Pictures, commands, links of the documentation and the number of points are equal in both languages."""
    texts = [(tree.ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]
    en, zh = texts
    for mark in (r"^## ", r"^- ", r"^make [a-z]+", r"docs/pictures/[\w.-]+", r"docs/handbook/"):
        assert len(re.findall(mark, en, re.MULTILINE)) == len(re.findall(mark, zh, re.MULTILINE)), mark
    assert "docs/handbook/en/index.md" in en
    assert "docs/handbook/zh/index.md" in zh
