"""`python -m bench.pages`: CPU seconds of the overview, portrait and registers, through all of Django, no browser.

Over a small demo (`python -m bench.demo --no-serve`) with registers as a large enterprise has them, made where the
folder has none. The server is warm, as `nianjian serve` is before it opens its port; charts that were drawn before lie
in the home, as a run by the worker leaves them. Kept in bench/results by hand.
"""

import argparse
import logging
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bench import machine
from bench.demo.__main__ import Program

LIMIT: Final = 0.1  # CPU seconds, median
CODE: Final = "DEMO"
PAGES: Final = (
    "/e/DEMO/",
    "/e/DEMO/2026/",
    "/e/DEMO/registers/",
    "/e/DEMO/registers/seats/",
    "/e/DEMO/registers/consents/",
)
SEATS: Final = 20_000
CONSENTS: Final = 100_000
EXPIRIES: Final = ("2026-12-10 00:00:00", "2027-06-30 00:00:00", "2026-10-01 00:00:00")  # soon, later, over


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("var/bench-pages"), help="the demo (default var/bench-pages)"
    )
    parser.add_argument("--rows", type=int, default=40_000, help="calls of a demo that is made (default 40,000)")
    parser.add_argument("--times", type=int, default=31, help="how often each page is asked for (default 31)")
    return parser.parse_args(argv)


def _demo(folder: Path, rows: int) -> None:
    words = ["-m", "bench.demo", "--rows", str(rows), "--folder", str(folder), "--no-serve"]
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    program = Program(folder / "home", "127.0.0.1:8000")
    for kind, lines in (("seats", _seats()), ("consents", _consents())):
        sheet = folder / f"{kind}.csv"
        sheet.write_text("\n".join(lines), encoding="utf-8")
        program.run("registers", "import", kind, str(sheet), "--enterprise", CODE)


def _seats() -> Iterator[str]:
    yield "坐席编号,类型,工号,职场地址,用工形式,备案状态,备案日期,开通日期,团队编号"
    for number in range(SEATS):
        yield f"B{number:05},人工,E{number:05},杭州,自有,已备案,2025-02-01,2025-03-01,T00"


def _consents() -> Iterator[str]:
    yield "号码,用途,取得时间,到期时间"
    for number in range(CONSENTS):
        yield f"138{number:08},回访,2026-01-01 10:00:00,{EXPIRIES[number % len(EXPIRIES)]}"


def _measured(name: str, times: int) -> list[tuple[str, float, float, float, int]]:
    """(page, first, median, worst of the later ones, bytes) of each, asked for by an administrator in Chinese."""
    from nianjian.platform.home import wiring  # noqa: PLC0415 -- after the home is named

    wiring.prepare()
    wiring.keys()
    logging.disable(logging.INFO)  # a line a request
    from django.conf import settings  # noqa: PLC0415 -- after the home is named
    from django.test import Client  # noqa: PLC0415 -- after the home is named

    from nianjian.doors.site.server import application, warm  # noqa: PLC0415 -- after the home is named
    from nianjian.platform.accounts.models import User  # noqa: PLC0415 -- after the home is named

    application()
    warm()  # as `nianjian serve` does before it opens its port
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(User.objects.get(pk=name))
    found = []
    for page in PAGES:
        costs, size = [], 0
        for _ in range(times):
            began = time.process_time()
            answer = client.get(page)
            costs.append(time.process_time() - began)
            assert answer.status_code == 200, (page, answer.status_code)  # noqa: S101 -- else the figure means nothing
            size = len(answer.content)
        found.append((page, costs[0], statistics.median(costs), max(costs[1:]), size))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 where a page is over the limit."""
    args = _arguments(argv)
    folder: Path = args.folder.resolve()
    home = folder / "home"
    if not home.exists():
        _demo(folder, args.rows)
    os.environ.update(NIANJIAN_HOME=str(home), NIANJIAN_KEYS=str(folder / "keys.json"))
    print("\n".join(f"- {line}" for line in machine.describe()))
    print(
        f"\n| page | CPU ms, first after a start | median of {args.times} | worst but the first | KiB"
        f" | limit {LIMIT * 1000:.0f} ms |"
    )
    print("|---|---|---|---|---|---|")
    found = _measured("demo", args.times)
    for page, first, middle, worst, size in found:
        verdict = "holds" if max(first, middle) <= LIMIT else "**broken**"
        told = " | ".join(f"{cost * 1000:.1f}" for cost in (first, middle, worst))
        print(f"| {page} | {told} | {size / 1024:.0f} | {verdict} |")
    return 0 if all(max(first, middle) <= LIMIT for _page, first, middle, _worst, _size in found) else 1


if __name__ == "__main__":
    sys.exit(main())
