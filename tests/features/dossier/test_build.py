"""The package of a season is built from what people confirmed, again with the same bytes, and holds against itself."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse
from tests.features.dossier.conftest import keep_paper
from tests.support import packages
from tests.support.fixtures import Import
from tests.support.paper_scans import a4
from tests.support.people import signed_in
from tests.support.sealed_scans import scan_book
from tests.support.seats import enter_human_seat

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations
from nianjian.features.dossier.editions import build as editions
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.kinds import ITEMS
from nianjian.features.dossier.models import Arrival, SealedScan, Version
from nianjian.features.dossier.operations import arrivals, checklist, package, sealed_book
from nianjian.features.dossier.operations.overrulings import request_scan_overruling
from nianjian.features.dossier.package_documents import MissingItem
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.progress import silent
from nianjian.platform.registers.attachments import RowAttachment
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_home")]
YEAR = 2026
DAY = date(2027, 2, 1)
Keep = Callable[..., None]


@pytest.fixture
def keep(demo: str, anna: Actor) -> Keep:
    """Put a blank page into the checklist, confirmed or not."""

    def keep(item: str, *, seed: int = 1, **more: Any) -> None:
        keep_paper(item, a4(seed), code=demo, year=YEAR, actor=anna, **more)

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
    scanned = {"page": 1, "seals": [{"x_mm": 150.0, "y_mm": 240.0, "diameter_mm": 40.0, "kind": "round"}]}
    keep("seat_table", seed=2, report={"fields": {"run": "P1"}, "sheets": [scanned]})
    keep("audit_report", seed=3, confirmed=False)
    keep("licence", seed=4, media_type="application/ofd")
    built = _build(demo, anna, tmp_path / "one")
    assert built.draft
    assert MissingItem("audit_report", "to_confirm") in built.missing
    missing = {one.item for one in built.missing}
    assert (built.unbound, "licence" in missing) == (("licence",), True)
    assert not {"articles", "seat_table", "algorithm_filing"} & missing
    document = json.loads((built.folder / "manifest.json").read_text())
    assert (document["licence"], document["draft"]) == ("浙B2-20080101", True)
    assert [one["item"] for one in document["items"]] == ["articles", "seat_table"]
    assert document["items"][1]["seals"] == ["riding_seal"], "no place is marked over a seal that was scanned"
    assert (built.run, document["snapshot"]) == ("P1", "P1"), "the cover names the portrait of the papers"
    paths = {one.path for one in built.files}
    assert paths >= {"paper/材料包.pdf", "upload/1_公司章程.pdf", "upload/2_坐席明细表.pdf"}
    assert verify(built.folder, digest=built.digest).intact
    (act,) = acts(enterprise=demo, verb="dossier.built")
    assert (act.data["manifest"], act.data["draft"]) == (built.digest, True)
    assert list(tmp_path.glob(".one-*")) == []
    assert _bytes(_build(demo, anna, tmp_path / "two").folder) == _bytes(built.folder)
    keep("monthly_traffic", seed=5, report={"fields": {"run": "P2"}})
    with pytest.raises(NianjianError, match="dossier_runs_differ") as caught:
        _build(demo, anna, tmp_path / "three")
    assert "P2" in str(caught.value.values["papers"])
    assert not (tmp_path / "three").exists()


def test_a_full_folder_is_left_alone(keep: Keep, demo: str, anna: Actor, tmp_path: Path) -> None:
    keep("articles")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("x")
    with pytest.raises(NianjianError) as caught:
        _build(demo, anna, tmp_path / "out")
    assert caught.value.code == "dossier_folder_full"
    assert list(acts(enterprise=demo, verb="dossier.built")) == []


def test_the_command_says_done_where_everything_is_confirmed(
    keep: Keep, demo: str, tmp_path: Path, command: Callable[..., Any]
) -> None:
    enter_human_seat(demo, tmp_path)
    for seed, item in enumerate(ITEMS):
        if item != "algorithm_filing":
            keep(item, seed=seed)
    result = command("build", "--enterprise", demo, "--season", YEAR, "--on", DAY, "--output", tmp_path / "all")
    assert (result["draft"], result["missing"]) == (False, [])
    command("verify", tmp_path / "all", "--digest", result["digest"])
    (tmp_path / "all" / "upload" / "1_营业执照.pdf").unlink()
    command("verify", tmp_path / "all", code=1)


def test_a_cover_that_names_another_portrait_is_refused(tmp_path: Path) -> None:
    parts = packages.package(tmp_path, (1,), snapshot="P9")
    paper = replace(parts, items=(replace(parts.items[0], run="P1"),))
    with pytest.raises(NianjianError, match="dossier_runs_differ"):
        editions.build(paper, tmp_path / "out")


# The book is printed, sealed and scanned; its scan is split by its codes, and what was generated stays what it was.

PAGES = [{"item": "", "source_page": 1}, {"item": "a", "source_page": 1}, {"item": "a", "source_page": 2},
         {"item": "", "source_page": 0}, {"item": "b", "source_page": 1}]  # fmt: skip


def _codes(*numbers: int | None) -> list[str]:
    return ["" if number is None else f"NJ1/ABCDEFGHIJ/{number}" for number in numbers]


def test_pages_are_told_by_their_codes() -> None:
    assert manifest.match_pages(_codes(1, 2, 3, 5), PAGES) == {"a": [1, 2], "b": [3]}
    assert manifest.match_pages(_codes(1, 2, None, 4, 5), PAGES) == {"a": [1, 2], "b": [4]}, "one place is left"
    for codes in (_codes(1, 2, 5), _codes(1, 2, 3, 3, 5), _codes(1, 2, None, 5)):
        with pytest.raises(NianjianError, match="dossier_sealed_pages"):
            manifest.match_pages(codes, PAGES)
    assert manifest.find_book(["", "https://example.cn/NJ1/ABCDEFGHIJ/1"]) is None
    with pytest.raises(NianjianError, match="dossier_sealed_mixed"):
        manifest.find_book(["NJ1/ABCDEFGHIJ/1", "NJ1/ABCDEFGHIK/2"])


@pytest.fixture
def printed(demo: str, anna: Actor, tmp_path: Path) -> Path:
    """A package of a generated paper and a scan, built in the shell; its folder."""
    body = packages.scans(tmp_path / "seats.pdf", [5, 6], dpi=100).read_bytes()
    report = {"fields": {"run": "P1"}, "sums": [{"figure": "filed", "paper": 2, "portrait": 2}]}
    keep_paper("seat_table", body, code=demo, year=YEAR, actor=anna, report=report, pages=2)
    enter_human_seat(demo, tmp_path)
    for seed, item in enumerate(one for one in ITEMS if one not in {"algorithm_filing", "seat_table"}):
        body = packages.scans(tmp_path / "paper.pdf", [20 + seed], dpi=100).read_bytes()
        keep_paper(item, body, code=demo, year=YEAR, actor=anna)
    return _build(demo, anna, tmp_path / "package").folder


def _bring(demo: str, anna: Actor, content: bytes) -> Arrival | None:
    """The scan comes as any file does; what waits of it afterwards."""
    row = arrivals.store_file(enterprise=demo, year=YEAR, name="扫描.pdf", content=content, actor=anna)
    arrivals.run_sorting(enterprise=demo, year=YEAR, actor=anna, progress=silent)
    return Arrival.objects.filter(pk=row.pk).first()


@pytest.mark.long
def test_a_sealed_book_goes_into_the_upload_edition_and_never_into_a_book(
    printed: Path, demo: str, anna: Actor, tmp_path: Path
) -> None:
    scan = scan_book(printed / "paper/材料包.pdf", tmp_path / "scan.pdf")
    built = (printed / "manifest.json").read_bytes()
    RowAttachment.objects.filter(register="built_book").delete()
    draft = json.dumps({**json.loads(built), "draft": True}).encode()  # with pictures of seals it has the same name
    for body in (draft, built, built, draft):
        with sealed_book.store_manifest(demo, YEAR, body, anna):
            pass
    assert RowAttachment.objects.filter(register="built_book").count() == 2
    assert _bring(demo, anna, scan) is None, "nothing is left to decide"
    assert {one.version.material.item for one in SealedScan.objects.all()} == set(ITEMS) - {"algorithm_filing"}
    assert set(SealedScan.objects.values_list("riding", flat=True)) <= {"joins", "cannot_tell"}
    version = Version.objects.get(material__item="seat_table")
    assert (version.number, json.loads(version.report or "")["sums"][0]["paper"]) == (1, 2), "its sums are still held"
    assert _bring(demo, anna, scan) is None, "the same scan once more stops nothing"
    (original,) = RowAttachment.objects.filter(register="sealed_book")
    assert blobs.get(original.blob) == scan, "with its cover and backs"
    client = signed_in("mary", "compliance_lead", demo)
    page = client.get(reverse("dossier-item", args=[demo, YEAR, "seat_table"])).content.decode()
    assert re.search("盖章扫描件：2页|Sealed scan: 2 pages", page)
    assert set(SealedScan.objects.values_list("dpi", flat=True)) == {300}
    assert "重新扫描" not in page
    SealedScan.objects.update(dpi=200)
    page = client.get(reverse("dossier-item", args=[demo, YEAR, "seat_table"])).content.decode()
    assert re.search("扫描件为 200 dpi，至少需要 300 dpi", page)
    out = reverse("dossier-sealed-scan", args=[demo, YEAR, "seat_table", 1])
    assert client.post(out, {"whole": "on"}).content == scan
    own = client.post(out).content
    with pikepdf.open(io.BytesIO(own)) as pdf:
        assert len(pdf.pages) == 2
    assert [act.data["version"] for act in acts(enterprise=demo, verb="dossier.sealed_fetched")] == [1, 1]
    entry, _again = acts(enterprise=demo, verb="dossier.sealed_scan")
    assert entry.data["items"]["seat_table"]["version"] == 1
    again = _build(demo, anna, tmp_path / "again")
    before, after = (json.loads((folder / "manifest.json").read_text()) for folder in (printed, again.folder))
    assert (after["book"], again.sealed) == (before["book"], True)
    paper = "paper/材料包.pdf"
    assert (again.folder / paper).read_bytes() == (printed / paper).read_bytes(), "the book is the one that was sealed"
    assert all("sealed_sha256" in item for item in after["items"])
    (upload,) = (again.folder / "upload").glob("*坐席*")
    with pypdfium2.PdfDocument(upload) as document:
        codes = [manifest.read_page_code(page) for page in document]
    assert [code.partition("/")[2].partition("/")[0] for code in codes] == [after["book"]] * 2
    (flat,) = (printed / "upload").glob("*坐席*")
    mine = tmp_path / "盖章.pdf"
    mine.write_bytes(own)
    for path, fault in ((mine, "dossier_book_pages"), (upload, "dossier_book_pages"), (flat, "dossier_edition_file")):
        with pytest.raises(NianjianError, match=fault):
            checklist.add(enterprise=demo, year=YEAR, item="seat_table", path=path, actor=anna)
    assert Version.objects.filter(material__item="seat_table").count() == 1, "what was generated is no unknown scan"


@pytest.mark.parametrize("fate", ["read anew", "cut", "deleted"])
def test_what_was_asked_of_a_scan_goes_with_it(demo: str, anna: Actor, fate: str) -> None:
    """Nobody is left with a request that can only be refused."""
    of: dict[str, Any] = {"enterprise": demo, "year": YEAR, "actor": anna}
    row = arrivals.store_file(name="扫描.pdf", content=b"%PDF-1", **of)
    row.fault = json.dumps({"code": "dossier_sealed_unsealed", "values": {}})
    row.save(update_fields=["fault"])
    request = request_scan_overruling(arrival=row.pk, reason="纸件已当面核对", **of)
    match fate:
        case "read anew":
            arrivals.store_file(name="扫描.pdf", content=b"%PDF-1", **of)
        case "cut":
            arrivals.record_cut(row=row, papers=(), leave="1", actor=anna)
        case _:
            arrivals.delete_file(arrival=row.pk, **of)
    assert approvals.get_approval(request.approval).state == "refused"


@pytest.mark.long
def test_what_was_found_on_the_scan_of_a_sealed_book_is_overruled_by_two_people(
    printed: Path, demo: str, anna: Actor, bo: Actor, tmp_path: Path
) -> None:
    """A page that looks otherwise, then the riding seal that is not seen: each is asked for and agreed to."""
    paper = printed / "paper/材料包.pdf"
    row = _bring(demo, anna, scan_book(paper, tmp_path / "bare.pdf", sealed=False, swap=True))
    client, sort = signed_in("anna", "compliance_lead", demo), reverse("dossier-sort", args=[demo, YEAR])
    assert row is not None
    out = reverse("dossier-scan-overrule", args=[demo, YEAR, row.pk])
    for sentence in ("以下页与所打印的不一致：3", "扫描件上未见骑缝章"):
        html = client.get(sort).content.decode()
        assert out in html
        assert "未接收" in html
        assert "无法识别" not in html, "it was read"
        with pytest.raises(NianjianError, match="overruling_needs_user"):
            request_scan_overruling(enterprise=demo, actor=Actor("root"), year=YEAR, arrival=row.pk, reason="x")
        client.post(out, {f"reason-{row.pk}": "纸件已当面核对"})
        assert out not in client.get(sort).content.decode(), "it is asked for once"
        request = next(one for one in operations.list_requests(actor=bo) if one.state == "pending")
        for who in (anna, Actor("root")):
            with pytest.raises(NianjianError, match="approval_"):
                operations.approve(approval=request.approval, actor=who)
        operations.approve(approval=request.approval, actor=bo)
        html = client.get(reverse("approvals-decide-here", args=[demo, request.approval])).content.decode()
        assert sentence in html
        assert "纸件已当面核对" in html
        arrivals.run_sorting(enterprise=demo, year=YEAR, actor=anna, progress=silent)
    assert set(SealedScan.objects.values_list("riding", flat=True)) == {"absent"}
    html = client.get(reverse("dossier-item", args=[demo, YEAR, "seat_table"])).content.decode()
    assert all(word in html for word in ("anna", "bo", "纸件已当面核对"))
    documents = [sealed_book.sealed_to_document(scan.version) for scan in SealedScan.objects.all()]
    answers = {one.finding: one for scan in documents if scan for one in scan.overruled}
    assert answers["dossier_sealed_differs"].pages == "3"
    assert answers["dossier_sealed_unsealed"].approved_by == str(bo)
    built = _build(demo, anna, tmp_path / "again")
    listed = json.loads((built.folder / "manifest.json").read_text())
    overrulings = [{one["finding"] for one in item["overruled"]} for item in listed["items"]]
    both = {"dossier_sealed_unsealed", "dossier_sealed_differs"}
    assert overrulings.count(both) == 1, "what was found on a page stands with its item alone"
    assert overrulings.count({"dossier_sealed_unsealed"}) == len(overrulings) - 1
    with pytest.raises(NianjianError, match="dossier_arrival_unknown"):
        request_scan_overruling(enterprise=demo, actor=anna, year=YEAR, arrival=row.pk, reason="x")


@pytest.mark.long
def test_a_scan_that_is_not_the_sealed_book_waits_with_its_fault(
    printed: Path, demo: str, anna: Actor, tmp_path: Path
) -> None:
    def fault(content: bytes) -> str:
        row = _bring(demo, anna, content)
        assert row is not None
        error = arrivals.read_fault(row)
        return error.code if error else ""

    paper = printed / "paper/材料包.pdf"
    bare = scan_book(paper, tmp_path / "bare.pdf", sealed=False)
    assert fault(bare) == "dossier_sealed_unsealed"
    assert fault(scan_book(paper, tmp_path / "other.pdf", swap=True)) == "dossier_sealed_differs"
    RowAttachment.objects.filter(register="built_book").delete()
    assert fault(bare) == "dossier_sealed_unknown", "it is read anew"
    assert not SealedScan.objects.exists()
