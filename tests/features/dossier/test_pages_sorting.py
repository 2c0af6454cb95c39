"""Many papers at once: read by the worker, given to an item by a person alone; a zip and a scan are verified."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from tests.support.import_pages import work
from tests.support.packages import package
from tests.support.paper_scans import a4
from tests.support.people import signed_in

from nianjian.features.dossier import materials
from nianjian.features.dossier.documents import ArrivalPart, FileProposal
from nianjian.features.dossier.editions.build import build
from nianjian.features.dossier.generated.document import Document, pdf
from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.models import Arrival, PagePicture
from nianjian.features.dossier.operations import arrivals
from nianjian.features.maintenance import retention
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SORT = "/e/demo/dossier/2025/sort/"
VERIFY = "/e/demo/dossier/2025/verify/"


def sent(client: Client, address: str, *files: tuple[str, bytes], **fields: str) -> str:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post(f"{address}files/", {"files": uploads, **fields}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def headed(title: str, text: str) -> bytes:
    """A page that a program has set."""
    return pdf(Document("number_ledger", title, "企业", ((text, ""),), ""))


def test_a_paper_is_proposed_by_its_content_and_a_person_decides(lead: Client) -> None:
    ledger = headed("码号资源使用台账", "码号 批准文号 用途 启用 接入")
    page = sent(lead, SORT, ("扫描001.pdf", ledger), ("x.pdf", b"MZ no pdf"), ("blank.pdf", a4()))
    assert 'id="progress"' in page
    work()
    page = lead.get(SORT).content.decode()
    assert re.search(r'<option value="number_ledger" selected>', page)
    assert "标题“码号资源使用台账”" in page, "the evidence stands beside it"
    assert page.count(" selected>") == 1, "what is not clear is left to the person"
    assert not materials.list_versions("demo", 2025, "number_ledger"), "nothing is taken without a person"
    first, broken, blank = Arrival.objects.order_by("pk")
    assert blobs.get(first.blob) == ledger
    chosen = {f"item-{first.pk}": "number_ledger", f"item-{broken.pk}": "away", f"item-{blank.pk}": ""}
    lead.post(f"{SORT}decide/", chosen)
    assert list(Arrival.objects.values_list("pk", flat=True)) == [blank.pk]
    work()
    row = materials.get_version("demo", 2025, "number_ledger", 1)
    assert (row.name, row.confirmed_at) == ("扫描001.pdf", None), "its check still waits for a person"
    (noted,) = acts(enterprise="demo", verb="dossier.sorted")
    assert (noted.data["item"], noted.data["proposed"]) == ("number_ledger", "number_ledger")
    lead.post(f"{SORT}decide/", {f"item-{blank.pk}": "nonsense", "item-999": "articles", "item-x": "away"})
    assert Arrival.objects.count() == 1


def test_a_person_changes_the_ranges_and_what_was_typed_stays(lead: Client) -> None:
    sent(lead, SORT, ("scan.pdf", a4(pages=3)))
    row = Arrival.objects.get()
    parts = [ArrivalPart("licence", 1, 2), ArrivalPart(None, 3, 3)]
    proposal = FileProposal("licence", sure=False, guesses=[], pages=3, papers=parts)
    arrivals.record_proposal(arrival=row.pk, proposal=proposal, actor=Actor("tester"))
    page = lead.get(SORT).content.decode()
    assert "多份材料" in page
    assert "第 3 页：未识别" in page
    assert not re.search(r"<option[^>]* selected>", page), "the file as a whole is proposed for nothing"
    address = f"{SORT}{row.pk}/"
    page = lead.get(address).content.decode()
    assert re.findall(r'name="(?:first|last)-[12]" value="(.*?)"', page) == ["1", "2", "3", "3"]
    form = {
        "item-1": "licence",
        "first-1": "1",
        "last-1": "2",
        "item-2": "articles",
        "first-2": "2",
        "last-2": "9" * 50,
    }
    page = lead.post(f"{address}cut/", form).content.decode()
    assert "不是有效范围：该文件共 3 页" in page
    assert 'value="2"' in page
    page = lead.post(f"{address}cut/", {**form, "last-2": "3"}).content.decode()
    assert "第 2 页同时列入两份材料" in page
    page = lead.post(f"{address}cut/", {**form, "first-2": "3", "last-2": "3"}, follow=True).content.decode()
    assert 'id="progress"' in page, "cutting is work"
    assert "正在拆分" in lead.get(SORT).content.decode()
    work()
    page = lead.get(address, follow=True).content.decode()
    assert "已拆出并送去检查的材料：2 份" in page
    assert 'href="/e/demo/dossier/2025/articles/"' in page
    assert [materials.get_version("demo", 2025, item, 1).pages for item in ("licence", "articles")] == [2, 1]


def test_what_the_work_refuses_stands_on_the_page_with_what_was_typed(lead: Client) -> None:
    sent(lead, SORT, ("scan.pdf", a4(pages=3)))
    row = Arrival.objects.get()
    address = f"{SORT}{row.pk}/"
    form = {"item-1": "articles", "first-1": "2", "last-1": "2"}
    assert 'id="progress"' in lead.post(f"{address}cut/", form, follow=True).content.decode(), "nobody counted yet"
    work()
    page = lead.get(address).content.decode()
    assert "文件没有拆分" in page
    assert "1, 3" in page
    assert re.findall(r'name="(?:first|last)-1" value="(.*?)"', page) == ["2", "2"]
    assert not materials.list_versions("demo", 2025, "articles")


def test_the_pages_of_a_file_that_waits_are_shown_to_whom_may_reveal(
    lead: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    actor = Actor("tester")
    row = arrivals.store_file(enterprise="demo", year=2025, name="scan.pdf", content=b"%PDF", actor=actor)
    proposal = FileProposal(None, sure=False, guesses=[], pages=14)
    pictures = [SmallPicture(page, 210.0, 297.0, b"\xff\xd8 a page") for page in range(1, 15)]
    arrivals.record_proposal(arrival=row.pk, proposal=proposal, pictured=pictures, actor=actor)
    address = f"{SORT}{row.pk}/"
    page = lead.get(address).content.decode()
    assert "data:image/jpeg" not in page
    assert not list(acts(enterprise="demo", verb="dossier.looked_at"))
    typed = {"item-1": "licence", "first-1": "1", "last-1": "77", "leave": "yes"}
    page = lead.post(f"{address}pages/", {**typed, "from": "1"}).content.decode()
    assert page.count("data:image/jpeg") == 12
    assert 'value="77"' in page, "what was typed stands there still"
    assert 'name="leave" value="yes" checked' in page
    page = lead.post(f"{address}pages/", {**typed, "from": "13"}).content.decode()
    assert re.findall(r'id="page-(\d+)"', page) == ["13", "14"]
    noted = [(one.data["sha256"], one.data["first"], one.data["last"])
             for one in acts(enterprise="demo", verb="dossier.looked_at")]  # fmt: skip
    assert sorted(noted) == [(row.sha256, 1, 12), (row.sha256, 13, 14)]
    assert signed_in("ivan", "auditor", "demo").post(f"{address}pages/").status_code == 403
    stored = set(PagePicture.objects.values_list("blob", flat=True))
    assert len(stored) == 14
    assert PagePicture in retention.list_models_with_files()
    with django_capture_on_commit_callbacks(execute=True):
        lead.post(f"{SORT}decide/", {f"item-{row.pk}": "away"})
    assert not PagePicture.objects.exists()
    assert stored.isdisjoint(blobs.blobs()), "the pictures go with the file"


def test_who_only_reads_sees_no_papers_that_wait(lead: Client) -> None:
    sent(lead, SORT, ("a.pdf", a4()))
    reader = signed_in("ivan", "auditor", "demo")
    assert reader.get(SORT).status_code == 403
    assert reader.post(f"{SORT}decide/", {}).status_code == 403
    assert "sort/" not in reader.get("/e/demo/dossier/2025/").content.decode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build(package(folder, (1, 2)), folder / "out")
    return folder / "out"


def zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            pack.write(path, f"材料/{path.relative_to(folder)}")
    return out.getvalue()


def test_a_zip_is_verified_and_the_page_is_named(lead: Client, built: Path, tmp_path: Path) -> None:
    sent(lead, VERIFY, ("package.zip", zipped(built)))
    work()
    page = lead.get(VERIFY).content.decode()
    assert "没有差别" in page
    assert not list(blobs.blobs()), "the file is gone"
    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    paper = copy / "paper" / "材料包.pdf"
    with pikepdf.open(paper, allow_overwriting_input=True) as pdf:
        pdf.pages.reverse()
        pdf.save()
    sent(lead, VERIFY, ("package.zip", zipped(copy)))
    work()
    page = lead.get(VERIFY).content.decode()
    assert "与清单不符" in page
    assert "paper/材料包.pdf" in page
    assert "位置变动" in page


def test_a_scan_is_compared_by_its_pictures_and_says_how_sure(lead: Client, built: Path) -> None:
    listed = ("manifest.json", (built / "manifest.json").read_bytes())
    paper = ("刘垚.pdf", (built / "paper" / "材料包.pdf").read_bytes())
    sent(lead, VERIFY, paper, listed, scan="yes")
    work()
    page = lead.get(VERIFY).content.decode()
    assert "没有差别" in page
    assert "刘垚" not in page
    assert "图像只能说明页的顺序和有无" in page
    assert "未比对文字" in page
    assert "manifest.json" in sent(lead, VERIFY, paper), "without a manifest there is nothing to hold it against"
    assert "请先选择文件" in sent(lead, VERIFY)


def test_with_the_package_beside_it_a_scans_texts_are_compared(lead: Client, built: Path) -> None:
    paper = ("a.pdf", (built / "paper" / "材料包.pdf").read_bytes())
    pack = ("package.zip", zipped(built))
    sent(lead, VERIFY, paper, pack, scan="yes")
    work()
    page = lead.get(VERIFY).content.decode()
    assert "没有差别" in page
    assert "未比对文字" not in page
    both = [("manifest.json", (built / "manifest.json").read_bytes()), pack, paper]
    assert "manifest.json" in sent(lead, VERIFY, *both, scan="yes"), "two manifests are one too many"
    assert "manifest.json" in sent(lead, VERIFY, pack, scan="yes"), "a package alone is no scan"
