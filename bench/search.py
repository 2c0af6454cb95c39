"""`python -m bench.search`: CPU milliseconds of a search at a million register rows and 400,000 tickets.

Through all of Django, no browser, the answer that the palette takes; over a home that is made where the folder has
none. Asked for by an administrator, who sees all rows, and by a team lead, who sees a hundredth. Kept in bench/results
by hand.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bench import machine

LIMIT: Final = 0.05  # CPU seconds, median
CODE: Final = "BENCH"
TEAMS: Final = 100
ROWS: Final = {"seats": 600_000, "staff": 200_000, "consents": 150_000, "do-not-call": 39_900, "lines": 10_000}
TICKETS: Final = 400_000
SEARCHES: Final = (
    "S00",
    "S0499999",
    "中继",
    "L00",
    "8000",
    "TS039",
    "JB-1",
    "备案",
    "95013",
    "营业",
    "速达 7",
    "nothing",
)
CHUNK: Final = 1000


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("var/bench-search"), help="the home (default var/bench-search)"
    )
    parser.add_argument("--share", type=int, default=100, help="per cent of the rows (default 100)")
    parser.add_argument("--times", type=int, default=31, help="how often each is asked for (default 31)")
    return parser.parse_args(argv)


def _rows(share: int) -> Iterator[tuple[Any, Iterator[Any]]]:
    """Models and their rows, written as an import writes them."""
    from nianjian.engines.kernel import clock  # noqa: PLC0415 -- after the home is named
    from nianjian.features.complaints.models import Complaint  # noqa: PLC0415 -- the same
    from nianjian.platform.registers import models  # noqa: PLC0415 -- the same

    stamps: dict[str, Any] = {"enterprise_id": CODE, "recorded_at": clock.now(), "file": ""}
    count = {kind: rows * share // 100 for kind, rows in ROWS.items()}

    def team(at: int) -> str:
        return f"T{at % TEAMS:02}"

    yield models.Team, (models.Team(key=team(at), team_id=team(at), name=f"速达 {at}", **stamps) for at in range(TEAMS))
    yield (
        models.Line,
        (models.Line(key=f"L{at:05}", line_id=f"L{at:05}", name=f"中继{at}", team=team(at), **stamps)
         for at in range(count["lines"])),
    )  # fmt: skip
    yield (
        models.Seat,
        (models.Seat(key=f"S{at:07}", seat_id=f"S{at:07}", kind="human", team=team(at), person="张三", **stamps)
         for at in range(count["seats"])),
    )  # fmt: skip
    yield (
        models.Person,
        (models.Person(key=f"{at:064x}", staff_id=f"E{at:07}", person="李四", team=team(at), **stamps)
         for at in range(count["staff"])),
    )  # fmt: skip
    for model, kind in ((models.Consent, "consents"), (models.DoNotCall, "do-not-call")):
        yield model, (model(key=f"{at:064x}", number=f"138{at:08}", **stamps) for at in range(count[kind]))
    yield (
        Complaint,
        (Complaint(key=f"TS{at:06}", ticket_id=f"TS{at:06}", source="12321", reference=f"JB-{at}", team_id=team(at),
                   complainant=f"139{at:08}", category="骚扰", content="多次来电", arrived_at=clock.now(), **stamps)
         for at in range(TICKETS * share // 100)),
    )  # fmt: skip


def _plant(share: int) -> None:
    from nianjian.platform.accounts import query, service  # noqa: PLC0415 -- after the home is named

    operator = query.actor(None)
    service.add_enterprise(code=CODE, name="示例呼叫科技", province="浙江", actor=operator)
    service.add_user(name="anna", role="administrator", enterprises=[CODE], actor=operator)
    for model, rows in _rows(share):
        while chunk := list(islice(rows, CHUNK)):
            model.objects.bulk_create(chunk)
    service.add_user(name="otto", role="outsourcer", enterprises=[CODE], actor=operator, team="T07")


def _measure(name: str, times: int) -> Iterator[tuple[str, float, float, float, int]]:
    """(search, first, median, worst of the later ones, hits) of each."""
    from django.test import Client  # noqa: PLC0415 -- after the home is named

    from nianjian.platform.accounts.models import User  # noqa: PLC0415 -- the same

    client = Client(headers={"accept-language": "zh-CN", "hx-request": "true"})
    client.force_login(User.objects.get(pk=name))
    for text in SEARCHES:
        costs, hits = [], 0
        for _ in range(times):
            began = time.process_time()
            answer = client.get(f"/e/{CODE}/search/", {"q": text})
            costs.append(time.process_time() - began)
            assert answer.status_code == 200, (text, answer.status_code)  # noqa: S101 -- else the figure means nothing
            hits = answer.content.count(b"<li>")
        yield text, costs[0], statistics.median(costs), max(costs[1:]), hits


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 where a search is over the limit."""
    args = _arguments(argv)
    folder: Path = args.folder.resolve()
    fresh = not (folder / "home").exists()
    os.environ.update(NIANJIAN_HOME=str(folder / "home"), NIANJIAN_KEYS=str(folder / "keys.json"))
    from nianjian.platform.home import wiring  # noqa: PLC0415 -- after the home is named

    wiring.prepare()
    wiring.keys()
    if fresh:
        _plant(args.share)
    logging.disable(logging.INFO)  # a line a request
    from django.conf import settings  # noqa: PLC0415 -- after the home is named

    from nianjian.doors.site.server import application, warm  # noqa: PLC0415 -- the same

    application()
    warm()  # as `nianjian serve` does before it opens its port
    settings.ALLOWED_HOSTS = ["testserver"]
    print("\n".join(f"- {line}" for line in machine.describe()))
    rows = (sum(ROWS.values()) + TEAMS) * args.share // 100
    print(f"- {rows:,} register rows, {TICKETS * args.share // 100:,} tickets, SQLite\n")
    print(
        f"| who | search | CPU ms, first | median of {args.times} | worst but the first | hits | limit {LIMIT * 1000:.0f} ms |"
    )
    print("|---|---|---|---|---|---|---|")
    held = True
    for name in ("anna", "otto"):
        for text, first, middle, worst, hits in _measure(name, args.times):
            held = held and middle <= LIMIT
            told = " | ".join(f"{cost * 1000:.1f}" for cost in (first, middle, worst))
            print(f"| {name} | {text} | {told} | {hits} | {'holds' if middle <= LIMIT else '**broken**'} |")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
