"""The dossier on its pages: files, a person who stands for them, pictures, package, rounds, sheet, seals."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.features.dossier.conftest import keep_paper
from tests.features.dossier.sealing.conftest import photo
from tests.support import certificates
from tests.support.import_pages import work
from tests.support.packages import seal_png
from tests.support.paper_scans import a4
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.ingest.inside.jpeg import read_frame
from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.models import Impression, PagePicture, SealPicture
from nianjian.features.dossier.operations import checklist
from nianjian.features.maintenance import retention
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import storage as rows
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db
HOME = "/e/demo/dossier/"
SEASON = f"{HOME}2025/"
LEDGER = f"{SEASON}number_ledger/"
PAGES = f"{LEDGER}files/1/pages/"
PACKAGE = f"{SEASON}package/"
ROUNDS = f"{SEASON}rounds/"
SHEET = f"{SEASON}fill-in/licence/"
SEALS = f"{SEASON}seals/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, *files: tuple[str, bytes], address: str = LEDGER) -> str:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post(f"{address}files/", {"files": uploads}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, address: str, **form: Any) -> str:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def kept(year: int = 2025, name: str = "章程.pdf", **fields: object) -> None:
    """A version that the check has not stopped."""
    findings = [
        {"code": "seal_riding_broken", "weight": "ask", "page": 2, "values": {}},
        {"code": "fields_unread", "weight": "ask", "page": None, "values": {"fields": "name, expiry"}},
    ]
    keep_paper("articles", year=year, name=name, report={"findings": findings, "fields": fields}, confirmed=False)


def test_the_list_shows_every_item_with_its_source_and_the_season_that_is_due(lead: Client) -> None:
    page = text(lead, HOME)
    assert 'href="/e/demo/dossier/2025/" aria-current="page"' in page
    assert len(re.findall(r'<a href="/e/demo/dossier/2025/[a-z_]+/">\s*<span', page)) == 13
    assert "5 项可生成，7 项须上传" in text(lead, f"{SEASON}?step=materials")
    assert "1 项就绪" in page, "the algorithm filing is not asked for without robots"
    assert lead.get(PACKAGE).headers["Location"] == SEASON
    assert "指南" in page
    assert lead.get(f"{HOME}1700/").status_code == 404
    assert lead.get(f"{SEASON}nothing/").status_code == 404
    page = text(lead, f"{SEASON}algorithm_filing/")
    assert "具有舆论属性或社会动员能力" in page
    assert "互联网信息服务算法推荐管理规定第二十四条" in page, "the law stands beside the guide"
    answer = lead.post(f"{SEASON}articles/act/not-applicable/", {"reason": "没有"})
    assert answer.status_code == 400, "the algorithm filing alone may not apply"


def test_work_that_ends_while_the_page_is_read_still_stands_there(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(lead, ("台账.pdf", a4(1)))
    read = checklist.get_item_detail

    def read_and_end(**values: Any) -> Any:
        detail = read(**values)
        work()
        return detail

    monkeypatch.setattr(checklist, "get_item_detail", read_and_end)
    page = text(lead, LEDGER)
    assert not re.search(r"版本 1\b", page)
    assert re.search(r'id="progress"\s+hx-get', page), "the page asks again and shows the version then"


def test_files_are_checked_by_the_worker_and_lie_sealed_until_then(lead: Client) -> None:
    assert "请先选择文件" in sent(lead)
    assert "empty.pdf" in sent(lead, ("empty.pdf", b""))
    assert not Job.objects.exists()
    page = sent(lead, ("../../台账\x00.pdf", a4(1)), ("x.pdf", b"MZ no pdf at all"))
    assert not materials.list_versions("demo", 2025, "number_ledger"), "nothing is checked on a request"
    assert 'id="progress"' in page
    assert "后面排队的工作：1 项" in page
    names = [job.payload["name"] for job in Job.objects.order_by("created_at")]
    assert "x.pdf" in names
    assert not any("/" in name or "\x00" in name for name in names)
    work()
    page = text(lead, LEDGER)
    assert 'id="progress"' not in page
    assert re.search(r"版本 1\b", page)
    assert "空白" in page, "the finding is a sentence"
    assert "x.pdf" in page, "what is no paper is refused and told with its name"
    done, failed = (Job.objects.get(state=state) for state in (Job.DONE, Job.FAILED))
    assert not {"paper", "name"} & set(done.payload), "it may tell a person's name"
    assert len(list(blobs.blobs())) == 3, "a paper and its picture; of the files that waited the refused one is here"
    assert checklist.delete_expired_job_files(flow.CHECK_PAPER) == 0, "a young one stays for whoever looks"
    Job.objects.filter(pk=failed.pk).update(finished_at="2026-02-01T00:00:00Z")
    assert checklist.delete_expired_job_files(flow.CHECK_PAPER) == 1
    assert len(list(blobs.blobs())) == 2


def test_a_person_confirms_with_the_papers_own_days(lead: Client) -> None:
    kept(name="<img src=x onerror=alert(1)>.pdf")
    item = f"{SEASON}articles/"
    page = text(lead, item)
    assert "<img src=x" not in page
    assert "&lt;img" in page
    assert "第 2 页" in page
    assert "名称" in page
    form = {"version": "1", "effective_on": "2026-05-01", "valid_until": "2026-01-01"}
    assert "2026-01-01" in lead.post(f"{item}act/confirm/", form).content.decode()
    form = {"version": "1", "effective_on": "", "valid_until": "2026-09-01"}
    assert lead.post(f"{item}act/confirm/", form, follow=True).status_code == 200
    assert "2 项就绪" in text(lead, SEASON)


def test_sent_back_assigned_and_spoken_of(lead: Client) -> None:
    kept()
    item = f"{SEASON}articles/"
    refused = lead.post(f"{item}act/return/", {"version": "1", "reason": ""}, follow=True).content.decode()
    assert 'class="notice error"' in refused
    lead.post(f"{item}act/return/", {"version": "1", "reason": "看不清印章"})
    lead.post(f"{item}act/assign/", {"owner": "王五", "due": "2026-02-20"})
    lead.post(f"{item}act/comment/", {"text": "下周补"})
    page = text(lead, item)
    for words in ("看不清印章", "王五", "2026-02-20", "下周补"):
        assert words in page
    assert f'action="{item}act/confirm/"' not in page, "what was sent back is not confirmed"
    assert "王五" in text(lead, SEASON)


def test_a_file_is_given_out_in_a_sandbox_and_noted(lead: Client) -> None:
    kept(id_number="1101************12")
    item = f"{SEASON}articles/"
    assert "1101************12" in text(lead, item)
    answer = lead.post(f"{item}files/1/")
    assert answer.content == b"%PDF-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (noted,) = acts(enterprise="demo", verb="dossier.fetched")
    assert noted.data["item"] == "articles"
    reader = signed_in("ivan", "tester", "demo")
    assert reader.post(f"{item}files/1/").status_code == 403
    assert f'action="{item}files/1/"' not in text(reader, item)


def test_the_overview_tells_of_them_when_it_is_time(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def overview(day: str) -> str:
        monkeypatch.setenv("NIANJIAN_TODAY", day)
        text(lead, "/e/demo/")
        with CaptureQueriesContext(connection) as queries:
            page = text(lead, "/e/demo/")
        assert len([one for one in queries if "dossier_" in one["sql"]]) == 1, "it asks little for them"
        return page

    page = overview("2026-02-10")
    assert "补齐 2025 年度 12 份材料" in page
    assert f'href="{SEASON}"' in page
    assert "份材料" not in overview("2026-11-25"), "the plan begins three months before the first deadline"
    kept(year=2026)
    assert "补齐 2026 年度 12 份材料" in overview("2026-11-25"), "somebody has begun"


def unseen(pages: int = 1, pictures: Sequence[SmallPicture] = (), **report: object) -> None:
    """A version of a file; where none are given nobody has drawn pictures of its pages yet."""
    data = {"fields": {}, **report}
    keep_paper("number_ledger", a4(), pages=pages, report=data, pictures=pictures, confirmed=False)


def test_a_checked_file_has_pictures_that_only_who_may_reveal_sees(lead: Client) -> None:
    blank = {"code": "scan_blank", "weight": "stop", "page": 1, "values": {}}
    facts = {"page": 1, "colour": "grey", "dpi": None, "skew_deg": None, "seals": []}
    unseen(pictures=[SmallPicture(1, 210.0, 297.0, b"\xff\xd8 a page")], findings=[blank], sheets=[facts])
    assert f'href="{PAGES}"' in lead.get(LEDGER).content.decode()
    outline = lead.get(PAGES).content.decode()
    assert "data:image/jpeg" not in outline
    assert 'class="mark bad"' in outline, "the blank page is marked on its outline"
    assert " dpi" not in outline, "nothing was scanned"
    assert not list(acts(enterprise="demo", verb="dossier.looked_at"))
    page = lead.post(f"{PAGES}show/").content.decode()
    (content,) = re.findall(r'href="data:image/jpeg;base64,([^"]+)"', page)
    assert base64.b64decode(content) == b"\xff\xd8 a page"
    (noted,) = acts(enterprise="demo", verb="dossier.looked_at")
    assert (noted.data["version"], noted.data["first"], noted.data["last"]) == (1, 1, 1)
    reader = signed_in("ivan", "auditor", "demo")
    assert reader.post(f"{PAGES}show/").status_code == 403
    html = reader.get(PAGES).content.decode()
    assert 'class="mark bad"' in html
    assert f'action="{PAGES}show/"' not in html
    assert PagePicture in retention.list_models_with_files(), "the sweep of strays knows it"


def test_a_seal_is_marked_at_its_place(lead: Client) -> None:
    seal = {"x_mm": 150.0, "y_mm": 250.0, "diameter_mm": 48.0, "kind": "round"}
    edge = {"x_mm": 206.0, "y_mm": 120.0, "diameter_mm": 40.0, "kind": "slice"}
    facts = {"page": 1, "a4": True, "dpi": 300, "blank": False, "skew_deg": 2.0, "rotation": 0, "colour": "colour"}
    findings = [
        {"code": "seal_large", "weight": "ask", "page": 1, "values": {"diameter": 48.0, "most": "42"}},
        {"code": "scan_skewed", "weight": "stop", "page": 1, "values": {"degrees": 2.0, "most": "1"}},
    ]
    unseen(findings=findings, sheets=[{**facts, "seals": [seal, edge]}])
    page = lead.get(PAGES).content.decode()
    assert '<circle class="mark warn" cx="150.0" cy="250.0" r="24.0"/>' in page
    assert '<rect class="mark good" x="202.0" y="100.0" width="8.0" height="40.0"/>' in page
    assert '<line class="mark bad" x1="0.0" y1="144.8" x2="210.0" y2="152.2"/>' in page


def test_an_older_file_is_drawn_by_the_worker_once(lead: Client) -> None:
    unseen()
    page = lead.get(PAGES).content.decode()
    assert f'action="{PAGES}draw/"' in page
    lead.post(f"{PAGES}draw/")
    assert 'id="progress"' in lead.get(PAGES).content.decode()
    work()
    lead.post(f"{PAGES}draw/")
    work()
    assert read_frame(blobs.get(PagePicture.objects.get().blob))[:2] == (760, 1075)
    assert len(list(acts(enterprise="demo", verb="dossier.drawn"))) == 1
    assert "data:image/jpeg" in lead.post(f"{PAGES}show/").content.decode()


def test_long_files_come_in_parts(lead: Client) -> None:
    unseen(20)
    page = lead.get(f"{PAGES}?from=9").content.decode()
    assert len(re.findall(r'id="page-\d+"', page)) == 8
    assert f'href="{PAGES}?from=17"' in page
    assert f'href="{PAGES}?from=1"' in page
    assert lead.get(f"{PAGES}?from=nonsense").status_code == 200
    assert 'id="page-' not in lead.get(f"{PAGES}?from=21").content.decode()


def test_what_is_taken_over_brings_its_pictures(lead: Client) -> None:
    keep_paper("articles", year=2024, pictures=[SmallPicture(1, 210.0, 297.0, b"\xff\xd8 a page")])
    assert "章程" in lead.post("/e/demo/dossier/2025/reuse/", follow=True).content.decode()
    assert "data:image/jpeg" in lead.post("/e/demo/dossier/2025/articles/files/1/pages/show/").content.decode()


def finished(number: str, kind: str, result: dict[str, object], **payload: object) -> None:
    """Work on the package that is over."""
    at = clock.now()
    params = {"enterprise": "demo", "state": Job.DONE, "requested_by": "user:anna", "created_at": at, "finished_at": at}
    Job.objects.create(id=number, kind=kind, payload={"year": 2025, **payload}, result=result, **params)


FILE = {"path": "upload/1.pdf", "edition": "upload", "pages": 1, "bytes": 2048, "sha256": "a" * 64, "stamped": ""}
BUILT = {"year": 2025, "digest": "d" * 64, "name": "p.zip", "sha256": "0" * 64, "size": 2, "draft": False, "run": "",
         "pages": 4, "pictures": 0, "missing": [], "unbound": [], "contents": [FILE]}  # fmt: skip


def test_a_draft_is_asked_for_and_fetched_with_an_entry(lead: Client) -> None:
    assert "本年度还没有合规画像" in text(lead, SEASON)
    for step, said in (("materials", "按台账和话单生成"), ("final", "没有指定证书")):
        assert said in text(lead, f"{SEASON}?step={step}")
    assert 'id="progress"' in post(lead, f"{PACKAGE}build/", seals="marks")
    (waits,) = Job.objects.all()
    assert (waits.state, waits.payload) == (Job.WAITING, {"year": 2025, "pictures": False, "on": ""})
    waits.delete()
    finished("J1", flow.BUILD_PACKAGE, {**BUILT, "draft": True, "blob": blobs.put(b"PK").id})
    page = text(lead, f"{SEASON}?step=build")
    assert "d" * 64 in page
    assert "草稿不签署" not in page, "without a certificate there is nothing to say"
    assert f"{PACKAGE}J1/file/" in page
    assert b"".join(lead.post(f"{PACKAGE}J1/file/")) == b"PK"
    (act,) = acts(enterprise="demo", verb="dossier.taken")
    assert (act.data["job"], act.data["kind"]) == ("J1", "dossier.build")
    reader = signed_in("rita", "auditor", "demo")
    assert "J1/file/" not in text(reader, f"{SEASON}?step=build")
    assert reader.post(f"{PACKAGE}J1/file/").status_code == 403
    assert lead.post(f"{PACKAGE.replace('2025', '2024')}J1/file/").status_code == 404
    assert "样稿" in lead.post(f"{PACKAGE}J1/sign/").content.decode()
    job_page = text(lead, "/e/demo/data/jobs/J1/")
    assert "材料包已生成，为草稿" in job_page
    assert Job.objects.get().result["blob"] not in job_page


def test_what_waits_is_stopped_and_a_wrong_choice_refused(lead: Client) -> None:
    stored = set(blobs.blobs())
    post(lead, f"{PACKAGE}build/", seals="pictures", on="2026-03-01")
    (job,) = Job.objects.all()
    assert lead.post(f"/e/demo/data/jobs/{job.pk}/stop/").status_code == 302
    work()
    assert Job.objects.get().state == Job.STOPPED
    assert set(blobs.blobs()) == stored
    post(lead, f"{PACKAGE}build/", seals="wax")
    assert "请选择要生成的材料" in post(lead, f"{PACKAGE}generate/", item="articles")
    assert Job.objects.count() == 1
    post(lead, f"{PACKAGE}generate/", item="number_ledger")
    work()
    assert "画像" in text(lead, SEASON).split('role="alert"')[1][:300], "it says why it failed"


def test_a_signed_package_is_told_with_its_certificate(lead: Client) -> None:
    blob = blobs.put(b"PK").id
    finished("J1", flow.BUILD_PACKAGE, {**BUILT, "blob": blob})
    signed = {**BUILT, "blob": blob, "signed": [FILE], "subject": "示范", "package": "J1", "fingerprint": "",
              "left": [], "valid_to": "", "named": True}  # fmt: skip
    finished("J2", flow.SIGN_PACKAGE, signed, package="J1")
    page = text(lead, f"{SEASON}?step=final")
    assert "下载已签署的材料包" in page
    assert f"{PACKAGE}J2/file/" in page
    assert f"{PACKAGE}J1/sign/" not in page, "it is signed"
    assert "已签署文件：1 个" in text(lead, "/e/demo/data/jobs/J2/")


def test_what_a_check_of_a_scan_found_is_shown(lead: Client) -> None:
    result: dict[str, object] = {
        "year": 2025, "scan": True, "against": None, "intact": False, "count": 1, "certainty": "medium",
        "differences": [{"file": "scan.pdf", "page": 3, "kind": "swapped"}], "scanned": 5, "expected": 6,
        "manifest_sha256": "d" * 64, "built_at": None,
    }  # fmt: skip
    finished("J1", flow.VERIFY_PACKAGE, result)
    page = text(lead, f"{SEASON}verify/")
    assert "扫描 5 页，应有 6 页" in page
    assert "scan.pdf" in page
    assert "骑缝章各张" not in page, "older checks did not look at it"
    Job.objects.all().delete()
    read = {"source": "paper", "read": 4, "agree": 3, "differ": [3], "unknown": []}
    riding = {"state": "faults", "sheets": [{"sheet": 1, "state": "joins"}, {"sheet": 2, "state": "missing"}]}
    finished(
        "J2", flow.VERIFY_PACKAGE, {**result, "why": ["place"], "text": read, "riding_seal": riding, "by_place": [2]}
    )
    page = text(lead, f"{SEASON}verify/")
    assert "读取 4 页，一致 3 页，不一致 1 页，无法判断 0 页" in page
    assert "骑缝章各张" in page


def package(job: str, source: str, **more: object) -> str:
    """A package that was built here, with one item; its job."""
    item = {"item": "articles", "title": "章程", "board": "general", "start_page": 1, "pages": 1, "seals": [],
            "copy_sha256": source * 64, "source_sha256": source * 64}  # fmt: skip
    listed = manifest.add_hashes({
        "format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": "示范", "season": 2025, "draft": False,
        "items": [item], "files": [], **more,
    })  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("manifest.json", json.dumps(listed))
    blob = blobs.put(packed.getvalue())
    result = {**BUILT, "digest": listed["sha256"], "draft": bool(more.get("draft")), "sha256": blob.sha256,
              "size": blob.size, "blob": blob.id}  # fmt: skip
    finished(job, flow.BUILD_PACKAGE, result)
    return job


def test_a_round_on_its_pages(lead: Client) -> None:
    draft = package("J0", "a", draft=True)
    page = post(lead, f"{ROUNDS}submit/", package=draft, on="2026-01-20", place="政务大厅")
    assert 'class="notice error"' in page, "a draft is no package that can be submitted"
    assert f'href="{SEASON}"' in text(lead, ROUNDS), "nothing was submitted: the package leads there"
    form = {"package": package("J1", "a"), "on": "2026-01-20", "place": "政务大厅", "reference": "受理1号"}
    page = post(lead, f"{ROUNDS}submit/", **form)
    assert "受理1号" in page, "the last step says so"
    assert 'aria-current="step"' not in page, "no step is open any more"
    page = text(lead, f"{ROUNDS}1/")
    assert "操作日志中没有它的编制记录" in page, "the chain has no entry of its build, and that is said"
    notice = {"received": "2026-01-26", "item1": "articles", "text1": "<b>缺页</b>", "text2": "重新装订"}
    page = post(lead, f"{ROUNDS}1/act/return/", **notice)
    assert "&lt;b&gt;缺页&lt;/b&gt;" in page
    assert "2026-02-09" in page, "ten working days after 2026-01-26"
    assert "已逾期" in page
    request = page.partition('name="request" value="')[2].partition('"')[0]
    page = post(lead, f"{ROUNDS}1/act/answer/", request=request, note="已补")
    assert "已补" in page
    page = post(lead, f"{ROUNDS}submit/", **{**form, "package": package("J2", "b"), "on": "2026-02-10"})
    assert "提交时缺少答复" in text(lead, f"{ROUNDS}1/"), "one request had no answer"
    assert "文件不同" in text(lead, f"{ROUNDS}differences/?before=1&after=2")
    assert lead.get(f"{ROUNDS}differences/?before=1&after=9").status_code == 404
    assert lead.get(f"{ROUNDS}differences/").status_code == 404
    assert lead.get(f"{ROUNDS}9/").status_code == 404
    assert "通过" in post(lead, f"{ROUNDS}2/act/accept/", on="2026-02-10")
    receipt = SimpleUploadedFile("回执.pdf", b"%PDF-1.4 receipt")
    page = post(lead, f"{ROUNDS}1/act/paper/", kind="receipt", file=receipt)
    answer = lead.post(f"{ROUNDS}1/papers/" + page.rpartition(f'action="{ROUNDS}1/papers/')[2].partition('"')[0])
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.4 receipt")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    page = post(lead, f"{PACKAGE}generate/", item="all", as_files="on")
    assert 'aria-current="step"' not in page
    assert 'id="progress"' in page, "work shows without an open step"


def test_a_sheet_is_made_masked_and_revealed_with_an_entry(lead: Client) -> None:
    texts = {"number": "京B2-20250001", "holder": "示范", "representative": "王小五"}
    rows.create_row(kind="licences", texts=texts, since=None, reason="", actor=Actor("tester"), enterprise="demo")
    assert "还没有填报单" in text(lead, SHEET)
    assert lead.post(f"{SHEET}make/").status_code == 302
    work()
    page = text(lead, SHEET)
    assert 'data-copy="示范"' in page
    assert "王小五" not in page
    assert "王**" in page
    assert "待填写" in page
    assert "王小五" in post(lead, f"{SHEET}reveal/")
    file = lead.post(f"{SHEET}take/pdf/")
    assert (file.status_code, file.content[:5]) == (200, b"%PDF-")
    verbs = [one.verb for one in acts(enterprise="demo") if one.verb.startswith("dossier.fill_in")]
    assert verbs == ["dossier.fill_in_taken", "dossier.fill_in_revealed", "dossier.fill_in"]
    assert lead.get(f"{SEASON}fill-in/other/").status_code == 404


def test_a_second_person_reads_what_is_asked_and_decides(lead: Client) -> None:
    keep_paper("articles", pages=2)
    file = SimpleUploadedFile("印.jpg", photo(seal_png()))
    page = post(lead, f"{SEALS}files/picture/", kind="official_seal", width_mm="40", file=file)
    assert "印章图片不是法律意义上的电子印章" in page
    assert "国办发〔2025〕33号" in page
    assert SealPicture.objects.get().sha256[:12] in page
    assert "data:image" not in page
    assert "<img" not in page.split("<main")[1], "nothing gives the picture out"
    form = {"item": "articles", "kind": "official_seal", "mark": "", "page": "2", "x_mm": "", "y_mm": ""}
    assert f'action="{SEALS}act/use/"' not in text(lead, SEALS), "nothing is asked of who has nobody to decide it"
    second = signed_in("bo", "compliance_lead", "demo")
    assert f'action="{SEALS}act/use/"' in text(lead, SEALS)
    page = post(lead, f"{SEALS}act/use/", **form, reason="样稿")
    row = Impression.objects.get()
    assert row.approval in page
    html = second.get(f"/e/demo/approvals/{row.approval}/").content.decode()
    for word in ("公章", "公司章程", row.document_sha256, "158.00 × 58.00 mm", "样稿"):
        assert word in html
    lead.post(f"/e/demo/approvals/{row.approval}/", {"decision": "yes"})
    row.refresh_from_db()
    assert row.approved_at is None
    second.post(f"/e/demo/approvals/{row.approval}/", {"decision": "yes"})
    row.refresh_from_db()
    assert (row.approved_by, row.page) == ("user:bo", 2)
    assert "已停用并删除" in post(lead, f"{SEALS}act/withdraw/", kind="official_seal")


def test_a_signed_paper_is_shown_with_its_signature_and_comes_out_as_it_came(lead: Client) -> None:
    body = certificates.signed(a4(7))
    page = post(lead, f"{SEALS}files/paper/", item="articles", file=SimpleUploadedFile("章程.pdf", body))
    assert "完好，信任未知" in page
    refused = post(lead, f"{SEALS}files/paper/", item="articles", file=SimpleUploadedFile("白.pdf", a4(8)))
    assert "没有电子签名" in refused
    number = page.split("/seals/papers/")[1].split("/")[0]
    one = lead.get(f"{SEALS}papers/{number}/").content.decode()
    assert "示例科技有限公司" in one
    assert "示例根证书" in one
    assert lead.post(f"{SEALS}papers/{number}/file/").content == body
    reader = signed_in("rita", "auditor", "demo")
    assert reader.get(f"{SEALS}papers/{number}/").status_code == 200
    assert reader.post(f"{SEALS}papers/{number}/file/").status_code == 403
    assert lead.get(f"{SEALS}papers/99999/").status_code == 404
