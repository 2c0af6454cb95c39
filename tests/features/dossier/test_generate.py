"""Generated items: from registers, calls and complaints to PDF and workbook, with the sums of the portrait."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from tests.features.dossier.conftest import bring_calls, code_of, keep_paper, run_year
from tests.support.fixtures import Import, Sheet
from tests.support.scans import scanner
from tests.support.worlds import begin

from nianjian.doors.cli.main import main
from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.paper import people
from nianjian.engines.paper.texts.claims import BLANK
from nianjian.engines.paper.texts.inspection import STEPS
from nianjian.engines.paper.words import CHINESE, ENGLISH, words
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.models import Complaint
from nianjian.features.dossier import materials
from nianjian.features.dossier.check import check
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.kinds import ITEMS as KINDS
from nianjian.features.dossier.models import PagePicture
from nianjian.features.dossier.operations import checklist, generate
from nianjian.features.dossier.operations import package as status
from nianjian.features.dossier.operations.fill_in import state_claim
from nianjian.features.dossier.operations.package import build
from nianjian.features.dossier.pages import package as tables
from nianjian.features.dossier.reading.readers import SheetReading
from nianjian.features.dossier.states import Verdict, finding_text
from nianjian.features.portrait import portraits
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("january")]
YEAR = 2026
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
SEATS = "坐席编号,类型,姓名,证件号,备案状态,备案日期,备案注销日期,开通日期,停用日期"
NOT_GENERATED = "dossier_item_not_generated"


TICKETS = "编号,来源,上级单号,受理时间,投诉人号码,被投诉号码,来电时间,内容,结案时间,排除原因"


def _tickets() -> list[tuple[object, ...]]:
    rows = (
        ("T1", "12321", "2026-03-06", "95013", "2026-03-05", "2026-03-06 12:00:00", ""),
        ("T2", "12300", "2026-04-06", "95013", "2026-04-05", "", ""),
        ("T3", "12321", "2026-05-06", "13800138000", "2026-05-05", "", "非本企业号码"),
        ("T4", "企业", "2026-06-06", "13999999999", "2026-06-05", "2027-01-03 09:00:00", ""),  # closed after the day
        ("T5", "12321", "2025-12-31", "95013", "2025-12-30", "", ""),  # of another year
    )
    return [
        (name, source, f"A{place}", f"{accepted} 09:00:00", f"1390000000{place + 2}", number, f"{day} 10:00:00", "骚扰",
         closed, why)
        for place, (name, source, accepted, number, day, closed, why) in enumerate(rows)
    ]  # fmt: skip


def _calls() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for number in range(24):
        day = f"2026-{1 + number % 12:02d}-05"
        display = "95013" if number % 3 else "13800138000"
        answered = number % 2 == 0
        rows.append(
            (f"c{number}", "呼出", "02110000", display, f"139000000{number:02d}", f"{day} 10:00:00",
             f"{day} 10:00:05" if answered else "", f"{day} 10:01:05", "接通" if answered else "未接")
        )  # fmt: skip
    came = ("2026-03-05 11:00:00", "2026-03-05 11:00:05", "2026-03-05 11:00:35", "接通")
    rows += [(f"i{number}", "呼入", "13911112222", "13911112222", "95013", *came) for number in range(3)]
    return rows


@pytest.fixture
def filled(  # noqa: PLR0917 -- fixtures
    demo: str, anna: Actor, operator: Actor, load: Import, sheet: Sheet, tmp_path: Path
) -> str:
    """An enterprise with registers, calls, complaints and a portrait of the year."""
    begin("generated papers", tmp_path, lambda: _fill(demo, anna, operator, load, sheet))
    return demo


def _fill(demo: str, anna: Actor, operator: Actor, load: Import, sheet: Sheet) -> None:
    load("licences", "许可证编号,企业名称,法定代表人", ("浙B2-20080101", "示例呼叫中心有限公司", "王五"))
    row = ("95013", "5", "已备案", "2024-01-01", "是", "2024-01-01")
    load("numbers", "码号,批准总位长,备案状态,备案日期,呼出权限,有效期起", row)
    load(
        "seats", SEATS,
        ("S1", "人工", "张三丰", "11010519491231002X", "已备案", "2025-01-01", "", "2025-02-01", ""),
        ("S2", "人工", "李四", "", "已备案", "2025-01-01", "", "", ""),
        ("S3", "机器人", "", "", "已备案", "2025-01-01", "", "2025-02-01", "2026-12-31"),
        ("S4", "人工", "赵六", "", "已备案", "2025-01-01", "2026-12-31", "2025-02-01", ""),
        ("S5", "人工", "=1+2", "", "已备案", "2026-12-31", "", "2026-12-31", ""),
    )  # fmt: skip
    bring_calls(demo, operator, sheet(CALLS, *_calls(), name="calls.csv"))
    state_claim(enterprise=demo, actor=operator, year=YEAR, claim="algorithm", part="state", text="已备案")
    load("complaints", TICKETS, *_tickets())
    run_year(demo, anna)


def _text(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _make(demo: str, actor: Actor, folder: Path | None, *items: str) -> dict[str, generate.GeneratedItem]:
    papers = generate.generate(enterprise=demo, year=YEAR, items=items or ("all",), folder=folder, actor=actor)
    return {one.item: one for one in papers}


def test_the_worker_generates_into_the_checklist_and_as_sealed_files(filled: str, anna: Actor) -> None:
    params: dict[str, Any] = {"enterprise": filled, "year": YEAR, "actor": anna}
    first = status.enqueue_generation(items=["seat_table"], files=False, **params)
    assert status.enqueue_generation(items=["seat_table"], files=False, **params) == first, "a double click"
    files = status.enqueue_generation(items=["self_check"], files=True, **params)
    assert code_of(lambda: status.enqueue_generation(items=["self_check"], files=False, **params)) == NOT_GENERATED
    assert {one.id for one in status.get_generation_status(filled, YEAR, anna).working} == {first, files}
    worker = Worker("w1", Event())
    while worker.step():
        pass
    items: Any = queue.job(first).result["items"]
    figures = [(one["figure"], one["paper"], one["portrait"]) for one in items[0]["sums"]]
    assert figures == [("filed", 4, 4), ("opened", 3, 3)]
    status.enqueue_generation(items=["complaint_sop"], files=True, **params)
    while worker.step():
        pass
    latest = status.get_generation_status(filled, YEAR, anna).files
    assert latest is not None
    assert latest.id == files, "the emergency procedure alone is no set of materials"
    pack = zipfile.ZipFile(io.BytesIO(b"".join(status.download_zip(job=files, **params).content)))
    assert {Path(name).suffix for name in pack.namelist()} == {".docx", ".pdf", ".xlsx"}
    assert [one.data["job"] for one in acts(enterprise=filled, verb="dossier.taken")] == [files]

    def seats() -> status.Paper:
        return next(
            one for one in status.get_generation_status(filled, YEAR, anna).papers if one.line.item == "seat_table"
        )

    assert (seats().run, seats().older, len(seats().sums)) == (items[0]["run"], False, 2)
    run = portraits.find_newest_run(filled, YEAR)
    portrait = run and portraits.find_portrait(filled, YEAR, run.id)
    assert portrait
    with portraits.stage_portrait(filled, YEAR, portrait) as put:
        put()
    assert seats().older, "the year has a later portrait"
    agreed = tables.sum_rows([seats()])
    assert agreed is not None
    assert {row[-1].badge for row in agreed.rows} == {"warn"}, "nothing is known of the later one"
    assert tables.generated_papers(filled, YEAR, [seats()]).rows[0][-1].badge == "warn"
    Job.objects.update(finished_at=clock.now() - status.KEPT)
    assert status.delete_expired_outputs() == 2
    assert code_of(lambda: status.download_zip(job=files, **params)) == "dossier_files_unknown"


def test_every_item_is_set_and_agrees_with_the_portrait(filled: str, anna: Actor, tmp_path: Path) -> None:
    papers = _make(filled, anna, tmp_path / "out")
    assert set(papers) == set(generate.ITEMS)
    run = portraits.find_newest_run(filled, YEAR)
    assert run is not None
    for one in papers.values():
        assert not [finding for finding in one.findings if finding.code.startswith("sums_")]
        assert one.verdict is Verdict.NEEDS_PERSON
        printed = one.files[1]
        pages = _text(printed)
        assert not [page for page in pages if run.id in page], "the code carries it"
        assert f"第 {len(pages)} 页　共 {len(pages)} 页" in pages[-1]
        with pypdfium2.PdfDocument(printed) as document:
            assert len(list(document.get_toc())) >= 2
        assert [path.suffix for path in one.files] == [".docx", ".pdf", ".xlsx"]
        assert printed.stat().st_mode & 0o077 == 0
    entries = list(acts(enterprise=filled, verb="dossier.generated"))
    assert sorted(str(one.data["item"]) for one in entries) == sorted(generate.ITEMS)
    (again,) = _make(filled, anna, tmp_path / "again", "monthly_traffic").values()
    assert [path.read_bytes() for path in again.files] == [path.read_bytes() for path in papers[again.item].files]
    _read_back({item: _sheets(one.files[2]) for item, one in papers.items()})


def test_the_names_are_read_once_for_all_items(
    filled: str, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries: list[str | None] = []

    def list_names(enterprise: str | None) -> dict[str, str]:
        queries.append(enterprise)
        return {"anna": "李敏"}

    monkeypatch.setattr(people, "_connected", [list_names])
    Complaint.objects.update(responded_by="anna")
    people.set_enterprise(filled)
    papers = _make(filled, anna, tmp_path, "complaint_records", "responsibility_report")
    people.set_enterprise(None)
    assert queries == [filled]
    assert any("李敏" in row for row in _sheets(papers["complaint_records"].files[2])["投诉处理情况"])


def _read_back(books: dict[str, dict[str, list[list[Any]]]]) -> None:
    seats = books["seat_table"]
    assert seats["汇总"][-1] == ["合计", 5, 4, 3]  # S4 is cancelled on the day, S3 closed, S5 filed and opened on it
    assert [row[0] for row in seats["坐席清单"][1:]] == ["S1", "S2", "S3", "S4", "S5"]
    assert seats["坐席清单"][1][3:5] == ["张三丰", "110***********002X"]
    assert seats["坐席清单"][5][3] == "=1+2"  # a text, no formula
    traffic = books["monthly_traffic"]
    assert traffic["逐月呼叫流量"][-1] == ["合计", 3, 3, 24, 12, 720, 2]
    assert [row[0] for row in traffic["逐月呼叫流量"][1:-1]] == [f"2026-{month:02d}" for month in range(1, 13)]
    march = [row for row in traffic["分号码呼叫流量"] if row[0] == "2026-03"]
    assert march == [["2026-03", "95013", 3, 3, 2, 2, 120, 1]]
    assert {row[1] for row in traffic["分号码呼叫流量"][1:-1]} == {"95013", "手机号"}
    complaints = books["complaint_records"]
    assert [row[1] for row in complaints["汇总"][1:]] == [4, 2, 3, 1]
    assert [row[0] for row in complaints["投诉受理情况"][1:]] == ["T1", "T2", "T3", "T4"]
    assert complaints["投诉受理情况"][1][5:7] == ["139****0002", "95013"]
    assert [row[6] for row in complaints["投诉受理情况"][3:]] == ["13800138000", "139****9999"], (
        "the first is displayed by own calls"
    )
    assert [row[-1] for row in complaints["投诉处理情况"][1:]] == ["计入", "计入", "非本企业号码", "计入"]
    assert books["number_ledger"]["码号批准与备案情况"][1][:2] == ["95013", "5"]
    assert {row[-1] for row in books["self_check"]["材料合计与合规画像比对"][1:]} == {"一致"}
    form = "".join(str(cell) for row in books["algorithm_filing"]["AI外呼算法备案表"] for cell in row)
    assert "在册机器人坐席1个，其中已办理坐席备案1个，已开通0个。" in form
    assert any("王五" in str(row[1]) for row in books["responsibility_report"]["信息安全责任制报告"])


def test_sums_that_differ_stop_the_item(filled: str, anna: Actor, load: Import, tmp_path: Path) -> None:
    load("seats", SEATS, ("S6", "人工", "新人", "", "已备案", "2026-06-01", "", "2026-06-01", ""))
    papers = _make(filled, anna, tmp_path / "out", "seat_table", "self_check")
    findings = [one for one in papers["seat_table"].findings if one.code == "sums_differ"]
    assert [(one.values["figure"], one.values["paper"], one.values["portrait"]) for one in findings] == [
        ("filed", 5, 4), ("opened", 4, 3),
    ]  # fmt: skip
    assert papers["seat_table"].verdict is Verdict.NOT_READY
    assert "不一致" in {row[-1] for row in _sheets(papers["self_check"].files[2])["材料合计与合规画像比对"]}


def test_an_item_becomes_a_version_that_a_person_confirms(
    filled: str, anna: Actor, tmp_path: Path, command: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        set(generate._expand_items(["all"], generate.Values(filled, YEAR), None))
        == set(generate.ITEMS) - generate.INTERNAL
    )
    words = ("generate", "seat_table", "--enterprise", filled, "--season", str(YEAR))
    (result,) = command(*words)["items"]
    assert (result["verdict"], result["version"], result["files"]) == ("needs_person", 1, [])
    assert result["findings"][0]["code"] == "generated_unsigned"
    row = materials.get_version(filled, YEAR, "seat_table", 1)
    assert materials.read_content(row).startswith(b"%PDF")
    assert (row.pages, row.verdict) == (2, "needs_person")
    checklist.confirm(enterprise=filled, year=YEAR, item="seat_table", number=1, actor=anna)
    (again,) = _make(filled, anna, None, "seat_table").values()
    assert (again.confirmed, again.version) == (True, 1)
    package = build(enterprise=filled, year=YEAR, folder=tmp_path / "package", actor=anna)
    assert "seat_table" not in {one.item for one in package.missing}
    assert verify(package.folder, digest=package.digest).intact
    read = [page.get_textpage().get_text_range() for path in package.folder.rglob("*.pdf")
            for page in pypdfium2.PdfDocument(path)]  # fmt: skip
    run = status.portrait_of_item(checklist.get_item_detail(
        enterprise=filled, year=YEAR, item="seat_table", actor=anna, most=1).line)  # fmt: skip
    assert run
    assert not [text for text in read if run in "".join(text.split())], "it stands in a QR code"
    assert main(["dossier", *words]) == 0
    assert re.search("已确认，保持不变|already confirmed", capsys.readouterr().out)


def test_an_upload_that_waits_for_a_person_is_not_set_aside(
    filled: str, anna: Actor, command: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    keep_paper("number_ledger", code=filled, year=YEAR, actor=anna, name="台账.pdf", confirmed=False)
    words = ("generate", "number_ledger", "--enterprise", filled, "--season", str(YEAR))
    assert main(["dossier", *words]) == 1
    assert "--replace" in capsys.readouterr().out
    assert materials.get_version(filled, YEAR, "number_ledger", 1).name == "台账.pdf"
    (result,) = command(*words, "--replace")["items"]
    assert (result["version"], result["waits"]) == (2, False)
    assert PagePicture.objects.filter(version__number=2, version__material__item="number_ledger").exists()
    lines = {one.item: one for one in materials.list_items(filled, YEAR, on=clock.today(), robots=True)}
    assert generate._left(lines["number_ledger"], "", replace=False) is None, "one of ours may be made anew"


CLOCKED = "编号,来源,受理时间,转办到达时间,首次响应时间,回访时间,结案时间,排除原因"
KEPT = ("2026-03-02 09:00:00", "2026-03-02 09:00:00", "2026-03-02 11:00:00")  # the response comes at the last second
IN_TIME = (
    ("K1", "12321", *KEPT, "2026-03-03 08:00:00", "2026-03-03 09:00:00", ""),
    ("K2", "企业", "2026-12-31 20:00:00", "2026-12-31 20:00:00", "2026-12-31 21:00:00", "2027-01-01 10:00:00",
     "2027-01-01 19:00:00", ""),
)  # fmt: skip
LATE = (
    ("L1", "12321", *KEPT[:2], "2026-03-02 11:00:01", "2026-03-02 12:00:00", "2026-03-02 13:00:00", ""),
    ("L2", "12300", *KEPT, "2026-03-03 08:00:00", "2026-03-03 09:00:01", ""),
    ("L3", "12321", *KEPT[:2], "", "", "", ""),
    ("L4", "12321", *KEPT[:2], "", "", "", "非呼叫类"),
    ("L5", "12321", "2025-03-02 09:00:00", "2025-03-02 09:00:00", "", "", "", ""),  # of another year
)
NO_ARRIVAL = ("N1", "12321", KEPT[0], "", "2026-03-02 10:00:00", "2026-03-02 12:00:00", "2026-03-02 13:00:00", "")


PROVED = (
    "2026年度受理并计入结案率的投诉（含转办）2件。截至2027年1月20日，其中2件均在到达后2小时内首次响应、"
    "24小时内办结，无逾期。"
)
FIGURES = (
    "2026年度受理并计入结案率的投诉（含转办）5件。截至2027年1月20日，首次响应超过2小时时限的2件，办结超过24小时时限的2件；"
    "其中逾期至今仍未处理完毕的1件。"
)
UNJUDGED = "逾期至今仍未处理完毕的1件。受理的投诉中有1件未登记到达时间，未作判定。"
LEFT = f"2026年度投诉响应及办结情况（请核实后填写）：{BLANK}。"
BOTH = [("responses_late", 2), ("closes_late", 2)]


@pytest.mark.parametrize(
    ("tickets", "sentence", "lacks"),
    [
        (IN_TIME, PROVED, []),
        ((*IN_TIME, *LATE), FIGURES, BOTH),
        ((*LATE, NO_ARRIVAL), UNJUDGED, [*BOTH, ("arrival_unknown", 1)]),
        ((NO_ARRIVAL,), LEFT, [("arrival_unknown", 1)]),
        ((), LEFT, [("no_tickets", 0)]),
    ],
    ids=["in_time", "late", "late_and_unknown", "no_arrival", "no_tickets"],
)
def test_the_responsibility_report_claims_only_what_the_tickets_prove(
    *, tickets: tuple[tuple[str, ...], ...], sentence: str, lacks: list[tuple[str, int]], blank: str, load: Import
) -> None:
    if tickets:
        load("complaints", CLOCKED, *tickets)
    values = generate.Values(blank, YEAR)
    said = "".join(values.say("tickets_in_time").split())
    assert sentence in said
    assert ("无逾期" in said) is (not lacks), "the claim stands only where nothing is against it"
    assert not re.search("小时内(首次)?响应|小时内办结", said) or not lacks
    findings = list(generate._unproved(values.claim("tickets_in_time"), values))
    assert [(one.values["rule"], one.values["lack"], one.values["count"]) for one in findings] == [
        ("S8", *lack) for lack in lacks
    ]
    for language in (CHINESE, ENGLISH):
        _ = words(language)
        for one in findings:
            text = finding_text(one.code, one.values, _)
            assert _(STEPS[str(one.values["lack"])]) in text, "what would make it true"


@pytest.mark.parametrize(
    ("year", "item", "files", "code"),
    [
        (2025, "seat_table", True, "portrait_missing"),
        (YEAR, "articles", True, NOT_GENERATED),
        (YEAR, "complaint_sop", False, NOT_GENERATED),  # one of the files, but no item of the checklist
    ],
)
def test_without_a_portrait_or_a_known_item_nothing_is_made(  # noqa: PLR0917 -- fixtures
    blank: str, anna: Actor, tmp_path: Path, year: int, item: str, code: str, *, files: bool
) -> None:
    folder = tmp_path / "out"
    params: dict[str, Any] = {"enterprise": blank, "year": year, "actor": anna, "folder": folder if files else None}
    assert code_of(lambda: generate.generate(items=[item], **params)) == code
    assert not folder.exists()


# Beside its missing seals: nothing reads the fields of a paper that the program has made itself.
EXPECTED = {
    "seal_cover_missing", "seal_copy_missing", "seal_grey", "seal_riding_missing", "item_without_reader",
    "fields_unread",
}  # fmt: skip


@pytest.mark.long
def test_no_page_that_is_generated_fails_a_check_but_for_its_seal(filled: str, anna: Actor, tmp_path: Path) -> None:
    """Every page of every paper, printed and scanned as an office does it, goes through all checks of an upload."""
    papers = _make(filled, anna, tmp_path)
    assert set(papers) == set(generate.ITEMS)
    by_item: dict[str, list[tuple[str, int | None]]] = {}
    for item, one in papers.items():
        (paper,) = (file for file in one.files if file.suffix == ".pdf")
        kind = item if item in KINDS else "monthly_traffic"  # for the house itself: by the form of a paper for others
        book = Rulebook.on(clock.today())
        checked = check(_scan(paper, tmp_path), KINDS[kind], reading=SheetReading(book, clock.today()), book=book)
        assert [page.rotation for page in checked.pages] == [0] * len(checked.pages), item
        by_item[item] = [(code.code, code.page) for code in checked.findings if code.code not in EXPECTED]
    assert {item: codes for item, codes in by_item.items() if codes} == {}


def _scan(paper: Path, folder: Path) -> Path:
    """All pages as a colour scanner of 300 dpi hands them on, a little askew."""
    rng, images = random.Random(7), []
    with pypdfium2.PdfDocument(paper) as document:
        for page in document:
            image = np.ascontiguousarray(page.render(scale=300 / 72).to_numpy()[..., :3])
            faults = scanner.Faults(skew=0.3, noise=2, quality=85)
            images.append(Image.open(io.BytesIO(scanner.scanned(image, faults, rng)[1])))
    file = folder / f"{paper.stem}-scan.pdf"
    images[0].save(file, "PDF", save_all=True, append_images=images[1:], resolution=300, quality=85)
    return file
