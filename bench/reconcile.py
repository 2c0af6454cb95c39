"""`python -m bench.reconcile`: people three ways by the command itself, from sealed rows of the database to a kept run.

Months of seats, staff, social insurance (two insurances each) and wages; one in fifty lacks something, is a homonym,
or was paid under a name with a slip of the pen. The match alone is told apart. Kept in bench/results by hand.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from bench import machine

LIMIT: Final = 60.0  # CPU seconds for 100,000 people
BATCH: Final = 500
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
SIGNS: Final = "".join(chr(0x4E00 + 7 * place) for place in range(300))
MONTH: Final = date(2026, 3, 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Fill, match, print; 1 where the limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="people (default 100,000)")
    parser.add_argument("--months", type=int, default=1, help="months of insurance and wages, up to 3 (default 1)")
    args = parser.parse_args(argv)
    print("\n".join(machine.describe()))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"NIANJIAN_HOME": folder, "NIANJIAN_TODAY": "2026-05-10"}
        os.environ.pop("NIANJIAN_DATABASE_URL", None)
        return _measured(args.people, min(max(args.months, 1), 3), Path(folder))


def _measured(count: int, months: int, folder: Path) -> int:
    from nianjian.platform.home import wiring  # noqa: PLC0415 -- the home must be named first

    wiring.prepare()
    from nianjian.features.reconciliation import people  # noqa: PLC0415 -- the same
    from nianjian.features.reconciliation.people import Decisions, Terms, match_month  # noqa: PLC0415 -- the same
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415 -- models load after the settings
    from nianjian.platform.accounts.service import add_enterprise  # noqa: PLC0415 -- the same

    boss = Actor("bench")
    add_enterprise(code="demo", name="示例", province="浙江", actor=boss)
    began = time.process_time()
    rows = _fill(count, months)
    print(f"\nfilled: {rows:,} rows in {time.process_time() - began:.1f} CPU s, {_size(folder):.0f} MB")
    told, whole, clock, peak = _command(months)
    held = people.Tables("demo", [MONTH], lag=1, unpaid=(), others=()).month(MONTH)
    began = time.process_time()
    match_month(held, Decisions(), Terms(30, frozenset({"示例"}), frozenset(), frozenset(), 60, 2))
    alone = time.process_time() - began
    print(f"counts: {told['counts']}, open {told['open']}, proposals {told['proposals']}, left out {told['left_out']}")
    print(
        "\n| people | months | command, CPU s | command, wall s | the match of one month alone, CPU s | peak memory |"
    )
    print(f"|{'---|' * 6}\n| {count:,} | {months} | {whole:.1f} | {clock:.1f} | {alone:.1f} | {peak:,} MB |")
    return 1 if max(whole, clock) > LIMIT * max(1, count / 100_000) else 0


def _command(months: int) -> tuple[dict[str, Any], float, float, int]:
    """`nianjian reconcile people` as anybody runs it: its answer, CPU and wall seconds, peak memory in MB."""
    first = f"{MONTH.year}-{MONTH.month - months + 1:02d}"
    words = ("reconcile", "people", "--enterprise", "demo", "--from", first, "--to", f"{MONTH:%Y-%m}", "--json")
    wall = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "nianjian", *words], stdout=subprocess.PIPE, check=False)
    clock, used = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(done.stdout), used.ru_utime + used.ru_stime, clock, used.ru_maxrss // 1024


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*.sqlite3*")) / 1e6


def _people(count: int) -> Iterator[tuple[int, str, str]]:
    """(number, name, identity number with a right check digit); a few of a hundred share their name with another."""
    from stdnum.cn import ric  # noqa: PLC0415 -- of the package

    draw = random.Random(7)
    for number in range(count):
        name = draw.choice(SURNAMES) + "".join(draw.choices(SIGNS, k=2))
        plain = f"{110101 + number // 1_000_000:06d}1990{number // 28_000 % 12 + 1:02d}{number // 1_000 % 28 + 1:02d}{number % 1_000:03d}"
        yield number, name, plain + ric.calc_check_digit(plain + "0")


def _fill(count: int, months: int) -> int:
    """Write the rows as versions, sealed as an import seals them; how many."""
    from nianjian.engines.kernel import clock  # noqa: PLC0415 -- models load after the settings
    from nianjian.platform.registers import models  # noqa: PLC0415 -- the same

    stamps: dict[str, Any] = {"enterprise_id": "demo", "recorded_at": clock.now(), "recorded_by": "bench", "file": ""}
    opened = date(2025, 1, 1)
    covered = [MONTH.replace(month=MONTH.month - back) for back in range(months)]
    made: dict[Any, list[Any]] = {models.Seat: [], models.Person: [], models.Contribution: [], models.Payment: []}
    total = 0
    for number, name, identity in _people(count):
        odd = number % 50
        common = {"person": name, "identity": identity, **stamps}
        made[models.Seat].append(
            models.Seat(
                key=f"S{number}", seat_id=f"S{number}", kind="human", opened_on=opened, employment="own", **common
            )
        )
        made[models.Person].append(models.Person(key=f"P{number}", staff_id=str(number), joined_on=opened, **common))
        payee = name[0] + name[2] + name[1] if odd == 2 else name
        for month in covered:
            spelt = f"{month:%Y-%m}"
            for kind in ("pension", "medical") if odd != 1 else ():
                key = f"C{number}{kind}{spelt}"
                made[models.Contribution].append(
                    models.Contribution(key=key, insurance=kind, month=spelt, payer="示例", **common)
                )
            if odd != 3:
                tail, paid = f"{number % 10_000:04d}", month.replace(month=month.month + 1, day=15)
                key = f"W{number}{spelt}"
                made[models.Payment].append(
                    models.Payment(key=key, payee=payee, account_tail=tail, amount=6500, paid_on=paid, **stamps)
                )
        for model, rows in made.items():
            if len(rows) >= BATCH:
                total += len(model.objects.bulk_create(rows))
                rows.clear()
    return total + sum(len(model.objects.bulk_create(rows)) for model, rows in made.items())


if __name__ == "__main__":
    sys.exit(main())
