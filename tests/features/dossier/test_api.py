"""The dossier in the API: what the pages do, with keys, codes, pages of rows and work by its job."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from tests.features.dossier.conftest import keep_paper
from tests.features.dossier.sealing.conftest import photo
from tests.support import certificates
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import work
from tests.support.packages import seal_png
from tests.support.paper_scans import a4

from nianjian.doors.api.application import API
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.ingest.inside.jpeg import read_frame
from nianjian.features.dossier.states import Verdict
from nianjian.platform.accounts.query import enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
SEASON = f"{DEMO}/dossier/2025"
LEDGER = f"{SEASON}/items/number_ledger"
PACKAGE = f"{SEASON}/package"
ROUNDS = f"{SEASON}/rounds"
SEALS = f"{DEMO}/seals"
WAITING = f"{SEASON}/arrivals"
RECEIPT = b"%PDF-1.4 receipt"


@pytest.fixture
def lead(api: Ask) -> Client:
    client: Client = api("compliance_lead")
    return client


def _refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_file_is_checked_shown_page_by_page_and_given_to_whom_may_reveal(api: Ask, lead: Client) -> None:
    answer = upload(lead, f"{LEDGER}/versions", a4(), name="台账.pdf")
    assert answer.status_code == 202, answer.content.decode()
    work()
    job = lead.get(f"{DEMO}/jobs/{answer.json()['id']}").json()
    place = {"year": 2025, "item": "number_ledger", "version": 1, "verdict": "not_ready"}
    assert (job["state"], job["result"]) == ("done", {**place, "findings": job["result"]["findings"]})
    (version,) = lead.get(f"{LEDGER}/versions").json()["items"]
    assert (version["version"], version["name"], version["media_type"]) == (1, "台账.pdf", "application/pdf")
    (act,) = acts(enterprise="demo", verb="dossier.added")
    assert act.data["sha256"] == version["sha256"]
    assert "台账" not in str(act.data), "a name may tell a person's"
    blank = next(one for one in version["findings"] if one["code"] == "scan_blank")
    assert (blank["weight"], blank["page"]) == ("stop", 1)
    assert "blank" in blank["detail"]
    listed = lead.get(SEASON).json()
    assert (listed["missing"], listed["complete"]) == (13, False)
    assert next(one for one in listed["items"] if one["item"] == "number_ledger")["state"] == "not_ready"
    (page,) = lead.get(f"{LEDGER}/versions/1/pages").json()["items"]
    assert (page["page"], page["a4"], page["blank"], page["seals"], blank in page["findings"]) == (
        1, True, True, [], True,
    )  # fmt: skip
    assert {"shape": "box", "weight": "stop", "code": "scan_blank"}.items() <= page["marks"][0].items()
    assert read_frame(lead.post(f"{LEDGER}/versions/1/pages/1/picture").content)[:2] == (760, 1076)
    _refused(lead.post(f"{LEDGER}/versions/1/pages/2/picture"), 404, "dossier_picture_unknown")
    response = lead.post(f"{LEDGER}/versions/1/file")
    assert (response.content, response.headers["Content-Disposition"][:10]) == (a4(), "attachment")
    for verb, name in (("dossier.fetched", "version"), ("dossier.looked_at", "last")):
        assert [one.data[name] for one in acts(enterprise="demo", verb=verb)] == [1]
    reader = api("auditor", name="bo")
    assert reader.get(f"{LEDGER}/versions/1/pages").status_code == 200
    scoped = api("compliance_lead", name="cy", scopes=["read"])
    assert {one.post(f"{LEDGER}/versions/1/{what}").status_code for one in (reader, scoped)
            for what in ("file", "pages/1/picture", "drawing")} == {403}  # fmt: skip
    drawing = post(lead, f"{LEDGER}/versions/1/drawing")
    assert (drawing.status_code, drawing.json()["kind"]) == (202, "dossier.draw")
    refused = post(lead, f"{LEDGER}/versions/1/confirmation", {})
    _refused(refused, 409, "dossier_not_ready")
    assert "ledger" in refused.json()["detail"], "the item by its name"
    back = post(lead, f"{LEDGER}/versions/1/return", {"reason": "空白"})
    assert back.json()["returned_reason"] == "空白"
    assert [post(lead, f"{LEDGER}/versions/{number}/return", {"reason": "空白"}).status_code for number in (1, 9)] == [
        409, 404,
    ]  # fmt: skip


def test_a_key_sends_a_file_once_and_keeps_no_text_of_a_person(lead: Client) -> None:
    def sent_twice(address: str, body: Any, kind: str) -> list[Any]:
        keyed = {"idempotency-key": address}
        return [lead.post(address, body, content_type=kind, headers=keyed).json() for _again in range(2)]

    one, again = sent_twice(f"{LEDGER}/versions?name=a.pdf", a4(), "application/octet-stream")
    assert one == again
    assert Job.objects.count() == 1
    body = {"year": 2025, "claim": "daily_lead", "part": "name", "text": "张三"}
    stated = sent_twice(f"{DEMO}/dossier/statements", body, "application/json")
    assert [one["text"] for one in stated] == ["张*", None]


def test_versions_come_in_pages_the_newest_first(lead: Client) -> None:
    for number in range(3):
        keep_paper("number_ledger", b"%d" % number, confirmed=False)
    first = lead.get(f"{LEDGER}/versions?limit=2").json()
    assert [one["version"] for one in first["items"]] == [3, 2]
    assert [one["version"] for one in lead.get(first["next"]).json()["items"]] == [1]


def test_owner_comments_and_what_does_not_apply(lead: Client) -> None:
    item = post(lead, f"{LEDGER}/owner", {"owner": "王五", "due": "2026-02-20"}).json()
    facts = (item["owner"], item["due"], item["board"], item["form"])
    assert facts == ("王五", "2026-02-20", "special", "original_scan")
    assert [post(lead, f"{LEDGER}/comments", {"text": text}).status_code for text in ("", "下周补")] == [422, 201]
    (said,) = lead.get(f"{LEDGER}/comments").json()["items"]
    assert said["text"] == "下周补"
    _refused(post(lead, f"{LEDGER}/applicability", {"reason": "没有"}), 422, "dossier_item_required")
    free = post(lead, f"{SEASON}/items/algorithm_filing/applicability", {"reason": "不具有舆论属性"}).json()
    assert (free["state"], free["not_applicable"]) == ("not_applicable", "不具有舆论属性")
    rules = [(one["key"], one["level"]) for one in free["rules"]]
    assert rules == [("materials.m13", "guide"), ("law.algorithm.duty", "law")]
    assert lead.get(f"{SEASON}/items/nothing").status_code == 404
    assert post(lead, f"{SEASON}/reuse").json() == {"items": []}


def test_a_package_is_built_and_fetched_by_its_job(api: Ask, lead: Client) -> None:
    status = lead.get(PACKAGE).json()
    assert (status["package"], status["certificate"]["fault"], len(status["generated"])) == (None, "signer_unset", 6)
    response = post(lead, PACKAGE, {"on": "2026-03-01"})
    assert (response.status_code, response.json()["kind"]) == (202, "dossier.build")
    work()
    job = lead.get(PACKAGE).json()["package"]
    assert (job["id"], job["result"]["draft"], "blob" in job["result"]) == (response.json()["id"], True, False)
    file = post(lead, f"{PACKAGE}/{job['id']}/file", {})
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as pack:
        assert "manifest.json" in pack.namelist()
    assert post(lead, f"{PACKAGE}/{job['id']}/signature", {}).json()["code"] == "signing_draft"
    assert post(lead, f"{PACKAGE}/J0/file", {}).status_code == 404
    assert post(api("auditor", name="rita"), PACKAGE, {}).status_code == 403
    officer = post(api("data_officer", name="dora"), f"{PACKAGE}/{job['id']}/signature", {})
    _refused(officer, 403, "role_missing")  # the firm's own signature is a lead's


def test_only_what_the_records_make_is_generated(lead: Client) -> None:
    _refused(post(lead, f"{SEASON}/generation", {"items": ["articles"]}), 422, "dossier_item_not_generated")
    response = post(lead, f"{SEASON}/generation", {"items": ["seat_table"]})
    assert response.status_code == 202
    work()
    job = lead.get(f"{DEMO}/jobs/{response.json()['id']}").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "portrait_missing"), "nothing is made up"


def _submit(client: Client, source: str, day: str) -> dict[str, Any]:
    """Hand in the manifest of a package that holds one item."""
    item = {"item": "articles", "title": "章程", "board": "general", "start_page": 1, "pages": 1, "seals": [],
            "copy_sha256": source * 64, "source_sha256": source * 64}  # fmt: skip
    document = {"format": manifest.FORMAT, "version": manifest.VERSION, "enterprise": enterprise("demo").name,
            "season": 2025, "draft": False, "items": [item], "files": []}  # fmt: skip
    body = json.dumps(manifest.add_hashes(document)).encode()
    answer = upload(client, ROUNDS, body, name="manifest.json", place="系统", on=day)
    assert answer.status_code == 201, answer.content.decode()
    result: dict[str, Any] = answer.json()
    return result


def test_a_round_is_noted_answered_and_compared(lead: Client) -> None:
    _refused(upload(lead, ROUNDS, b"", place="系统", on="2026-01-20"), 422, "dossier_package_unbuilt")  # nothing here
    submission = _submit(lead, "a", "2026-01-20")
    assert (submission["number"], submission["state"], submission["built_here"]) == (1, "submitted", False)
    notice = {"received": "2026-01-21", "due": "2026-01-30", "requests": [{"item": "articles", "text": "缺页"}]}
    back = post(lead, f"{ROUNDS}/1/returns", notice)
    facts = (back.status_code, back.json()["state"], back.json()["due"], back.json()["printed"])
    assert facts == (201, "returned", "2026-01-30", True)
    (request,) = lead.get(f"{ROUNDS}/1").json()["notices"][0]["requests"]
    assert (request["item"], request["text"], request["state"]) == ("articles", "缺页", "open")
    answered = post(lead, f"{ROUNDS}/1/requests/{request['id']}/answers", {"note": "已说明"})
    assert (answered.status_code, answered.json()["state"]) == (201, "answered")
    _submit(lead, "b", "2026-01-30")
    assert [one["state"] for one in lead.get(ROUNDS).json()["items"]] == ["submitted", "resubmitted"]
    _refused(post(lead, f"{ROUNDS}/1/passed", {}), 409, "dossier_round_refused")
    assert post(lead, f"{ROUNDS}/2/passed", {}).json()["state"] == "passed"
    differs = lead.get(f"{SEASON}/differences?before=1&after=2").json()
    assert (differs["same"], [one["kind"] for one in differs["items"]]) == (False, ["untold"])
    assert lead.get(f"{ROUNDS}/3").status_code == 404
    response = upload(lead, f"{ROUNDS}/1/papers", RECEIPT, name="回执.pdf", kind="receipt")
    assert response.status_code == 201, response.content.decode()
    assert lead.post(f"{ROUNDS}/1/papers/{response.json()['id']}/file").content == RECEIPT
    assert len(list(acts(enterprise="demo", verb="dossier.round_fetched"))) == 1
    assert upload(lead, f"{ROUNDS}/1/papers", b"MZ", name="回执.exe", kind="receipt").status_code == 422


def test_a_sheet_is_made_by_the_worker_shown_masked_and_taken_out(lead: Client) -> None:
    sheet = f"{SEASON}/fill-in/licence"
    assert lead.get(sheet).status_code == 404
    assert post(lead, sheet, {}).status_code == 202
    work()
    document = lead.get(sheet).json()
    assert (document["report"], document["full"], document["run"]) == ("licence", False, "")
    assert document["unknown"] == len(document["fields"]), "an empty installation knows nothing, and says so"
    assert lead.post(f"{sheet}/reveal").json()["full"] is True
    file = lead.post(f"{sheet}/exports/xlsx")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    assert lead.get(f"{SEASON}/fill-in/other").status_code == 422


def test_a_use_is_asked_for_and_waits(lead: Client) -> None:
    keep_paper("articles")
    uploaded = upload(lead, SEALS, photo(seal_png()), name="印.jpg", kind="official_seal", width_mm="40")
    assert uploaded.status_code == 201, uploaded.content.decode()
    assert (uploaded.json()["kind"], uploaded.json()["width_mm"]) == ("official_seal", 40.0)
    listed = lead.get(SEALS).json()
    assert "电子印章管理办法" in listed["law"]
    assert [one["kind"] for one in listed["seals"]] == ["official_seal"]
    response = post(lead, f"{SEASON}/seal-uses", {"item": "articles", "kind": "official_seal", "reason": "样稿"})
    assert (response.status_code, response.json()["state"]) == (201, "pending")
    (use,) = lead.get(f"{SEASON}/seal-uses").json()["items"]
    assert (use["approval"], use["approved_at"], use["placed"]) == (response.json()["approval"], None, 0)
    approval = lead.get(f"{DEMO}/approvals/{use['approval']}").json()
    assert (approval["kind"], approval["asked"]["document"]) == ("seal_use", use["document_sha256"])
    refused = post(lead, f"{DEMO}/approvals/{use['approval']}/decision", {"decision": "yes"})
    assert refused.json()["code"] == "approval_same_person"
    gone = post(lead, f"{SEALS}/withdrawal", {"kind": "official_seal"})
    assert (gone.status_code, lead.get(SEALS).json()["seals"]) == (200, [])


def test_a_signed_paper_goes_in_and_comes_out_as_it_was(lead: Client) -> None:
    body = certificates.signed(a4(3))
    response = upload(lead, f"{SEASON}/signed-papers", body, name="章程.pdf", item="articles")
    assert response.status_code == 201, response.content.decode()
    paper = response.json()
    assert (paper["standing"], paper["signatures"][0]["subject"]) == ("unknown", "示例科技有限公司")
    one = f"{SEASON}/signed-papers/{paper['paper']}"
    assert lead.get(f"{SEASON}/signed-papers").json()["items"] == [paper] == [lead.get(one).json()]
    assert post(lead, f"{one}/file").content == body
    assert lead.get(f"{SEASON}/signed-papers/{paper['paper'] + 1}").status_code == 404


def test_no_operation_gives_a_picture_of_a_seal_out() -> None:
    kinds = {
        kind
        for path, operations in API.get_openapi_schema()["paths"].items()
        if "/seal" in path
        for one in operations.values()
        for answer in one["responses"].values()
        for kind in answer.get("content", {})
    }
    assert kinds
    assert not any(kind.startswith(("image/", "application/octet")) for kind in kinds)


@pytest.mark.long
def test_a_file_waits_until_a_person_says_what_it_is(lead: Client) -> None:
    assert upload(lead, WAITING, a4(), name="a.pdf").status_code == 202
    assert upload(lead, WAITING, b"MZ no pdf", name="b.pdf").status_code == 202
    (one, other) = lead.get(WAITING).json()["items"]
    assert (one["read"], one["item"]) == (False, None)
    work()
    (one, other) = lead.get(WAITING).json()["items"]
    assert (one["read"], one["item"], one["sure"], one["fault"]) == (True, None, False, None)
    assert "b.pdf" in other["fault"]
    assert post(lead, f"{WAITING}/{one['id']}/item", {"item": "nothing"}).status_code == 404
    assert post(lead, f"{WAITING}/{one['id']}/item", {"item": "articles"}).status_code == 202
    work()
    assert materials.get_version("demo", 2025, "articles", 1).name == "a.pdf"
    assert lead.delete(f"{WAITING}/{other['id']}").json() == {"id": other["id"]}
    assert lead.get(WAITING).json()["items"] == []
    assert lead.delete(f"{WAITING}/{other['id']}").status_code == 404


@pytest.mark.long
def test_one_scan_of_several_papers_is_cut(lead: Client) -> None:
    assert upload(lead, WAITING, a4(pages=4), name="全部.pdf").status_code == 202
    (one,) = lead.get(WAITING).json()["items"]
    assert (one["pages"], one["papers"]) == (0, []), "nobody has looked yet"
    address = f"{WAITING}/{one['id']}/papers"
    papers = [{"item": "articles", "first": 2, "last": 3}, {"item": "licence", "first": 1, "last": 1}]
    refused = post(lead, address, {"papers": papers})
    assert refused.status_code == 202, "nobody has counted the pages yet: the work finds that one is left over"
    work()
    ended = lead.get(f"{DEMO}/jobs/{refused.json()['id']}").json()
    assert (ended["state"], ended["error"]["code"]) == ("failed", "dossier_cut_left")
    refused = post(lead, address, {"papers": papers})
    _refused(refused, 422, "dossier_cut_left")  # now it is known at once
    assert "4" in refused.json()["detail"]
    assert lead.post(f"{WAITING}/{one['id']}/pages/4/picture").content[:2] == b"\xff\xd8"
    _refused(lead.post(f"{WAITING}/{one['id']}/pages/5/picture"), 404, "dossier_picture_unknown")
    assert post(lead, address, {"papers": [{**papers[0], "item": "nothing"}]}).status_code == 404
    assert lead.get(WAITING).json()["items"], "what was refused waits on"
    response = post(lead, address, {"papers": papers, "leave": True})
    assert response.status_code == 202
    work()
    cut_papers = lead.get(f"{DEMO}/jobs/{response.json()['id']}").json()["result"]["papers"]
    results = [lead.get(f"{DEMO}/jobs/{one['job']}").json()["result"]["item"] for one in cut_papers]
    assert results == ["articles", "licence"]
    row = materials.get_version("demo", 2025, "articles", 1)
    assert (row.name, row.pages, row.confirmed_at) == ("全部 2-3.pdf", 2, None)
    added = next(note for note in acts(enterprise="demo", verb="dossier.added") if note.data["item"] == "articles")
    assert added.data["source"] == {"arrival": one["id"], "sha256": one["sha256"], "first": 2, "last": 3}
    (noted,) = acts(enterprise="demo", verb="dossier.cut")
    assert (noted.data["sha256"], noted.data["papers"], noted.data["left"]) == (one["sha256"], papers, "4")
    assert post(lead, address, {"papers": papers, "leave": True}).status_code == 404, "the file is gone"


@pytest.mark.long
def test_a_zip_without_manifest_is_no_package(lead: Client) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("a.pdf", a4())
    answer = upload(lead, f"{SEASON}/verification", out.getvalue(), name="p.zip")
    assert answer.status_code == 202
    work()
    result = lead.get(f"{DEMO}/jobs/{answer.json()['id']}").json()["result"]
    assert (result["intact"], result["count"]) == (False, 1)
    assert result["differences"] == [{"file": "manifest.json", "page": None, "kind": "manifest"}]
    _refused(upload(lead, f"{SEASON}/verification", a4(), name="a.pdf"), 422, "dossier_verify_what")
    gone = upload(lead, f"{SEASON}/verification", a4(), name="a.pdf", against="3", scan="true")
    assert gone.status_code == 404


def test_a_finding_is_overruled_by_two_people_and_says_so(api: Ask, lead: Client) -> None:
    turned = {"code": "scan_turned", "weight": "stop", "page": 1, "values": {"degrees": 180}}
    params = {"verdict": Verdict.NOT_READY, "report": {"fields": {}, "findings": [turned]}, "confirmed": False}
    keep_paper("number_ledger", a4(), **params)
    place = {"year": 2025, "item": "number_ledger", "version": 1, "finding": "scan_turned"}
    _refused(post(lead, f"{DEMO}/dossier/overrulings", {**place, "reason": "正的"}), 404, "dossier_finding_unknown")
    response = post(lead, f"{DEMO}/dossier/overrulings", {**place, "page": 1, "reason": "正的"})
    assert (response.status_code, response.json()["state"]) == (202, "pending")
    second = api("administrator", name="bo")
    decision = f"{DEMO}/approvals/{response.json()['approval']}/decision"
    assert post(second, decision, {"decision": "yes"}).status_code == 200
    (version,) = lead.get(f"{LEDGER}/versions").json()["items"]
    assert (version["verdict"], version["findings"][0]["weight"]) == ("needs_person", "stop")
    assert version["findings"][0]["overruled"].items() >= {"reason": "正的", "approved_by": "user:bo"}.items()
