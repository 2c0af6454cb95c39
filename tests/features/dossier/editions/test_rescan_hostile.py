"""A manifest that lies, and files that are no scan: one clear message each, and never a surer answer."""

import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from tests.support import packages

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import BuiltEditions, build
from nianjian.features.dossier.editions.verify import rescan, verify

PAPER = "paper/材料包.pdf"
Change = Callable[[dict[str, Any]], object]


def _slices(**values: object) -> Change:
    return lambda document: [one.update(values) for one in document["riding_seal"]["slices"]]


def _seal(**values: object) -> Change:
    return lambda document: document["riding_seal"].update(values)


def _file(**values: object) -> Change:
    return lambda document: document["files"][0].update(values)


def _page(**values: object) -> Change:
    return lambda document: document["files"][0]["pages"][0].update(values)


PLANS = {
    "page too high": _slices(page=10**9), "page negative": _slices(page=-3), "page infinite": _slices(page=math.inf),
    "by zero": _slices(height="1/0"), "three parts": _slices(height="1/2/3"), "off the page": _slices(height="7/3"),
    "huge": _slices(height="9" * 400 + "/1"), "stamp": _slices(stamp=math.nan), "no number": _slices(stamp="x"),
    "no seal": _seal(diameter_mm=0), "a giant": _seal(diameter_mm=1e9), "not a size": _seal(diameter_mm=math.nan),
    "one sheet on many pages": _slices(sheet=1), "no list": _seal(slices=4),
    "twice": lambda told: told["riding_seal"]["slices"].extend(list(told["riding_seal"]["slices"])),
    "a word": lambda told: told.update(riding_seal="x"),
}  # fmt: skip
ENTRIES = {
    "no pages": _file(pages=[]), "bytes without end": _file(bytes=math.inf), "bytes as text": _file(bytes="12"),
    "half a byte": _file(bytes=1.5), "a long name": _file(path="a" * 300), "a number as name": _file(path=1),
    "no text": _page(content=[]), "look": _page(look=1), "no look": _page(look="no look"),
    "no hash": lambda told: told["files"][0].pop("sm3"),
    "half a letter": lambda told: told.update(season="\ud800"),
}  # fmt: skip


def _lying(built: BuiltEditions, change: Change, folder: Path) -> Path:
    document = json.loads(json.dumps(built.manifest))
    change(document)
    path = folder / manifest.NAME
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltEditions:
    """A paper of three pages alone, with a riding seal."""
    folder = tmp_path_factory.mktemp("small")
    package = packages.package(folder, (1,), pictures=packages.stamped(), approved=True)
    return build(package, folder / "out", uploads=False)


@pytest.fixture(scope="module")
def scan(built: BuiltEditions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paper as it would come back."""
    path = tmp_path_factory.mktemp("scan") / "scan.pdf"
    with pypdfium2.PdfDocument(built.folder / PAPER) as document, pikepdf.new() as pdf:
        for page in document:
            packages.scan_page(pdf, packages.jpeg(page.render(scale=110 / 72).to_numpy()[..., :3], 60))
        pdf.save(path)
    return path


@pytest.mark.parametrize("change", [*PLANS.values(), *ENTRIES.values()], ids=[*PLANS, *ENTRIES])
def test_a_manifest_that_lies_costs_one_message(
    built: BuiltEditions, scan: Path, tmp_path: Path, change: Change
) -> None:
    with pytest.raises(NianjianError) as caught:
        rescan(scan, _lying(built, change, tmp_path))
    assert caught.value.code == "dossier_manifest_unreadable"


@pytest.mark.parametrize("change", ENTRIES.values(), ids=ENTRIES)
def test_a_package_is_not_proven_by_it(built: BuiltEditions, tmp_path: Path, change: Change) -> None:
    result = verify(built.folder, listed=_lying(built, change, tmp_path))
    assert [one.kind.value for one in result.differences] == ["manifest"]


def test_a_long_name_is_an_unknown_path(built: BuiltEditions) -> None:
    for call in (lambda path: rescan(path, built.folder / manifest.NAME), verify):
        with pytest.raises(NianjianError) as caught:
            call(Path("a" * 5000))
        assert caught.value.code == "dossier_path_unknown"


@pytest.mark.parametrize("what", ["empty", "junk", "locked", "no pages", "huge"])
def test_what_is_no_scan_is_told_as_that(built: BuiltEditions, scan: Path, tmp_path: Path, what: str) -> None:
    path = tmp_path / "bad.pdf"
    if what in {"empty", "junk"}:
        path.write_bytes(b"" if what == "empty" else b"%PDF-1.4 junk")
    else:
        with pikepdf.open(scan) as pdf:
            if what == "no pages":
                del pdf.pages[:]
            elif what == "huge":
                pdf.pages[0].obj["/MediaBox"] = pikepdf.Array([0, 0, 10**7, 10**7])
            pdf.save(path, encryption=pikepdf.Encryption(user="u", owner="o") if what == "locked" else False)
    with pytest.raises(NianjianError) as caught:
        rescan(path, built.folder / manifest.NAME)
    assert caught.value.code == "dossier_scan_unreadable"


@pytest.mark.parametrize("what", ["junk", "one page"])
def test_a_paper_that_is_none_makes_nothing_surer(built: BuiltEditions, scan: Path, tmp_path: Path, what: str) -> None:
    false = tmp_path / "p.pdf"
    if what == "junk":
        false.write_bytes(b"%PDF-1.4 junk")
    else:
        packages.scans(false, [1], dpi=60)
    sha = hashlib.sha256(false.read_bytes()).hexdigest()

    def change(document: dict[str, Any]) -> None:
        next(one for one in document["files"] if one["edition"] == "paper").update(path="p.pdf", sha256=sha)

    result = rescan(scan, _lying(built, change, tmp_path))
    assert "no_paper" in result.why
    assert result.certainty != "high"
