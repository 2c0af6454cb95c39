"""A seal's picture is placed on a draft only where two people have agreed to it for exactly that document."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from tests.features.dossier.sealing.conftest import YEAR, Keep, photo
from tests.support.packages import seal_png

from nianjian.doors.cli.main import main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.models import Impression, SealPicture
from nianjian.features.dossier.operations import package, seals
from nianjian.features.dossier.operations.seals import PrintRequest
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
    wanted = PrintRequest(YEAR, item, kind, "给领导看样稿", **more)  # type: ignore[arg-type] # of the fields
    return str(seals.request_print(enterprise=demo, wanted=wanted, actor=actor)["approval"])


def _build(demo: str, actor: Actor, folder: Path, *, seals: bool = True) -> package.BuiltPackage:
    return package.build(enterprise=demo, year=YEAR, folder=folder, actor=actor, pictures=seals)


def _refused(code: str, call: object, *given: object, **more: object) -> NianjianError:
    with pytest.raises(NianjianError) as caught:
        call(*given, **more)  # type: ignore[operator] # one of ours
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


def test_the_picture_is_cut_clear_and_kept_sealed(demo: str, anna: Actor, tmp_path: Path) -> None:
    _add(demo, anna)
    (row,) = seals.list_images(demo, anna)
    kept: Any = cv2.imdecode(np.frombuffer(seals._read_pixels(row), np.uint8), cv2.IMREAD_UNCHANGED)
    wanted: Any = cv2.imdecode(np.frombuffer(seal_png(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert kept.shape[2] == 4
    assert abs(kept.shape[0] - 455) < 25  # the ring, cut to its ink
    assert 0.75 < float((kept[:, :, 3] == 0).mean()) < 0.9  # the paper is clear
    solid = kept[kept[:, :, 3] > 240][:, :3].mean(axis=0)
    assert np.abs(solid - wanted[wanted[:, :, 3] == 255][:, :3].mean(axis=0)).max() < 35
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


def test_a_seal_wider_than_the_rule_is_none(demo: str, anna: Actor) -> None:
    assert _refused("seal_width", _add, demo, anna, width="45.01").values["most"] == "45"
    _add(demo, anna, width="45")
    _refused("seal_kind_unknown", _add, demo, anna, kind="round_one")


def test_what_two_agreed_to_stands_on_that_document_alone(
    keep: Keep, demo: str, anna: Actor, bo: Actor, tmp_path: Path
) -> None:
    keep("articles", pages=2)
    keep("seat_table", seed=5)
    _add(demo, anna)
    asked = _ask(demo, anna, page=2, x_mm=Decimal(100), y_mm=Decimal(150))
    _refused("seal_use_none", _build, demo, anna, tmp_path / "early")
    _refused("approval_pending", _ask, demo, anna, page=2, x_mm=Decimal(90), y_mm=Decimal(150))
    _refused("approval_same_person", operations.approve, approval=asked, actor=anna)
    assert not Impression.objects.filter(approved_at__isnull=False).exists()
    done = operations.approve(approval=asked, actor=bo)
    assert (done["state"], done["page"]) == ("approved", 2)
    _refused("seal_use_there", _ask, demo, anna, page=2)

    plain = _build(demo, anna, tmp_path / "plain", seals=False)
    made = _build(demo, anna, tmp_path / "sealed")
    assert (plain.pictures, made.pictures, made.draft) == (0, 1, True)
    told = json.loads((made.folder / "manifest.json").read_text())
    (entry,) = [one for one in told["items"] if "pictures" in one]
    assert (entry["item"], entry["pictures"][0]["page"], entry["pictures"][0]["id"]) == ("articles", 2, asked)
    sealed, bare = made.folder / "upload/1_公司章程.pdf", plain.folder / "upload/1_公司章程.pdf"
    assert _red(sealed, 1, 100, 150) > 0.1
    assert _red(bare, 1, 100, 150) < 0.01
    assert _red(sealed, 0, 158, 58) < 0.01
    assert _red(made.folder / "upload/2_坐席明细表.pdf", 0, 158, 58) < 0.01
    assert verify(made.folder, digest=made.digest).intact

    row = Impression.objects.get()
    assert (row.asked_by, row.approved_by, row.placed, row.placed_in) == ("user:anna", "user:bo", 1, made.digest)
    (act,) = acts(enterprise=demo, verb="seal.placed")
    assert act.data["manifest"] == made.digest
    told_of: Any = act.data["impressions"]
    assert told_of[0]["document"] == row.document_sha256 == entry["source_sha256"]

    keep("articles", seed=9, pages=2)  # another version of the paper bears nothing
    _refused("seal_use_none", _build, demo, anna, tmp_path / "later")
    assert len(list(acts(enterprise=demo, verb="seal.placed"))) == 1


@pytest.mark.long
def test_every_page_of_such_a_draft_says_what_a_picture_is_not(
    keep: Keep, demo: str, anna: Actor, bo: Actor, tmp_path: Path
) -> None:
    keep("articles")
    _add(demo, anna)
    operations.approve(approval=_ask(demo, anna), actor=bo)
    made = _build(demo, anna, tmp_path / "sealed")
    with pypdfium2.PdfDocument(made.folder / "paper/材料包.pdf") as document:
        texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    assert len(texts) > 3
    for text in texts:
        assert "印章图片不是法律意义上的电子印章" in text
        assert "国办发〔2025〕33号" in text


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


def test_of_two_who_withdraw_one_picture_the_second_changes_nothing(
    demo: str, anna: Actor, bo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(demo, anna)
    (seen,) = seals.list_images(demo, bo)
    seals.withdraw_image(enterprise=demo, kind="official_seal", actor=anna)
    monkeypatch.setattr(seals, "_get_image", lambda _enterprise, _kind: seen)  # read before anna's act was over
    _refused("seal_picture_missing", seals.withdraw_image, enterprise=demo, kind="official_seal", actor=bo)
    assert len(list(acts(enterprise=demo, verb="seal.withdrawn"))) == 1


def test_a_request_that_was_changed_is_not_approved(keep: Keep, demo: str, anna: Actor, bo: Actor) -> None:
    keep("articles")
    _add(demo, anna)
    asked = _ask(demo, anna)
    Impression.objects.update(page=2)
    _refused("approval_subject_changed", operations.approve, approval=asked, actor=bo)


def test_where_no_seal_may_stand(keep: Keep, demo: str, anna: Actor) -> None:
    keep("articles")
    keep("licence", seed=3, confirmed=False)
    _refused("seal_picture_missing", _ask, demo, anna)
    _add(demo, anna)
    _add(demo, anna, kind="finance_seal", width="38")
    _refused("seal_place", _ask, demo, anna, page=2)
    _refused("seal_place", _ask, demo, anna, x_mm=Decimal("210.01"))
    _refused("seal_number", _ask, demo, anna, x_mm=Decimal("NaN"))
    _refused("seal_mark_wrong", _ask, demo, anna, kind="finance_seal", mark="cover_seal")
    _refused("seal_mark_wrong", _ask, demo, anna, mark="riding_seal")
    _refused("seal_document_unfit", _ask, demo, anna, item="licence")
    _refused("seal_document_missing", _ask, demo, anna, item="audit_report")
    _refused("dossier_item_unknown", _ask, demo, anna, item="letter")
    _ask(demo, anna, mark="copy_seal")
    _ask(demo, anna, kind="finance_seal")


def test_the_commands(keep: Keep, demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep("articles", pages=2)
    file = tmp_path / "a.jpg"
    file.write_bytes(photo(seal_png()))

    def told(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["dossier", "seal-picture", *words, "--enterprise", demo, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, made = told("add", str(file), "--kind", "official_seal", "--width-mm", "41.5")
    assert code == 0, made
    _code, listed = told("list", "--year", str(YEAR))
    assert listed["pictures"][0]["width_mm"] == 41.5
    assert "电子印章管理办法" in str(listed["law"])
    use = ("use", "--kind", "official_seal", "--item", "articles", "--season", str(YEAR), "--reason", "样稿")
    code, refused = told(*use, "--page", "3")
    assert (code, refused["error"]["code"]) == (2, "seal_place")
    code, asked = told(*use, "--page", "2", "--x-mm", "100", "--y-mm", "150.5")
    assert (code, asked["state"]) == (1, "pending"), "a second person decides"
    row = Impression.objects.get()
    assert (row.approval, row.page, row.x_mm, row.y_mm) == (asked["approval"], 2, Decimal(100), Decimal("150.5"))
    assert told("list", "--year", str(YEAR))[1]["impressions"][0]["approval"] == asked["approval"]
    assert told("withdraw", "--kind", "official_seal")[0] == 0
