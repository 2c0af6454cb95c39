"""The whole loop with a real switch: a bad channel, its complaints, two persons, the 31st call refused, the report."""

import csv
import io
import tempfile
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import docx
import pypdfium2
import pytest
from tests.support.asterisk import Asterisk
from tests.support.fixtures import Shell, shell_of
from tests.support.gate_served import GateProcess
from tests.support.sipp import Carrier, dial, trunk_to

from nianjian.engines.kernel import clock

pytestmark = pytest.mark.long

HOUSE: Final = ("--enterprise", "demo")
DISPLAY: Final = "95013001"
CAP: Final = 30
PATIENCE: Final = 60.0
LONGEST: Final = timedelta(minutes=4)
EAST: Final = timedelta(hours=8)  # the switch records in UTC, for an unpacked one takes the zone of its machine
WHITE: Final = [f"1390013{place:04}" for place in range(CAP + 1)]  # callees with a consent on file
STRANGERS: Final = ["13800990001", "13800990002"]
PLAN: Final = """
[dialler](+)
exten => _71X.,1,Set(LINE=L01)
 same => n,Goto(out,${EXTEN},1)
exten => _72X.,1,Set(LINE=L02)
 same => n,Goto(out,${EXTEN},1)
[out]
exten => _7XX.,1,Set(CALLEE=${FILTER(0-9,${EXTEN:2})})
 same => n,Set(CHANNEL(accountcode)=${LINE})
 same => n,Gosub(gate-http,s,1(${LINE}))
 same => n,GotoIf($["${GATE}" != "allow"]?refused)
 same => n,Dial(PJSIP/${CALLEE}@carrier,25)
 same => n,Hangup(${HANGUPCAUSE})
 same => n(refused),Hangup(21)
"""
CSV: Final = "[csv]\nusegmtime=yes\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n"
MAPPING: Final = """
source: asterisk
columns: {display: src, line_id: accountcode}
trunk_prefixes: ["71", "72"]
timezone: UTC
"""
FORWARDS: Final = """
source: "12321"
columns: {reference: 举报编号, complainant: 举报手机, complained: 被举报号码, called_at: 来电时间, arrived_at: 转办时间}
"""


def past(day: date, place: int, line: str) -> tuple[str, datetime]:
    """Callee and start of a call of an earlier day; L02 dials other people."""
    start = datetime.combine(day, datetime.min.time()) + timedelta(hours=10, seconds=20 * place)
    return f"13{'5' if line == 'L01' else '6'}0{day:%m%d}{place:03}", start


def master(days: list[date]) -> str:
    """What the switch recorded before: L01 dialled 40 a day, L02 200, all answered."""
    out, number = io.StringIO(), 0
    rows = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for day in days:
        for line, trunk, count in (("L01", "71", 40), ("L02", "72", 200)):
            for place in range(count):
                number += 1
                callee, start = past(day, place, line)
                utc = start - EAST
                unique = f"{int(start.replace(tzinfo=clock.ZONE).timestamp())}.{number}"
                moments = [str(utc + timedelta(seconds=after)) for after in (0, 4, 30)]
                ends = (f"PJSIP/anonymous-{number:08x}", f"PJSIP/carrier-{number:08x}", "Dial")
                dialled = (f"PJSIP/{callee}@carrier,25", *moments, 30, 26, "ANSWERED", "DOCUMENTATION", unique)
                clid = f'"" <{DISPLAY}>'
                rows.writerow((line, DISPLAY, trunk + callee, "out", clid, *ends, *dialled, "", "", unique, number))
    return out.getvalue()


def complaints(days: list[date]) -> str:
    """Twenty people whom L01 called, and one whom L02 called."""
    about = [past(days[place % 5], place, "L01") for place in range(20)] + [past(days[0], 7, "L02")]
    rows = [
        f"Q{place},{who},{DISPLAY},{called},{called + timedelta(hours=3)}" for place, (who, called) in enumerate(about)
    ]
    return "\n".join(["举报编号,举报手机,被举报号码,来电时间,转办时间", *rows, ""])


@pytest.fixture
def house(tmp_path: Path) -> Shell:
    """An enterprise with its registers, ten days of calls on two lines and a wave of complaints."""
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), clock.ZONE)
    if (left := tomorrow - clock.now()) < LONGEST:  # the counters begin anew at midnight
        time.sleep(left.total_seconds() + 1)
    shell = shell_of(tmp_path / "home")
    assert shell("enterprise", "add", "demo", "--name", "示范", "--province", "北京").code == 0
    days = [clock.today() - timedelta(days=back) for back in range(10, 0, -1)]
    numbers = (
        "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限\n95013,8,外呼回访,2099-12-31,已备案,2024-02-01,是\n"
    )
    files = {
        "numbers": numbers,
        "lines": "线路编号,状态,启用日期\nL01,启用,2025-01-01\nL02,启用,2025-01-01\n",
        "consents": "号码,用途,取得时间\n" + "".join(f"{one},售后回访,2026-01-05 10:00:00\n" for one in WHITE),
    }
    for kind, text in files.items():
        (tmp_path / f"{kind}.csv").write_text(text)
        assert shell("registers", "import", kind, f"{kind}.csv", *HOUSE).code == 0
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    (tmp_path / "forwards.yaml").write_text(FORWARDS)
    (tmp_path / "Master.csv").write_text(master(days))
    (tmp_path / "wave.csv").write_text(complaints(days))
    return shell


def loaded(shell: Shell, file: str) -> Any:
    result = shell("calls", "import", file, "--mapping", "mapping.yaml", *HOUSE, "--json")
    assert result.code == 0, result
    return result.json["rows"]


