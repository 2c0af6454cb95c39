"""The package of a season is built from what people confirmed, again with the same bytes, and holds against itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.features.dossier.conftest import keep_paper
from tests.support import packages
from tests.support.fixtures import Import
from tests.support.seats import enter_human_seat

from nianjian.doors.cli.main import main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import build as editions
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.kinds import ITEMS
from nianjian.features.dossier.operations import package
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_home")]
YEAR = 2026
DAY = date(2027, 2, 1)
Keep = Callable[..., None]


@pytest.fixture
def keep(demo: str, anna: Actor, tmp_path: Path) -> Keep:
    """Put a scan into the checklist, confirmed or not."""

    def keep(item: str, *, seed: int = 1, confirmed: bool = True, media: str = "application/pdf") -> None:
        path = packages.scans(tmp_path / "scan.pdf", [seed], dpi=60)
        place = {"code": demo, "year": YEAR, "actor": anna}
        keep_paper(item, path.read_bytes(), **place, confirmed=confirmed, media_type=media)

    return keep


def _build(demo: str, anna: Actor, folder: Path) -> package.BuiltPackage:
    return package.build(enterprise=demo, year=YEAR, folder=folder, actor=anna, on=DAY)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_an_incomplete_package_is_a_draft_that_holds(
    keep: Keep, demo: str, anna: Actor, load: Import, tmp_path: Path
) -> None:
    load("licences", "许可证编号,单位名称", ("浙B2-20080101", "示例"))
    enter_human_seat(demo, tmp_path)
    keep("articles")
    keep("seat_table", seed=2)
    keep("audit_report", seed=3, confirmed=False)
    keep("licence", seed=4, media="application/ofd")
    made = _build(demo, anna, tmp_path / "one")
    assert made.draft
    assert ("audit_report", "to_confirm") in made.missing
    assert (made.unbound, "licence" in dict(made.missing)) == (("licence",), True)
    assert not {"articles", "seat_table", "algorithm_filing"} & set(dict(made.missing))
    told = json.loads((made.folder / "manifest.json").read_text())
    assert (told["licence"], told["draft"]) == ("浙B2-20080101", True)
    assert [one["item"] for one in told["items"]] == ["articles", "seat_table"]
    paths = {one["path"] for one in made.files}
    assert paths >= {"paper/材料包.pdf", "upload/1_公司章程.pdf", "upload/2_坐席明细表.pdf"}
    assert verify(made.folder, digest=made.digest).intact
    (act,) = acts(enterprise=demo, verb="dossier.built")
    assert (act.data["manifest"], act.data["draft"]) == (made.digest, True)
    assert list(tmp_path.glob(".one-*")) == []
    assert _bytes(_build(demo, anna, tmp_path / "two").folder) == _bytes(made.folder)


def test_a_full_folder_is_left_alone(keep: Keep, demo: str, anna: Actor, tmp_path: Path) -> None:
    keep("articles")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("x")
    with pytest.raises(NianjianError) as caught:
        _build(demo, anna, tmp_path / "out")
    assert caught.value.code == "dossier_folder_full"
    assert list(acts(enterprise=demo, verb="dossier.built")) == []


def test_the_command_says_done_where_everything_is_confirmed(
    keep: Keep, demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["dossier", "build", "--enterprise", demo, "--season", str(YEAR), "--on", str(DAY), "--json", "--output"]
    enter_human_seat(demo, tmp_path)
    for seed, item in enumerate(ITEMS):
        if item != "algorithm_filing":
            keep(item, seed=seed)
    assert main([*words, str(tmp_path / "all")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["draft"], told["missing"]) == (False, [])
    assert main(["dossier", "verify", str(tmp_path / "all"), "--digest", told["digest"], "--json"]) == 0
    (tmp_path / "all" / "upload" / "1_营业执照.pdf").unlink()
    assert main(["dossier", "verify", str(tmp_path / "all")]) == 1


def test_papers_of_one_package_come_from_one_portrait(keep: Keep, demo: str, anna: Actor, tmp_path: Path) -> None:
    def generated(item: str, run: str, seed: int) -> None:
        body = packages.scans(tmp_path / "paper.pdf", [seed], dpi=60).read_bytes()
        report = {"fields": {"run": run}}
        keep_paper(item, body, code=demo, year=YEAR, actor=anna, report=report)

    keep("articles")
    generated("seat_table", "P1", 2)
    generated("number_ledger", "P1", 3)
    assert _build(demo, anna, tmp_path / "one").run == "P1", "the cover names the portrait of the papers"
    generated("monthly_traffic", "P2", 4)
    with pytest.raises(NianjianError, match="dossier_runs_differ") as caught:
        _build(demo, anna, tmp_path / "two")
    assert "P2" in str(caught.value.values["papers"])
    assert not (tmp_path / "two").exists()


def test_a_cover_that_names_another_portrait_is_refused(tmp_path: Path) -> None:
    made = packages.package(tmp_path, (1,), snapshot="P9")
    paper = replace(made, items=(replace(made.items[0], run="P1"),))
    with pytest.raises(NianjianError, match="dossier_runs_differ"):
        editions.build(paper, tmp_path / "out")
