"""Hostile files: each costs one clear message, none hangs or kills who reads it, nothing active is left."""

import io
import json
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image
from tests.support.hostile import pdfs
from tests.support.hostile.raw import pdf
from tests.support.read_pages import BOOK, DAY, page

from nianjian.engines.kernel import limited
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import ERRORS, error_message
from nianjian.engines.paper.words import words
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside.draw import draw
from nianjian.features.dossier.ingest.receive import ReceivedFile, receive, render_pages, unpack
from nianjian.features.dossier.kinds import ITEMS
from nianjian.features.dossier.recognition import Proposal, recognise_item

LEFT = (b"pwned-by-js", b"hidden-script", b"key-script", b"MZ-embedded-program", b"cmd.exe", b"passwd", b"evil.example")


def taken(folder: Path, name: str, data: bytes) -> ReceivedFile:
    file = folder / name
    file.write_bytes(data)
    return receive(file, folder)


def cleaned(folder: Path, name: str, data: bytes) -> tuple[ReceivedFile, Path]:
    got = taken(folder, name, data)
    assert got.clean is not None
    return got, got.clean


def drawn(clean: Path) -> list[dict[str, Any]]:
    """What the program that draws tells of each page."""
    with redirect_stdout(io.StringIO()) as out, tempfile.TemporaryDirectory() as folder:
        draw(str(clean), folder, json.dumps({"first": 1, "last": limits.PAGES, "dpi": 50, "small": 1, "strip": 0}))
    return [record for record in map(json.loads, out.getvalue().splitlines()) if "page" in record]


def clear(error: NianjianError, name: str) -> None:
    """One sentence in both languages that names the file."""
    assert error.code in ERRORS
    for language in ("en", "zh_Hans"):
        said = error_message(error.code, error.values, words(language))
        assert name in said
        assert "‹" not in said


def refused(code: str, name: str, call: Callable[..., object], *args: object, **more: object) -> NianjianError:
    with pytest.raises(NianjianError, match=code or ".") as caught:
        call(*args, **more)
    clear(caught.value, name)
    return caught.value


@pytest.mark.parametrize("name", list(pdfs.REFUSED))
def test_a_hostile_pdf_costs_one_message(tmp_path: Path, name: str) -> None:
    file = f"{name}.pdf"
    code = {"huge_page": "dossier_page_side", "huge_picture": "dossier_pixels_many"}.get(name, "")
    error = refused(code, file, taken, tmp_path, file, pdfs.REFUSED[name]())
    assert not code or error.values["page"] == 1


@pytest.mark.parametrize("name", list(pdfs.COSTLY))
def test_what_only_drawing_shows_ends_with_the_page_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    got, clean = cleaned(tmp_path, f"{name}.pdf", pdfs.COSTLY[name]())
    monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    began = time.monotonic()
    try:
        pages, refused = sum(1 for _ in render_pages(clean, got.pages, name=got.name, dpi=100)), None
    except NianjianError as error:
        pages, refused = got.pages, error
    assert pages == got.pages
    if refused is not None:
        assert (refused.code, refused.values["page"]) == ("dossier_page_costly", 1)
        clear(refused, got.name)
    assert time.monotonic() - began < limits.WALL_SECONDS + 10


ACTIVE = {
    "active_content": {"attachments", "javascript", "launch", "links"},
    "hidden_javascript": {"javascript"},
}


@pytest.mark.parametrize("name", list(pdfs.TAKEN))
def test_the_rest_is_repaired_or_cleaned_and_can_be_drawn(tmp_path: Path, name: str) -> None:
    got, clean = cleaned(tmp_path, f"{name}.pdf", pdfs.TAKEN[name]())
    assert len(drawn(clean)) == got.pages
    assert (got.locked, set(got.active)) == (name == "owner_password", ACTIVE.get(name, set()))
    with pikepdf.open(clean) as opened:
        assert not opened.is_encrypted
    saved = everything(clean)
    assert not [word for word in (*LEFT, b"/JavaScript") if word in saved]
    assert name not in ACTIVE or any(word in got.original.read_bytes() for word in LEFT), "it is kept as it came"
    assert got.original.name == f"{got.sha256}.original"
    assert got.original.stat().st_mode & 0o777 == 0o400


def everything(path: Path) -> bytes:
    """The bytes of a PDF and of every object in it, unpacked."""
    with pikepdf.open(path) as opened:
        streams = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
        others = [one for one in opened.objects if not isinstance(one, pikepdf.Stream)]
        parts = [*(one.read_raw_bytes() for one in streams), *(one.unparse(resolved=True) for one in others)]
    return b"\n".join([path.read_bytes(), *parts])


