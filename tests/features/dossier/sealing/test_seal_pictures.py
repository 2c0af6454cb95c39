"""A seal's picture is placed on a draft only where two people have agreed to it for exactly that document."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
import pypdfium2
import pytest
from django.urls import reverse
from tests.features.dossier.conftest import keep_paper
from tests.features.dossier.sealing.conftest import YEAR, Keep, photo
from tests.support import certificates, packages
from tests.support.packages import seal_png
from tests.support.paper_scans import a4
from tests.support.people import signed_in

from nianjian.doors.cli.main import main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.models import Impression, SealPicture
from nianjian.features.dossier.operations import checklist, package, seals
from nianjian.features.dossier.operations.overrulings import OverrulingRequest, request_overruling
from nianjian.features.dossier.operations.seals import PrintRequest
from nianjian.features.dossier.states import Verdict
from nianjian.platform.accounts import tokens
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.query import acts
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db


def _add(demo: str, actor: Actor, kind: str = "official_seal", width: str = "40", body: bytes | None = None) -> None:
    content = photo(seal_png()) if body is None else body
    seals.store_image(
        enterprise=demo, kind=kind, name="印.jpg", content=content, width_mm=Decimal(width), actor=actor
    )  # fmt: skip


def _ask(demo: str, actor: Actor, item: str = "articles", kind: str = "official_seal", **more: object) -> str:
    params = PrintRequest(YEAR, item, kind, "给领导看样稿", **more)  # type: ignore[arg-type] # of the fields
    return seals.request_print(enterprise=demo, params=params, actor=actor).approval


def _build(demo: str, actor: Actor, folder: Path, *, seals: bool = True) -> package.BuiltPackage:
    return package.build(enterprise=demo, year=YEAR, folder=folder, actor=actor, pictures=seals)


def _refused(code: str, call: object, *args: object, **more: object) -> NianjianError:
    with pytest.raises(NianjianError) as caught:
        call(*args, **more)  # type: ignore[operator] # one of ours
    assert caught.value.code == code
    return caught.value


def _red(path: Path, page: int, x_mm: float, y_mm: float) -> float:
    """Share of red around a place of a page, mm from the lower left."""
    with pypdfium2.PdfDocument(path) as document:
        scale = 4.0
        pixels = document[page].render(scale=scale).to_numpy()[:, :, :3].astype(int)
    k = scale * 72 / 25.4
    x, y = round(x_mm * k), pixels.shape[0] - round(y_mm * k)
    part = pixels[max(0, y - round(20 * k)) : y + round(20 * k), max(0, x - round(20 * k)) : x + round(20 * k)]
    return float(((part[:, :, 2] - part[:, :, :2].max(axis=2)) > 60).mean())


TURNED = {"code": "scan_turned", "weight": "stop", "page": 1, "values": {"degrees": 180}}
OTHERWISE = TURNED | {"values": {"degrees": 90}}
BLANK = {"code": "scan_blank", "weight": "stop", "page": 2, "values": {}}
UNSURE = {"code": "fields_unread", "weight": "ask", "page": None, "values": {"fields": "dated"}}
SUMS = {"code": "sums_differ", "weight": "stop", "page": None, "values": {"figure": "filed"}}
REASON = "签章页是正的，只有落款"


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    return packages.scans(tmp_path / "scan.pdf", range(1, 3), dpi=60).read_bytes()


def _keep(demo: str, actor: Actor, body: bytes, *findings: dict[str, Any], year: int = YEAR) -> int:
    report = {"fields": {}, "findings": list(findings), "verdict": "not_ready"}
    more: Any = {"verdict": Verdict.NOT_READY, "report": report, "pages": 2}
    return keep_paper("articles", body, code=demo, year=year, actor=actor, confirmed=False, **more)


def _overrule(demo: str, actor: Actor, finding: str, page: int | None, reason: str = REASON) -> OverrulingRequest:
    return request_overruling(
        enterprise=demo, actor=actor, year=YEAR, item="articles", version=1, finding=finding, page=page, reason=reason
    )


def _confirm(demo: str, actor: Actor) -> None:
    checklist.confirm(enterprise=demo, year=YEAR, item="articles", number=1, actor=actor)


def test_the_picture_is_cut_clear_and_kept_sealed(demo: str, anna: Actor, tmp_path: Path) -> None:
    _add(demo, anna)
    (row,) = seals.list_images(demo, anna)
    stored: Any = cv2.imdecode(np.frombuffer(seals._read_pixels(row), np.uint8), cv2.IMREAD_UNCHANGED)
    original: Any = cv2.imdecode(np.frombuffer(seal_png(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert stored.shape[2] == 4
    assert abs(stored.shape[0] - 455) < 25  # the ring, cut to its ink
    assert 0.75 < float((stored[:, :, 3] == 0).mean()) < 0.9  # the paper is clear
    solid = stored[stored[:, :, 3] > 240][:, :3].mean(axis=0)
    assert np.abs(solid - original[original[:, :, 3] == 255][:, :3].mean(axis=0)).max() < 35
    on_disk = b"".join(one.read_bytes() for one in (tmp_path / "home" / "vault").rglob("*") if one.is_file())
    assert b"\x89PNG" not in on_disk
    (act,) = acts(enterprise=demo, verb="seal.added")
    assert (act.data["kind"], act.data["sha256"]) == ("official_seal", row.sha256)
    _refused("seal_picture_there", _add, demo, anna)
    assert len(list(blobs.blobs())) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (b"GIF89a nothing", "dossier_picture_broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "dossier_picture_broken"),
        (photo(), "seal_picture_empty"),
        (bytes(cv2.imencode(".png", np.full((60, 60, 3), 255, np.uint8))[1]), "seal_picture_small"),
        (bytes(cv2.imencode(".png", np.zeros((7000, 7000), np.uint8))[1]), "dossier_picture_pixels"),
    ],
)
def test_a_bad_file_costs_one_message(demo: str, anna: Actor, body: bytes, code: str) -> None:
    _refused(code, _add, demo, anna, body=body)
    assert not SealPicture.objects.exists()
    assert list(blobs.blobs()) == []


def test_a_seal_wider_than_the_rule_is_none_and_one_picture_is_withdrawn_once(demo: str, anna: Actor) -> None:
    assert _refused("seal_width", _add, demo, anna, width="45.01").values["most"] == "45"
    _refused("seal_kind_unknown", _add, demo, anna, kind="round_one")
    _add(demo, anna, width="45")
    (seen,) = seals.list_images(demo, anna)
    seals.withdraw_image(enterprise=demo, kind="official_seal", actor=anna)
    with patch.object(seals, "_get_image", lambda _enterprise, _kind: seen):  # read before that act was over
        _refused("seal_picture_missing", seals.withdraw_image, enterprise=demo, kind="official_seal", actor=anna)
    assert len(list(acts(enterprise=demo, verb="seal.withdrawn"))) == 1


def test_what_two_agreed_to_stands_on_that_document_alone(  # noqa: PLR0917 -- fixtures
    keep: Keep, demo: str, anna: Actor, bo: Actor, body: bytes, tmp_path: Path
) -> None:
    _keep(demo, anna, body, TURNED)
    operations.approve(approval=_overrule(demo, anna, "scan_turned", 1).approval, actor=bo)
    _confirm(demo, anna)
    keep("seat_table", seed=5)
    _add(demo, anna)
    approval = _ask(demo, anna, page=2, x_mm=Decimal(100), y_mm=Decimal(150))
    _refused("seal_use_none", _build, demo, anna, tmp_path / "early")
    _refused("approval_pending", _ask, demo, anna, page=2, x_mm=Decimal(90), y_mm=Decimal(150))
    _refused("approval_same_person", operations.approve, approval=approval, actor=anna)
    assert not Impression.objects.filter(approved_at__isnull=False).exists()
    done = operations.approve(approval=approval, actor=bo)
    assert (done.state, done.result["page"]) == ("approved", 2)
    _refused("seal_use_there", _ask, demo, anna, page=2)

    plain = _build(demo, anna, tmp_path / "plain", seals=False)
    stamped = _build(demo, anna, tmp_path / "sealed")
    assert (plain.pictures, stamped.pictures, stamped.draft) == (0, 1, True)
    (entry,) = [one for one in json.loads((stamped.folder / "manifest.json").read_text())["items"] if "pictures" in one]
    assert (entry["item"], entry["pictures"][0]["page"], entry["pictures"][0]["id"]) == ("articles", 2, approval)
    (overruling,) = entry["overruled"]
    assert (overruling["finding"], overruling["page"], overruling["reason"]) == ("scan_turned", 1, REASON)
    assert (overruling["asked_by"], overruling["approved_by"]) == ("user:anna", "user:bo")
    articles = "upload/1_公司章程.pdf"
    assert _red(stamped.folder / articles, 1, 100, 150) > 0.1
    for bare, page, *place in (
        (plain.folder / articles, 1, 100, 150),
        (stamped.folder / articles, 0, 158, 58),
        (stamped.folder / "upload/2_坐席明细表.pdf", 0, 158, 58),
    ):
        assert _red(bare, page, *place) < 0.01
    assert verify(stamped.folder, digest=stamped.digest).intact
    with pypdfium2.PdfDocument(stamped.folder / "paper/材料包.pdf") as document:
        texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    assert len(texts) > 3
    for said in ("印章图片不是法律意义上的电子印章", "国办发〔2025〕33号"):
        assert all(said in text for text in texts), "every page says what a picture is not"

    row = Impression.objects.get()
    assert (row.asked_by, row.approved_by, row.placed, row.placed_in) == ("user:anna", "user:bo", 1, stamped.digest)
    (act,) = acts(enterprise=demo, verb="seal.placed")
    told_of: Any = act.data["impressions"]
    assert act.data["manifest"] == stamped.digest
    assert told_of[0]["document"] == row.document_sha256 == entry["source_sha256"]

    keep("articles", seed=9, pages=2)  # another version of the paper bears nothing
    _refused("seal_use_none", _build, demo, anna, tmp_path / "later")
    assert len(list(acts(enterprise=demo, verb="seal.placed"))) == 1


@pytest.mark.long
def test_a_withdrawn_picture_is_gone(keep: Keep, demo: str, anna: Actor, bo: Actor, tmp_path: Path) -> None:
    keep("articles")
    keep("seat_table", seed=4)
    _add(demo, anna)
    first, second = _ask(demo, anna), _ask(demo, anna, item="seat_table")
    operations.approve(approval=first, actor=bo)
    seals.withdraw_image(enterprise=demo, kind="official_seal", actor=anna)
    _refused("seal_use_none", _build, demo, anna, tmp_path / "out")
    _refused("seal_picture_missing", operations.approve, approval=second, actor=bo)
    assert approvals.get_approval(second).state == "pending"  # the whole act was taken back
    assert seals.list_images(demo, anna) == []
    _add(demo, anna)
    _refused("seal_use_none", _build, demo, anna, tmp_path / "out")  # a new picture needs new agreement


def test_where_no_seal_may_stand(keep: Keep, demo: str, anna: Actor, bo: Actor) -> None:
    keep("articles")
    keep("licence", seed=3, confirmed=False)
    _refused("seal_picture_missing", _ask, demo, anna)
    _add(demo, anna)
    _add(demo, anna, kind="finance_seal", width="38")
    cases: list[tuple[str, dict[str, Any]]] = [
        ("seal_place", {"page": 2}),
        ("seal_place", {"x_mm": Decimal("210.01")}),
        ("seal_number", {"x_mm": Decimal("NaN")}),
        ("seal_mark_wrong", {"kind": "finance_seal", "mark": "cover_seal"}),
        ("seal_mark_wrong", {"mark": "riding_seal"}),
        ("seal_document_unfit", {"item": "licence"}),
        ("seal_document_missing", {"item": "audit_report"}),
        ("dossier_item_unknown", {"item": "letter"}),
    ]
    for code, params in cases:
        _refused(code, _ask, demo, anna, **params)
    _ask(demo, anna, mark="copy_seal")
    approval = _ask(demo, anna, kind="finance_seal")
    Impression.objects.update(page=2)  # a request that was changed is not approved
    _refused("approval_subject_changed", operations.approve, approval=approval, actor=bo)


def test_the_commands(keep: Keep, demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep("articles", pages=2)
    file = tmp_path / "a.jpg"
    file.write_bytes(photo(seal_png()))

    def told(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["dossier", "seal-picture", *words, "--enterprise", demo, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, result = told("add", str(file), "--kind", "official_seal", "--width-mm", "41.5")
    assert code == 0, result
    _code, listed = told("list", "--year", str(YEAR))
    assert listed["pictures"][0]["width_mm"] == 41.5
    assert "电子印章管理办法" in str(listed["law"])
    use = ("use", "--kind", "official_seal", "--item", "articles", "--season", str(YEAR), "--reason", "样稿")
    code, refused = told(*use, "--page", "3")
    assert (code, refused["error"]["code"]) == (2, "seal_place")
    code, request = told(*use, "--page", "2", "--x-mm", "100", "--y-mm", "150.5")
    assert (code, request["state"]) == (1, "pending"), "a second person decides"
    row = Impression.objects.get()
    assert (row.approval, row.page, row.x_mm, row.y_mm) == (request["approval"], 2, Decimal(100), Decimal("150.5"))
    assert told("list", "--year", str(YEAR))[1]["impressions"][0]["approval"] == request["approval"]
    assert told("withdraw", "--kind", "official_seal")[0] == 0


# A finding on a scan falls only by two named persons, with a reason; it then stands beside the finding everywhere.


def test_only_findings_that_nobody_answered_block_the_confirmation(
    demo: str, anna: Actor, bo: Actor, body: bytes
) -> None:
    _keep(demo, anna, body, TURNED, BLANK, UNSURE)
    first = _overrule(demo, anna, "scan_turned", 1)
    _refused("approval_pending", _overrule, demo, anna, "scan_turned", 1)
    _refused("approval_same_person", operations.approve, approval=first.approval, actor=anna)
    _refused("dossier_not_ready", _confirm, demo, anna)
    request = operations.get_request(approval=first.approval, actor=bo).asked
    assert (request["reason"], request["page"], request["findings"][0]["code"]) == (REASON, 1, "scan_turned")
    operations.approve(approval=first.approval, actor=bo)
    _refused("dossier_not_ready", _confirm, demo, anna)  # the blank page
    operations.approve(approval=_overrule(demo, anna, "scan_blank", 2).approval, actor=bo)
    _confirm(demo, anna)
    _refused("dossier_finding_unknown", _overrule, demo, anna, "scan_turned", 1)
    overruled = [one.data["finding"] for one in acts(enterprise=demo, verb="dossier.overruled")]
    assert sorted(overruled, key=str) == ["scan_blank", "scan_turned"]
    assert REASON not in str([one.data for one in acts(enterprise=demo)]), "free text is kept where it can be erased"


def test_a_second_check_keeps_answers_to_what_it_finds_again(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    operations.approve(approval=_overrule(demo, anna, "scan_turned", 1).approval, actor=bo)
    for findings, verdict in (((TURNED, UNSURE), Verdict.NEEDS_PERSON), ((OTHERWISE,), Verdict.NOT_READY)):
        _keep(demo, anna, body, *findings)
        assert materials.get_version(demo, YEAR, "articles", 1).verdict == verdict


def test_what_changed_after_the_question_is_not_agreed_to(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    request = _overrule(demo, anna, "scan_turned", 1)
    _keep(demo, anna, body, OTHERWISE)
    _refused("approval_subject_changed", operations.approve, approval=request.approval, actor=bo)


@pytest.mark.parametrize("returned", [False, True])
def test_what_was_asked_of_a_version_goes_with_it(demo: str, anna: Actor, body: bytes, *, returned: bool) -> None:
    _keep(demo, anna, body, TURNED)
    request = _overrule(demo, anna, "scan_turned", 1)
    if returned:
        checklist.send_back(enterprise=demo, year=YEAR, item="articles", number=1, reason="重扫", actor=anna)
    else:
        _keep(demo, anna, b"another scan", TURNED)
    assert approvals.get_approval(request.approval).state == "refused"


def test_what_cannot_be_overruled(demo: str, anna: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED, SUMS)
    for finding, page, reason, code in (
        ("sums_differ", None, REASON, "dossier_finding_unknown"),  # figures are put right where they come from
        ("scan_turned", 2, REASON, "dossier_finding_unknown"),
        ("scan_turned", 1, " ", "dossier_reason_missing"),
    ):
        _refused(code, _overrule, demo, anna, finding, page, reason)


def test_what_was_overruled_stops_again_in_the_next_season(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    operations.approve(approval=_overrule(demo, anna, "scan_turned", 1).approval, actor=bo)
    _confirm(demo, anna)
    assert checklist.reuse(enterprise=demo, year=YEAR + 1, actor=anna) == ["articles"]
    assert materials.get_version(demo, YEAR + 1, "articles", 1).verdict == Verdict.NOT_READY


def test_the_page_asks_and_shows_both_names(demo: str, anna: Actor, bo: Actor, body: bytes) -> None:
    _keep(demo, anna, body, TURNED)
    client = signed_in("anna", "compliance_lead", demo)
    page = reverse("dossier-item", args=[demo, YEAR, "articles"])
    html = client.get(page).content.decode()
    assert 'value="scan_turned:1"' in html
    form = {"version": "1", "finding": "scan_turned:1", "reason": REASON}
    client.post(reverse("dossier-act", args=[demo, YEAR, "articles", "overrule"]), form)
    (waits,) = operations.list_requests(actor=bo)
    assert "180" in client.get(reverse("approvals-decide-here", args=[demo, waits.approval])).content.decode()
    operations.approve(approval=waits.approval, actor=bo)
    for place in (page, reverse("dossier-pages", args=[demo, YEAR, "articles", 1])):
        html = client.get(place).content.decode()
        assert all(word in html for word in ("anna", "bo", REASON)), place


def test_the_command_asks_for_a_named_person(
    demo: str, anna: Actor, bo: Actor, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    _keep(demo, anna, body, TURNED)
    words = ["--item", "articles", "--version", "1", "--finding", "scan_turned", "--page", "1", "--reason", REASON]
    words = ["dossier", "overrule", "--enterprise", demo, "--year", str(YEAR), *words, "--json"]
    assert main(words) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "overruling_needs_user"
    secret = tokens.create_token(user="anna", name="x", scopes=None, days=None, actor=anna).secret
    with patch.dict(os.environ, NIANJIAN_TOKEN=secret):
        assert main([*words, "--as", "anna"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["state"], result["page"], result["count"]) == ("pending", 1, 1)
    assert operations.approve(approval=result["approval"], actor=bo).result["finding"] == "scan_turned"


# Signed papers at the shell: kept, listed, given back as they came.


def test_a_signed_paper_is_kept_listed_and_fetched(
    demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["dossier", "signature", *words, "--enterprise", demo, "--season", str(YEAR), "--json"])
        return code, json.loads(capsys.readouterr().out)

    file, back = tmp_path / "章程.pdf", tmp_path / "back.pdf"
    assert told("add", str(file), "--item", "articles")[1]["error"]["code"] == "file_missing"
    file.write_bytes(certificates.signed(a4(7)))
    code, paper = told("add", str(file), "--item", "articles")
    assert (code, paper["standing"], paper["signatures"][0]["subject"]) == (0, "unknown", "示例科技有限公司")
    assert [one["sha256"] for one in told("list")[1]["papers"]] == [paper["sha256"]]
    number = str(paper["paper"])
    assert told("fetch", "--paper", number, "--output", str(back))[0] == 0
    assert back.read_bytes() == file.read_bytes()
    code, refused = told("fetch", "--paper", number, "--output", str(back))
    assert (code, refused["error"]["code"]) == (2, "signed_file_exists"), "no file is written over"
    _code, refused = told("fetch", "--paper", "99999", "--output", str(tmp_path / "no.pdf"))
    assert refused["error"]["code"] == "signed_paper_unknown"
