"""The two bases of a data year, from files to both lights, the choice, the papers and the tasks of January."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.features.dossier.conftest import keep_paper
from tests.support import packages
from tests.support.fixtures import Import, Sheet
from tests.support.people import signed_in
from tests.support.worlds import begin
from tests.support.written import overlay

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import Basis
from nianjian.engines.metrics.simulate import Moves
from nianjian.engines.paper.figures import period_text
from nianjian.engines.paper.sections import advice_lines
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.archives.closed_seasons import store_archive
from nianjian.features.calls.operations import import_calls
from nianjian.features.dossier.operations import package, rounds
from nianjian.features.dossier.operations.generate import build_head
from nianjian.features.overview.facts import build_overview, build_portfolio
from nianjian.features.portrait import bases, portraits
from nianjian.features.portrait.documents import BasisPortrait
from nianjian.features.portrait.operations import choose_basis, compute_and_simulate, run_portrait
from nianjian.features.season.operations import note_report
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
NUMBERS = "码号,批准总位长,备案状态,备案日期,呼出权限,有效期起"
SEATS = "坐席编号,类型,备案状态,备案日期,备案注销日期,开通日期"
TICKETS = (
    "编号,来源,上级单号,受理时间,投诉人号码,被投诉号码,来电时间,内容,首次响应时间,回访时间,回访结果,处理措施,结案时间"
)


@pytest.fixture(autouse=True)
def _home(keys: None) -> None:
    """A home of the test's own."""


