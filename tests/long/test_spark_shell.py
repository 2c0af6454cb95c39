"""``NIANJIAN_ENGINE=spark://…`` through the command line: the answer of the embedded engine, and nothing left about."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support import spark_cluster

pytestmark = pytest.mark.long

HEADER = (
    "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,"
    "振铃时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队,用途"
)
DISPLAYS = ("95013", "95013001", "13800138000", "057188886666", "4001234567", "")
YEAR = ("portrait", "run", "--enterprise", "demo", "--year", "2026")

Ask = Callable[..., Any]


def _call(number: int) -> str:
    day = f"2026-{number % 9 + 1:02d}-{number % 28 + 1:02d}"
    answered = f"{day} 10:00:05" if number % 3 else ""
    display = DISPLAYS[number % len(DISPLAYS)]
    return (
        f"c{number},呼出,02110000,{display},{13900000000 + number},{day} 10:00:00,,{answered},{day} 10:01:00,"
        f"{'接通' if answered else '未接'},S{number % 7},{'人工' if number % 2 else '机器人'},L{number % 3},,通知"
    )


SHEETS = {
    "numbers": "码号,批准总位长,备案状态,备案日期,有效期止,呼出权限\n95013,5,已备案,2025-01-01,2026-06-30,是\n",
    "lines": "线路编号,团队\nL0,T1\nL1,T2\n",
    "seats": "坐席编号,类型,备案状态,备案日期,开通日期\n"
    + "".join(f"S{n},人工,已备案,2025-01-01,{'2025-02-01' if n % 2 else ''}\n" for n in range(20)),
    "complaints": "编号,来源,受理时间,被投诉号码,来电时间,结案时间\n"
    "T1,12321,2026-03-05 09:00:00,95013,2026-03-03 10:00:00,2026-03-05 18:00:00\n"
    "T2,12300,2026-05-06 09:00:00,13800138000,2026-05-06 10:00:00,\n",
}


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """The program in a process of its own, in an empty folder; its answer."""
    # Spark Connect leaves its mark in the environment of a process that used it: it would win over the setting.
    foreign = ("NIANJIAN_", "DJANGO_", "SPARK_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environ |= {
        "NIANJIAN_HOME": str(tmp_path / "home"),
        "NIANJIAN_KEYS": str(tmp_path / "keys.json"),
        "LANG": "C.UTF-8",
    }
    (tmp_path / "here").mkdir()

    def run(*words: str, **environment: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "nianjian", *words, "--json"],
            env={**environ, **environment}, cwd=tmp_path / "here", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr[-4000:]
        return json.loads(done.stdout)

    return run


def test_the_portrait_of_spark_is_the_portrait(java: str, ask: Ask, tmp_path: Path) -> None:
    del java
    ask("enterprise", "add", "demo", "--name", "示范", "--province", "北京")
    for kind, text in SHEETS.items():
        sheet = tmp_path / f"{kind}.csv"
        sheet.write_text(text, encoding="utf-8")
        ask("registers", "import", kind, str(sheet), "--enterprise", "demo")
    calls = tmp_path / "calls.csv"
    calls.write_text("\n".join([HEADER, *map(_call, range(1_500))]) + "\n", encoding="utf-8")
    ask("calls", "import", str(calls), "--enterprise", "demo", "--timezone", "Asia/Shanghai")
    with spark_cluster.cluster(tmp_path / "spark") as master:
        portrait = ask(
            *YEAR, NIANJIAN_ENGINE=master, **spark_cluster.BRIEF
        )  # Spark builds the daily tables, for the embedded engine too
    assert portrait == ask(*YEAR) == ask(*YEAR, "--raw")
    assert {metric["light"] for metric in portrait["metrics"]} - {"na", "insufficient"}
    assert list((tmp_path / "here").iterdir()) == []
    [spilled] = (tmp_path / "home" / "tmp").iterdir()
    assert spilled.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in spilled.iterdir() if one.is_dir() and any(one.glob("*blockmgr*"))] == []