def isolated(shell: Shell, gate: GateProcess) -> str:
    """Complaints in, their channel found, isolated by two persons, and the running gate knows: the case."""
    result = shell("complaints", "import", "wave.csv", "--mapping", "forwards.yaml", *HOUSE, "--json")
    assert result.code == 0, result
    matched = shell("complaints", "match", *HOUSE, "--json")
    assert matched.code == 0, matched
    case = shell("rectify", "open", "--received", str(clock.today()), *HOUSE, "--json").json["id"]
    located = shell("rectify", "locate", case, "--json")
    assert located.json["named"] == [{"dimension": "line", "key": "L01"}], located
    token = shell("user", "add", "bo", "--role", "compliance_lead", *HOUSE, "--json").json["token"]
    request = shell("rectify", "isolate", case, "--channel", "L01", "--reason", "投诉集中", "--json").json
    assert _channel(gate) == {"name": "L01", "team": "", "isolated": False, "observing": True}
    done = shell("approve", request["approval"], "--as", "bo", "--json", NIANJIAN_TOKEN=token)
    assert (done.code, done.json["cap"]) == (0, CAP)
    until = time.monotonic() + PATIENCE
    while not _channel(gate)["isolated"]:
        assert time.monotonic() < until, gate.log.read_text()[-2000:]
        time.sleep(0.1)
    return str(case)


def _channel(gate: GateProcess) -> Any:
    policy = gate.policy("demo")
    return next(one for one in policy["channels"] if one["name"] == "L01")


def dialled(folder: Path, gate: GateProcess, carrier: Carrier) -> Path:
    """Dial through the switch: what the dialler saw is asserted here; the switch's call records."""
    more = {"pjsip.conf": trunk_to(carrier.port), "extensions.conf": PLAN, "cdr.conf": CSV}
    with Asterisk(folder / "ast", gate.http, gate.fastagi, more) as switch:
        first = dial(folder / "first", switch.port, [f"71{STRANGERS[0]}"], display=DISPLAY)
        assert first == [(f"71{STRANGERS[0]}", 403)]
        rest = [f"71{one}" for one in WHITE] + [f"71{STRANGERS[1]}"] + [f"72{one}" for one in STRANGERS]
        seen = dial(folder / "rest", switch.port, rest, display=DISPLAY)
        assert [number for number, _status in seen] == rest
        assert [status for _number, status in seen] == [200] * CAP + [403] + [403] + [200] * 2
        assert carrier.called() == WHITE[:CAP] + STRANGERS
        records = folder / "ast/log/cdr-csv/Master.csv"
        until = time.monotonic() + PATIENCE
        while len(records.read_text().splitlines()) < len(rest) + 1:
            assert time.monotonic() < until, records.read_text()
            time.sleep(0.1)
    return records


def test_from_the_complaints_to_the_report_by_a_real_switch(house: Shell, tmp_path: Path) -> None:
    assert loaded(house, "Master.csv")["loaded"] == 2400
    with (
        tempfile.TemporaryDirectory(prefix="loop-") as short,  # Asterisk's socket stands in it
        GateProcess(tmp_path / "home", feeds=True, NIANJIAN_KEYS=str(tmp_path / "keys.json")) as gate,
        Carrier(Path(short) / "carrier") as carrier,
    ):
        case = isolated(house, gate)
        records = dialled(Path(short), gate, carrier)
        reasons = Counter(row[17].partition("|")[0] for row in csv.reader(records.read_text().splitlines()))
        assert reasons == {"gate=allow": CAP + 2, "gate=deny cap": 1, "gate=deny not-on-white-list": 2}
        (tmp_path / "today.csv").write_bytes(records.read_bytes())
    rows = loaded(house, "today.csv")
    assert (rows["read"], rows["loaded"]) == (CAP + 5, CAP + 5)
    first = str(clock.today() - timedelta(days=10))
    measured = house("rectify", "measure", case, "--from", first, "--json").json
    assert measured["that_day"] == {"day": str(clock.today()), "before": 0, "after": CAP}
    assert measured["over_cap"] == []
    gate_told = {name: measured["gate"][name] for name in ("asked", "allowed", "over_cap", "not_on_white_list", "most")}
    assert gate_told == {"asked": CAP + 3, "allowed": CAP, "over_cap": 1, "not_on_white_list": 2, "most": CAP}
    before = {name: measured["before"]["channel"][name] for name in ("complaints", "attempts", "answered", "most")}
    assert before == {"complaints": 20, "attempts": 400, "answered": 400, "most": 40}
    assert (measured["before"]["complaints"], measured["before"]["answered"]) == (21, 2400)
    for name in ("整改报告.docx", "整改报告.pdf"):
        _carries_the_figures(house, case, tmp_path / name)


def _carries_the_figures(shell: Shell, case: str, path: Path) -> None:
    result = shell("rectify", "report", case, "--out", path.name, "--json")
    assert {gap["code"] for gap in result.json["gaps"]} == {
        "measures_missing", "test_report_missing", "tickets_open",
    }  # fmt: skip
    text = _text(path)
    for label, figure in (
        ("向拨前闸询问的次数", CAP + 3),
        ("拨前闸放行", CAP),
        ("拦截：超过频次上限", 1),
        ("拦截：不在白名单", 2),
        ("单日最多放行", CAP),
    ):
        assert f"{label}–{figure}" in text, (label, text)
    assert f"当日该通道隔离前外呼0次，隔离后外呼{CAP}次" in text


def _text(path: Path) -> str:
    """What stands in a Word or PDF file, without white space."""
    if path.suffix == ".docx":
        paper = docx.Document(str(path))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return "".join("".join([*(one.text for one in paper.paragraphs), *cells]).split())
    book = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_range() for page in book)
    book.close()
    return "".join(text.split())