def _today(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", day)


def _load_calls(sheet: Sheet, actor: Actor, days: int = 365) -> None:
    """An answered call a day of 2026 with the own number, on the first ``days``; forty of 2027 that show a landline."""
    calls = [(date(2026, 1, 1) + timedelta(days=n), "95013") for n in range(days)]
    calls += [(date(2027, 1, 4), "02188886666")] * 40
    at = ["呼出", "02110000", "{1}", "13900000001", "{0} 10:00:00", "{0} 10:00:05", "{0} 10:01:05", "接通"]
    rows = [(f"c{n}", *(cell.format(*one) for cell in at)) for n, one in enumerate(calls)]
    how: Json = {"source": "auto", "mapping_file": None, "timezone": None, "replace": None}
    path: Path = sheet(CALLS, *rows, name="calls.csv")
    import_calls(enterprise="demo", patterns=[str(path)], actor=actor, progress=lambda *_figures: None, **how)


def _seats(cut: str) -> list[tuple[str, ...]]:
    """100 filed, 60 of them opened; the last fifteen leave the filing on the day ``cut``, none where it is ""."""
    return [
        (
            f"S{n:03}", "人工", "已注销" if cut and n >= 85 else "已备案", "2024-01-01", cut if n >= 85 else "",
            "2024-01-02" if n < 60 else "",
        )
        for n in range(100)
    ]  # fmt: skip


def _tickets(*closed_in_january: int) -> list[tuple[str, ...]]:
    """50 of March 2026, 48 of them closed the same day."""
    rows = []
    for n in range(50):
        day = "2026-03-06" if n < 48 else "2027-01-15" if n in closed_in_january else ""
        ended = (f"{day} 15:00:00", "满意", "致歉", f"{day} 16:00:00") if day else ("", "", "", "")
        complaint = ("企业", f"A{n}", "2026-03-06 09:00:00", f"139000000{n:02}", "95013", "2026-03-05 10:00:00", "骚扰")
        rows.append((f"T{n:02}", *complaint, "2026-03-06 10:00:00", *ended))
    return rows


def _run(actor: Actor, as_of: date | None = None) -> Json:
    ran = run_portrait(enterprise="demo", year=2026, as_of=as_of, province=None, today=None, raw=False, actor=actor)
    return ran.as_dict()


def _list_bases(actor: Actor) -> dict[str, BasisPortrait]:
    return {one.basis: one for one in bases.bases_to_document("demo", 2026, actor).bases}


def _values(portrait: BasisPortrait) -> dict[str, tuple[str, str]]:
    return {one["slug"]: (one["light"], one["value"]) for one in portrait.metrics}


def _tasks(day: date, actor: Actor) -> dict[str, str]:
    season = summarize_season(enterprise="demo", year=2026, today=day, actor=actor)
    names = {"portrait", "stopped_seats", "old_tickets"}
    return {one.task: one.state for one in season.tasks if one.task in names}


@pytest.fixture
def january(  # noqa: PLR0917 -- fixtures
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Actor:
    """The fifth of January: 100 seats filed and 60 opened, 48 of 50 tickets closed, everything else green."""
    _today(monkeypatch, "2027-01-05")

    def fill() -> None:
        load("numbers", NUMBERS, ("95013", "5", "已备案", "2024-01-01", "是", "2024-01-01"))
        load("seats", SEATS, *_seats(""))
        load("complaints", TICKETS, *_tickets())
        _load_calls(sheet, operator)
        _run(anna)

    begin("fifth of January", home, fill)
    return anna


def test_january_turns_the_filing_basis_from_yellow_to_green(
    january: Actor, load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filing cut from 100 to 85 seats, closed tickets from 48 to 49 of 50; 31 December stays as it was."""
    yellow = {
        "seat_vacancy": ("yellow", "40.0000"), "complaint_rate": ("green", "0.0000"),
        "number_consistency": ("green", "100.0000"), "closing_rate": ("yellow", "96.0000"),
    }  # fmt: skip
    by_basis = _list_bases(january)
    assert [(one.as_of, one.light) for one in by_basis.values()] == [
        ("2026-12-31", "yellow"), ("2027-01-05", "yellow"),
    ]  # fmt: skip
    assert _values(by_basis["year_end"]) == _values(by_basis["filing"]) == yellow
    assert by_basis["year_end"].advice == []
    steps = {one["code"]: one for one in by_basis["filing"].advice}
    assert (steps["cut_seats"]["count"], steps["cut_seats"]["value"], steps["cut_seats"]["light"]) == (
        15, "29.4118", "green",
    )  # fmt: skip
    assert (steps["close_tickets"]["count"], steps["close_tickets"]["value"]) == (1, "98.0000")
    assert "move_line" not in steps
    tried = compute_and_simulate(
        enterprise="demo", year=2026, as_of=None, province=None, moves=Moves(cut_seats=15, close_tickets=1),
        actor=january, waiting=lambda _file: None,
    )  # fmt: skip
    assert [tried.before["light"], tried.after["light"]] == ["yellow", "green"]
    assert {one["last_day"] for one in steps.values()} == {"2027-03-31"}
    assert _tasks(date(2027, 1, 5), january) == {"portrait": "done", "stopped_seats": "open", "old_tickets": "open"}
    _today(monkeypatch, "2027-01-20")
    load("seats", SEATS, *_seats("2027-01-12"))
    load("complaints", TICKETS, *_tickets(48))
    _run(january)
    by_basis = _list_bases(january)
    assert _values(by_basis["year_end"]) == yellow
    assert _values(by_basis["filing"]) == {
        **yellow, "seat_vacancy": ("green", "29.4118"), "closing_rate": ("green", "98.0000"),
    }  # fmt: skip
    assert [(one.as_of, one.light) for one in by_basis.values()] == [
        ("2026-12-31", "yellow"), ("2027-01-20", "green"),
    ]  # fmt: skip
    assert _tasks(date(2027, 1, 20), january) == {"portrait": "done", "stopped_seats": "done", "old_tickets": "done"}


def test_stopped_seats_are_off_line_when_none_is_filed_or_the_filing_was_cut(
    january: Actor, load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A light that is green with twenty filed seats standing idle closes nothing."""

    def state(rows: list[tuple[str, ...]]) -> str:
        load("seats", SEATS, *rows)
        _run(january, clock.today())
        assert _values(_list_bases(january)["filing"])["seat_vacancy"][0] == "green"
        return _tasks(clock.today(), january)["stopped_seats"]

    idle = [(*row[:5], "2024-01-02" if n < 80 else "") for n, row in enumerate(_seats(""))]
    assert state(idle) == "open"
    assert state([(*row[:5], "2024-01-02") for row in idle]) == "done"
    _today(monkeypatch, "2027-01-20")
    assert state(
        [(*row[:2], "已注销", row[3], "2027-01-12", "") if n >= 90 else row for n, row in enumerate(idle)]
    ) == ("done")


def test_january_alone_proves_no_year_whatever_the_as_of_day(  # noqa: PLR0917 -- fixtures
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Complaint rate and number consistency count the whole year's calls as of 31 January, too: its days can lack."""
    _today(monkeypatch, "2027-01-05")
    load("numbers", NUMBERS, ("95013", "5", "已备案", "2024-01-01", "是", "2024-01-01"))
    load("seats", SEATS, *((*row[:5], "2024-01-02") for row in _seats("")))
    rows = [[str(cell).replace("2026-03", "2026-01") for cell in row] for row in _tickets()]
    load("complaints", TICKETS, *rows[:48])
    _load_calls(sheet, operator, days=31)
    portrait = _run(anna, date(2026, 1, 31))
    assert {one["light"] for one in portrait["metrics"]} == {"green"}
    missing: Json = {"code": "days_without_records", "count": 334}
    missing["ranges"] = [{"from": "2026-02-01", "to": "2026-12-31"}]
    assert (portrait["light"], portrait["missing"]) == ("insufficient", [missing])


def test_a_run_within_the_year_stands_for_nothing_once_the_year_is_over(january: Actor) -> None:
    """今天, the portfolio and the tasks keep to the run on a basis; the asked run is there beside it."""
    assert _run(january, date(2026, 1, 31)) == portraits.find_portrait("demo", 2026)
    standing = bases.find_standing_run("demo", 2026)
    assert standing is not None
    assert (standing.as_of, standing) == ("2026-12-31", portraits.find_basis_run("demo", 2026, Basis.YEAR_END))
    (entry,) = build_portfolio([accounts.enterprise("demo")])
    assert entry.run == standing
    portrait = build_overview(accounts.enterprise("demo"), january, None).portrait
    assert portrait is not None
    assert portrait["period"]["as_of"] == "2026-12-31"
    assert _tasks(date(2027, 1, 5), january)["portrait"] == "done"
    choose_basis(enterprise="demo", year=2026, basis="filing", reason="省局通知", actor=january)
    portraits.show_run("demo", 2026, portraits.list_runs("demo", 2026)[0])  # the asked run is the newest again
    assert bases.find_standing_run("demo", 2026) == portraits.find_basis_run("demo", 2026, Basis.FILING)


def test_a_run_as_at_31_december_made_in_october_stands_for_no_basis(  # noqa: PLR0917 -- fixtures
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closes no task, and in January it is neither the year's end nor what papers speak of beside a later one."""
    _today(monkeypatch, "2026-10-16")
    load("numbers", NUMBERS, ("95013", "5", "已备案", "2024-01-01", "是", "2024-01-01"))
    load("seats", SEATS, *_seats(""))
    load("complaints", TICKETS, *_tickets())
    _load_calls(sheet, operator, days=288)
    _run(anna, date(2026, 12, 31))
    assert build_head("demo", 2026)[0].basis.startswith("年度未结束："), "no paper speaks of the year's end"
    assert "年度未结束：" in signed_in("anna").get("/e/demo/2026/").content.decode()
    assert _tasks(date(2026, 10, 16), anna)["portrait"] == "ahead"
    _today(monkeypatch, "2027-01-05")
    assert _tasks(date(2027, 1, 5), anna)["portrait"] == "open"
    assert [one.run for one in _list_bases(anna).values()] == [None, None]
    _run(anna)
    assert _tasks(date(2027, 1, 5), anna)["portrait"] == "done"
    assert [one.as_of for one in _list_bases(anna).values()] == ["2026-12-31", "2027-01-05"]


def test_a_run_as_at_a_day_of_filing_to_come_is_no_basis_of_filing(
    january: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On 5 January nobody knows what stands on 20 March; on that day it is asked again."""
    standing = bases.find_standing_run("demo", 2026)
    portrait = _run(january, date(2027, 3, 20))
    assert {"code": "as_of_ahead", "as_of": "2027-03-20", "today": "2027-01-05"} in portrait["warnings"]
    assert bases.find_standing_run("demo", 2026) == standing
    run = portraits.list_runs("demo", 2026)[0]
    words_of_it = portraits.describe_run_basis("demo", 2026, run, words(CHINESE))
    assert words_of_it.startswith("不是申报口径，2027年3月20日尚未到来：")
    page = signed_in("anna").get("/e/demo/2026/").content.decode()
    assert "于2027-01-05按2027-03-20计算，该日尚未到来：不作为申报口径，也不完成任何任务" in page
    _today(monkeypatch, "2027-03-20")
    assert _list_bases(january)["filing"].as_of == "2027-01-05", "the run that was made ahead never becomes one"
    _run(january, date(2027, 3, 20))
    assert _list_bases(january)["filing"].as_of == "2027-03-20"


def test_the_only_run_of_a_year_is_none_of_filing_either_where_it_was_made_ahead(
    demo: str, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _today(monkeypatch, "2027-01-05")
    portrait = _run(anna, date(2027, 3, 20))
    assert _tasks(date(2027, 1, 5), anna)["portrait"] == "open"
    with pytest.raises(NianjianError, match="basis_not_computed"):
        build_head(demo, 2026)
    with pytest.raises(NianjianError, match="dossier_basis_differs"):
        bases.require_filed_basis(demo, 2026, portraits.list_runs(demo, 2026)[0])
    assert period_text(portrait, words(CHINESE)).endswith("按尚未到来的日期")


def test_a_season_that_is_missed_keeps_both_bases_until_it_is_closed(
    january: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _today(monkeypatch, "2028-01-03")
    both = ((Basis.YEAR_END, date(2026, 12, 31)), (Basis.FILING, date(2028, 1, 3)))
    assert bases.list_open_bases("demo", 2026, clock.today()) == both
    _run(january)
    assert [one.as_of for one in _list_bases(january).values()] == ["2026-12-31", "2028-01-03"]
    store_archive(enterprise="demo", year=2026, document={}, files=(), actor=january)
    assert bases.list_open_bases("demo", 2026, clock.today()) == ()


def test_today_promises_what_the_standing_basis_can_still_become_and_no_more(
    january: Actor, load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at 31 December nothing changes any more; on the day of filing seats and tickets do, until 31 March."""
    client = signed_in("anna")

    def take(*closed_in_january: int) -> None:
        """The tickets as forwarded, so that an open one is overdue."""
        rows = ((*row, "2026-03-06 09:00:00") for row in _tickets(*closed_in_january))
        load("complaints", f"{TICKETS},转办到达时间", *rows)

    def ends(page: str) -> list[bool]:
        verdict = page.split('class="verdict')[1].split("</section>", maxsplit=1)[0]
        gain = "再办结 1 张，结案率即达 98 %"
        return ["数字不再变动" in verdict, "数字在3月31日之后不再变动" in verdict, gain in page]

    take()
    assert ends(client.get("/e/demo/").content.decode()) == [True, False, False]
    choose_basis(enterprise="demo", year=2026, basis="filing", reason="省局通知", actor=january)
    assert ends(client.get("/e/demo/").content.decode()) == [False, True, True]
    _today(monkeypatch, "2027-01-20")
    take(48)
    _run(january, clock.today())
    assert ends(client.get("/e/demo/").content.decode()) == [False, True, False], "the vacancy alone is left"


def test_the_chosen_basis_stands_and_every_paper_carries_it(january: Actor) -> None:
    head, _portrait = build_head("demo", 2026)
    assert (head.as_of, head.basis.partition("：")[0]) == (date(2026, 12, 31), "年末口径")
    assert portraits.find_portrait("demo", 2026)["period"]["basis"] == "year_end"  # type: ignore[index]
    with pytest.raises(NianjianError) as refused:
        choose_basis(enterprise="demo", year=2026, basis="filing", reason=" ", actor=january)
    assert refused.value.code == "basis_reason_missing"
    chosen = choose_basis(enterprise="demo", year=2026, basis="filing", reason="省局通知", actor=january)
    head, portrait = build_head("demo", 2026)
    assert (head.run, portrait["period"]["basis"]) == (chosen.run, "filing")
    assert head.basis == ("申报日口径：坐席、备案和投诉工单办结情况截至2027年1月5日，通话和投诉受理为2026年全年")
    assert portraits.find_portrait("demo", 2026)["period"]["as_of"] == "2027-01-05"  # type: ignore[index]
    document = bases.bases_to_document("demo", 2026, january)
    assert document.chosen is not None
    assert (document.basis, document.chosen.reason, document.rule.value) == (
        "filing",
        "省局通知",
        "year_end",
    )
    (entry,) = acts(verb="portrait.choose_basis")
    assert entry.data == {"year": 2026, "basis": "filing", "run": chosen.run}


def test_papers_on_another_basis_than_the_chosen_one_are_not_bound(january: Actor, tmp_path: Path) -> None:
    """Neither into a package, nor is one handed in that was built before the choice."""

    def keep(seed: int) -> None:
        head, _portrait = build_head("demo", 2026)
        body = packages.scans(tmp_path / "paper.pdf", [seed], dpi=60).read_bytes()
        keep_paper("seat_table", body, year=2026, actor=january, report={"fields": {"run": head.run}})

    def build(name: str) -> package.BuiltPackage:
        return package.build(enterprise="demo", year=2026, folder=tmp_path / name, actor=january)

    keep(1)
    built = build("before")
    bases.require_filed_basis("demo", 2026, built.run)
    choose_basis(enterprise="demo", year=2026, basis="filing", reason="省局通知", actor=january)
    with pytest.raises(NianjianError, match="dossier_basis_differs") as refused:
        build("differs")
    assert refused.value.values == {"basis": "year_end", "filed_basis": "filing"}
    content = (built.folder / "manifest.json").read_bytes()
    listed = rounds.PaperContent("manifest.json", "application/json", content)
    handed = rounds.Package(built.digest, {}, built.pages, built_here=True, manifest=listed, run=built.run)
    with pytest.raises(NianjianError, match="dossier_basis_differs"):
        rounds.record_submission(
            enterprise="demo", year=2026, package=handed, actor=january,
            handed=rounds.Handover(clock.today(), "浙江省通信管理局"),
        )  # fmt: skip
    keep(2)
    assert build("after").run == bases.find_filed_run("demo", 2026).id  # type: ignore[union-attr]


def _file(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """On 20 January it is noted that the report was handed in on the 18th."""
    _today(monkeypatch, "2027-01-20")
    report: Json = {"track": "licence", "licence": None, "day": date(2027, 1, 18), "receipt": "R1"}
    note_report(enterprise="demo", year=2026, actor=actor, **report)


def test_a_filed_season_keeps_its_basis(january: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_basis(enterprise="demo", year=2026, basis="filing", reason="省局通知", actor=january)
    _file(january, monkeypatch)
    ran = _run(january)
    assert (ran["period"]["as_of"], ran["advice"]) == ("2027-01-18", [])
    assert len(portraits.list_runs("demo", 2026)) == 3
    with pytest.raises(NianjianError) as refused:
        choose_basis(enterprise="demo", year=2026, basis="year_end", reason="x", actor=january)
    assert refused.value.code == "basis_filed"


def test_the_rulebook_says_which_basis_a_province_asks_for(january: Actor) -> None:
    overlay("portrait.basis", "filing", date(2027, 1, 1), enterprise="", province="浙江")
    document = bases.bases_to_document("demo", 2026, january)
    assert (document.basis, document.chosen, document.rule.value) == ("filing", None, "filing")
    assert _run(january)["period"]["basis"] == build_head("demo", 2026)[1]["period"]["basis"] == "filing"


def test_pages_show_both_bases_and_take_the_choice(january: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("anna")
    page = client.get("/e/demo/2026/").content.decode()
    assert "尚未选定。规则要求的口径：年末口径（12月31日）" in page
    assert "最迟申报日：3月31日。" in page
    assert "目前已无任何措施可以改变这些数据。" in page
    for text in (page, client.get("/e/demo/").content.decode()):
        assert "年末口径（12月31日）" in text
        assert "申报日口径" in text
    refused = client.post("/e/demo/2026/basis/", {"basis": "filing", "reason": ""})
    assert refused.status_code == 422
    taken = client.post("/e/demo/2026/basis/", {"basis": "filing", "reason": "省局通知"}, follow=True)
    assert "anna 于 " in taken.content.decode()
    assert bases.get_basis("demo", 2026).reason == "省局通知"
    _file(january, monkeypatch)
    assert "两种口径" not in client.get("/e/demo/2026/").content.decode()
    assert "申报日口径" not in client.get("/e/demo/").content.decode()


def test_advice_names_its_last_day_and_leaves_what_is_over() -> None:
    step = {"code": "close_tickets", "metric": "closing_rate", "count": 1, "light": "green", "value": "98.0000"}
    portrait = {"metrics": [{"slug": "closing_rate", "unit": "%"}], "advice": [{**step, "last_day": "2027-03-31"}]}
    _ = words(CHINESE)
    (line,) = advice_lines(portrait, _, today=date(2027, 3, 31))
    assert "最迟 2027-03-31" in line
    assert advice_lines(portrait, _, today=date(2027, 4, 1)) == ()