def test_what_no_remover_finds_is_drawn_anew(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        opened.pages[0].obj["/Odd"] = pikepdf.Dictionary(Deep=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app"))
        opened.save(tmp_path / "odd.pdf")
    got, clean = cleaned(tmp_path, "x.pdf", (tmp_path / "odd.pdf").read_bytes())
    assert (got.rebuilt, "javascript" in got.active) == (True, True)
    assert b"/JavaScript" not in everything(clean)
    with pikepdf.open(clean) as opened:
        assert len(opened.pages) == got.pages
        assert list(opened.pages[0].resources.keys()) == ["/XObject"]
    assert not taken(tmp_path, "y.pdf", pdf()).rebuilt


def photo(form: str, size: tuple[int, int] = (620, 877), **settings: object) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(out, form, **settings)
    return out.getvalue()


def exif(key: int, value: object) -> Image.Exif:
    tags = Image.Exif()
    tags[key] = value
    return tags


@pytest.mark.parametrize(("form", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif")])
def test_a_picture_becomes_a_page(tmp_path: Path, form: str, ending: str) -> None:
    (page,) = drawn(cleaned(tmp_path, f"a.{ending}", photo(form, dpi=(75, 75)))[1])
    assert round(page["wide_mm"]) == 210
    assert round(page["pictures"][0]["dpi"][0]) == 75


def test_a_jpegs_bytes_stay_but_its_place_and_what_lies_behind_go(tmp_path: Path) -> None:
    original = photo("JPEG", exif=exif(0x010E, "secret-place")) + b"PK-second-file"
    saved = everything(cleaned(tmp_path, "a.jpg", original)[1])
    assert b"secret-place" not in saved
    assert b"PK-second-file" not in saved


def test_a_photo_that_was_taken_turned_is_set_upright(tmp_path: Path) -> None:
    (page,) = drawn(cleaned(tmp_path, "a.jpg", photo("JPEG", (877, 620), exif=exif(0x0112, 6)))[1])
    assert page["wide_mm"] < page["high_mm"]


def test_pages_of_a_tiff_are_pages(tmp_path: Path) -> None:
    out = io.BytesIO()
    frames = [Image.new("1", (1240, 1754), number % 2) for number in range(3)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4", dpi=(150, 150))
    assert taken(tmp_path, "a.tif", out.getvalue()).pages == 3


def png_bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (12_500, 12_500)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.png", png_bomb, "dossier_picture_pixels"),
        ("a.jpg", lambda: photo("JPEG")[:5000], "dossier_picture_broken"),
        ("a.png", lambda: photo("PNG")[:5000], "dossier_picture_broken"),
        ("a.tif", lambda: b"II*\x00" + bytes(500), "dossier_picture_broken"),
        ("a.docx", lambda: b"PK\x03\x04" + bytes(60), "dossier_type_unknown"),
    ],
)
def test_a_hostile_picture_costs_one_message(tmp_path: Path, name: str, make: Callable[[], bytes], code: str) -> None:
    refused(code, name, taken, tmp_path, name, make())


OFD = """<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD" Version="1.0">
<ofd:DocBody><ofd:DocInfo><ofd:DocID>abc</ofd:DocID><ofd:Creator>test</ofd:Creator></ofd:DocInfo>
<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>
</ofd:DocBody></ofd:OFD>"""
DOCUMENT = """<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Pages><ofd:Page ID="1"/><ofd:Page ID="2"/>
</ofd:Pages></ofd:Document>"""
SIGNATURES = """<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Signature ID="1" Type="Seal"/>
</ofd:Signatures>"""
LAUGHS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"""


def package(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_an_ofd_is_kept_with_its_facts_and_not_opened(tmp_path: Path) -> None:
    whole = {"OFD.xml": OFD, "Doc_0/Document.xml": DOCUMENT, "Doc_0/Signs/Signatures.xml": SIGNATURES}
    got = taken(tmp_path, "a.ofd", package(whole))
    assert got.clean is None
    assert (got.ofd["standard"], got.ofd["pages"], got.ofd["signatures"]) == (True, 2, 1)
    assert got.ofd["described"] == {"DocID": "abc", "Creator": "test"}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"OFD.xml": LAUGHS}, "dossier_ofd_broken"),
        ({"OFD.xml": LAUGHS.replace('"ha"', 'SYSTEM "file:///etc/passwd"')}, "dossier_ofd_broken"),
        ({"other.xml": "<a/>"}, "dossier_ofd_broken"),
        ({"OFD.xml": OFD, "bomb": bytes(60 << 20)}, "dossier_ofd_bomb"),
    ],
)
def test_a_hostile_ofd_costs_one_message(tmp_path: Path, members: dict[str, str | bytes], code: str) -> None:
    refused(code, "a.ofd", taken, tmp_path, "a.ofd", package(members))


def test_the_child_has_nothing_of_the_parent() -> None:
    assert set(limited._ENVIRONMENT) == {"PATH", "LANG", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}


# A package as a zip: unpacked within limits, and nothing outside the folder.


def unpacked(folder: Path, members: dict[str, str | bytes], *swap: bytes) -> Path:
    """``swap``: bytes of the zip that are replaced, by what."""
    path, out = folder / "p.zip", folder / "out"
    path.write_bytes(package(members).replace(*swap) if swap else package(members))
    out.mkdir()
    return unpack(path, out, marker="manifest.json")


def test_the_folder_of_the_manifest_is_the_package(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, {"材料/manifest.json": b"{}", "材料/upload/a.pdf": b"x"})
    assert folder == tmp_path / "out" / "材料"
    assert (folder / "upload" / "a.pdf").read_bytes() == b"x"


def test_names_in_gbk_are_read(tmp_path: Path) -> None:
    unpacked(tmp_path, {"XXXX.pdf": b"x"}, b"XXXX", "材料".encode("gbk"))
    assert (tmp_path / "out" / "材料.pdf").is_file()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        *(({name: b"x"}, "dossier_zip_path") for name in ("../a.pdf", "/a.pdf", "a/../../b.pdf", "..\\a.pdf")),
        ({"a.pdf": bytes(50 << 20)}, "dossier_zip_large"),
    ],
)
def test_members_that_leave_the_folder_and_bombs_are_refused(
    tmp_path: Path, members: dict[str, str | bytes], code: str
) -> None:
    refused(code, "p.zip", unpacked, tmp_path, members)
    assert list((tmp_path / "out").rglob("*")) == []


def test_a_broken_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 nonsense")
    refused("dossier_zip_broken", "p.zip", unpack, tmp_path / "p.zip", tmp_path, marker="manifest.json")


# Which item a file seems to be: headings, words and the item's own reader; nothing is passed that is not clear.

Rows = Sequence[str | Sequence[str]]
PAPERS: dict[str, Rows] = {
    "business_licence": ["营 业 执 照", "统一社会信用代码 91110000600037341L", "法定代表人 刘垚", "经营范围"],
    "licence": [
        "中华人民共和国", "增值电信业务经营许可证", "许可证编号：B2-20200001", "业务种类", "有效期至 2030年1月1日",
    ],
    "articles": ["杭州云桥通信技术有限公司章程", "第一章 总则", "第一条 依据公司法制定", "股东会", "出资额"],
    "shareholders": ["股东及出资信息", ["股东名称", "认缴出资额", "持股比例"], ["甲", "100", "60%"]],
    "audit_report": ["审计报告", "一、审计意见", "审计了财务报表", "某某会计师事务所", "中国注册会计师"],
    "legal_person_id": [
        "中华人民共和国", "居民身份证", "签发机关 某市公安局", "有效期限 2016.01.01-2036.01.01", "民族 汉 住址",
    ],
    "social_insurance": ["社会保险单位参保缴费证明", ["养老保险", "失业保险", "工伤保险"], "缴费基数"],
    "number_ledger": ["码号资源使用台账", ["码号", "批准文号", "用途", "启用日期", "接入地"]],
    "seat_table": ["坐席明细表", ["坐席", "工号", "人工", "备案", "开通"]],
    "monthly_traffic": ["呼叫流量月报", ["月份", "呼入", "呼出", "接通", "通话时长"]],
    "complaint_records": ["用户投诉处理记录", ["工单", "投诉", "办结", "回访", "12321"]],
    "responsibility_report": ["信息安全责任制报告", "第一责任人", "应急预案与培训", "信息安全责任"],
    "algorithm_filing": ["AI外呼算法备案表", ["算法名称", "算法类型", "备案编号"], "机器人外呼"],
}  # fmt: skip


def seems(*rows: str | Sequence[str]) -> Proposal:
    return recognise_item([page(rows)], BOOK, DAY)


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_is_told_by_its_heading_and_words(item: str) -> None:
    proposal = seems(*PAPERS[item])
    assert (proposal.item, proposal.sure) == (item, True), proposal


def test_a_heading_may_have_one_sign_misread_and_none_stands_in_a_sentence() -> None:
    assert seems("呼叫流星月报", ["月份", "呼入", "呼出", "接通", "通话时长"]).item == "monthly_traffic"
    letter = seems("关于补充材料的说明", "兹附上贵局要求的审计报告以及营业执照复印件各一份请查收", "此致敬礼")
    assert (letter.item, letter.sure) == (None, False)
    alike = seems("审计报告", "营业执照")  # a person decides
    assert (alike.item, {one.item for one in alike.guesses}) == (None, {"audit_report", "business_licence"})
    assert recognise_item([page([])], BOOK, DAY) == Proposal(None, sure=False, guesses=())


def test_the_items_own_reader_is_evidence() -> None:
    best = seems("营 业 执 照", "统一社会信用代码 91110000600037341L", ["法定代表人", "刘垚"]).guesses[0]
    assert "credit_code" in best.fields
    assert best.title == "营 业 执 照"
