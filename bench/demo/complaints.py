"""Four hundred complaints about calls that were really made, six in ten of them about one line.

A third of them name line and team; the line only where the switch's records tell it too.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from bench.demo.registers import Row, sheet

COUNT: Final = 400
BAD_LINE: Final = "L23"
SOURCES: Final = (("12321", 92), ("12300", 26), ("企业", 160), ("一键投诉", 84), ("运营商", 38))
LINELESS: Final = frozenset({"aliyun", "tccc"})  # cloud platforms tell a skill group, no line
EXCLUDED: Final = {7: "不予受理", 57: "非本企业号码", 96: "非呼叫类", 113: "不予受理", 210: "重复"}


def _calls(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, str, datetime, int]]:
    """Answered calls that somebody complained about: (source, display, callee, line, team, start, talk seconds)."""
    query = """
select source, display, callee, line, team, start_ts, talk_s from calls
where direction = 'out' and answered and outcome = 'answered' and display is not null and display <> 'anonymous'
    and (line = $bad) = $of_bad and start_ts < timestamp '2026-11-20' order by hash(i, 77) limit $count
"""
    bad = COUNT * 6 // 10
    return [
        row
        for of_bad, count in ((True, bad), (False, COUNT - bad))
        for row in db.execute(query, {"bad": BAD_LINE, "of_bad": of_bad, "count": count}).fetchall()
    ]


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _rows(db: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    draw = random.Random(12321)
    sources = [name for name, count in SOURCES for _ in range(count)]
    draw.shuffle(sources)
    for number, (source, call) in enumerate(zip(sources, _calls(db), strict=True)):
        switch, display, callee, line, team, start, talk = call
        told = number % 3 == 0
        arrived = start + timedelta(minutes=draw.randrange(10, 27 * 60))
        accepted = arrived if source in {"企业", "一键投诉"} else arrived - timedelta(minutes=5)
        open_ = draw.random() < 0.05
        closed = (
            None
            if open_
            else arrived + timedelta(minutes=int(draw.choice((90, 300, 700, 1300, 2000)) * (0.5 + draw.random())))
        )
        reopened = closed + timedelta(days=2) if closed and draw.random() < 0.01 else None
        row: Row = {
            "编号": f"TS{number:05d}", "来源": source,
            "上级单号": f"{source}-{20260000 + number}" if source in {"12321", "12300"} else "",
            "受理时间": _stamp(accepted), "转办到达时间": _stamp(arrived), "投诉人号码": callee, "被投诉号码": display,
            "来电时间": _stamp(start + timedelta(seconds=draw.randrange(-300, 300))), "通话时长": talk,
            "类型": draw.choice(("骚扰", "骚扰", "营销", "服务态度")), "内容": draw.choice(("多次来电推销", "要求停止拨打", "拒绝后仍来电", "未经同意来电")),
            "关联话单ID": "", "线路编号": line if told and switch not in LINELESS else "", "团队编号": team if told else "",
            "首次响应时间": _stamp(arrived + timedelta(minutes=draw.randrange(5, 150))), "首次响应人": "客服主管",
            "处理措施": "" if open_ else "已加入免打扰名单", "回访时间": _stamp(closed), "回访结果": "" if open_ else "客户接受",
            "结案时间": _stamp(closed), "重开时间": _stamp(reopened), "是否属实": draw.choice(("是", "是", "否")),
            "排除原因": EXCLUDED.get(number, ""), "附件": "",
        }  # fmt: skip
        if row["结案时间"]:  # nobody closes a ticket before answering it
            row["结案时间"] = row["回访时间"] = max(str(row["结案时间"]), str(row["首次响应时间"]))
        yield row


def write(db: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Write the sheet."""
    return sheet(path, _rows(db))
