"""An enterprise with a bad channel: calls of three lines before and after an isolation, complaints."""

from datetime import date, datetime, time, timedelta

import pytest
from tests.support.portrait_data import Row

from nianjian.engines.kernel import clock

TODAY = clock.now().astimezone(clock.ZONE).date()
HEADER = (
    "编号,来源,受理时间,转办到达时间,投诉人号码,被投诉号码,来电时间,线路编号,首次响应时间,回访时间,回访结果,结案时间"
)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the clock within TODAY: behind midnight it goes on from 23:59, ten thousand times slower."""
    now, midnight = clock.now, datetime.combine(TODAY + timedelta(days=1), time(), clock.ZONE)
    before = midnight - timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: min(moment := now(), before + max(moment - before, timedelta()) / 10_000))


def call(number: int, day: date, line: str, *, answered: bool = True, second: int = 0) -> Row:
    start = datetime.combine(day, time(10)) + timedelta(seconds=second)
    return {
        "source": "generic", "call_id": f"c{number}", "direction": "out", "leg": "customer", "display": 95013,
        "display_shape": "short", "display_confidence": "good", "callee": 13900000000 + number % 1000,
        "callee_shape": "mobile", "start_ts": start, "answer_ts": start if answered else None, "delivered": True,
        "answered": answered, "test": False, "line_id": line,
        "extra": f'{{"录音文件": "rec/{13900000000 + number % 1000}-{number}.wav"}}',
        "line": number,
        "part": f"{start:%Y-%m}",
    }  # fmt: skip


def calls() -> list[Row]:
    """Ten days of three lines: L1 dials 40 a day before the isolation and 5 after it, the others 200 as ever."""
    rows, number = [], 0
    for days in (*range(-10, 0), *range(1, 11)):
        for line, count in (("L1", 40 if days < 0 else 5), ("L2", 200), ("L3", 10)):
            for second in range(count):
                rows.append(call(number, TODAY + timedelta(days=days), line, second=second))
                number += 1
    return rows


def complaints() -> list[tuple[str, ...]]:
    """Rows under `HEADER`: twenty about L1, two about L2, an unlucky one about the small L3, none later."""
    day = datetime.combine(TODAY - timedelta(days=5), time(9))
    times = (str(day), str(day + timedelta(hours=1)))
    done = (str(day + timedelta(hours=2)), str(day + timedelta(hours=3)), "满意", str(day + timedelta(hours=4)))
    called = str(day - timedelta(days=1))
    return [
        (f"Q{place}", "12321", *times, f"139000{place:05}", "95013", called, line, *done)
        for place, line in enumerate(["L1"] * 20 + ["L2"] * 2 + ["L3"])
    ]
