"""`python -m bench.dialling`: how calls are dialled, by the command itself, over a month of a simulated call centre.

Teams that dial in one of three ways are simulated for an hour, second by second; that hour is repeated, shifted, until
there are as many calls as asked for. The rows are put into a lake as an import would leave them, and what the command
finds is held against how each team really dialled. Kept in bench/results by hand.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import write_deltalake
from tests.support import dialling

from bench import machine, measure

LIMIT: Final = Decimal(120)  # CPU seconds for ten million calls
TEN_MILLION: Final = 10_000_000
TURNS: Final = 12  # of a day in which calls are made
SPACING: Final = timedelta(minutes=75)  # so that the last talks of an hour end before the next begins
OPENS: Final = timedelta(hours=7)
LAST: Final = date(2026, 10, 31)
SEED: Final = 2027
HABITS: Final[Mapping[str, tuple[float, float]]] = {
    "agents": (10, 60), "answers": (0.1, 0.7), "rings": (5, 30), "talks": (20, 240), "wraps": (1, 60), "factor": (1.3, 4),
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Fill, ask, print; 1 where the limit is missed or a verdict is wrong more often than one in twenty."""
    parser = argparse.ArgumentParser(prog="python -m bench.dialling", description=__doc__)
    parser.add_argument("--calls", type=int, default=TEN_MILLION, help="calls to customers (default 10,000,000)")
    parser.add_argument(
        "--teams", type=int, default=48, help="teams, at most the 50 that the command tells (default 48)"
    )
    args = parser.parse_args(argv)
    print("\n".join(machine.describe()))
    teams = dialling.drawn(args.teams, SEED, **HABITS)
    hour = dialling.table(teams, SEED)
    of_hour = pc.sum(pc.equal(hour["leg"], "customer").cast("int64")).as_py()
    hours = -(-args.calls // of_hour)
    days = -(-hours // TURNS)
    with tempfile.TemporaryDirectory() as folder:
        environment = _home(Path(folder), hour, hours)
        first = LAST - timedelta(days=days - 1)
        words = ("--enterprise", "demo", "--from", f"{first}", "--to", f"{LAST}", "--json")
        cost = measure.run(
            ["-m", "nianjian", "inspect", "dialling-mode", *words], environment=environment, allowed=(0, 1)
        )
    return _told(teams, cost, calls=of_hour * hours, rows=hour.num_rows * hours)


def _home(folder: Path, hour: pa.Table, hours: int) -> dict[str, str]:
    """A home with an enterprise and the calls in its lake; the environment to ask it by."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("NIANJIAN_")}
    environment = given | {"NIANJIAN_HOME": str(folder / "home"), "NIANJIAN_TODAY": f"{LAST + timedelta(days=1)}"}
    add = ("enterprise", "add", "demo", "--name", "示例", "--province", "浙江")
    subprocess.run([sys.executable, "-m", "nianjian", *add], env=environment, stdout=subprocess.DEVNULL, check=True)
    calls = folder / "home" / "lake" / "demo" / "calls"
    for rows in _repeated(hour, hours):
        write_deltalake(str(calls), rows, mode="append", partition_by=["part"])
    return environment


def _repeated(hour: pa.Table, hours: int) -> Iterator[pa.Table]:
    """The hour as often as asked, a day at a time, counted back from the last day."""
    for begin in range(0, hours, TURNS):
        day = LAST - timedelta(days=begin // TURNS)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- wall time
        turns = range(min(TURNS, hours - begin))
        shifts = [midnight + OPENS + SPACING * turn - dialling.START for turn in turns]
        yield pa.concat_tables(_shifted(hour, shift, f"{day:%m%d}{turn:02}-") for turn, shift in enumerate(shifts))


def _shifted(hour: pa.Table, shift: timedelta, mark: str) -> pa.Table:
    moved = hour
    for place, field in enumerate(hour.schema):
        column = hour.column(place)
        if pa.types.is_timestamp(field.type):
            moved = moved.set_column(place, field, pc.add(column, pa.scalar(shift, pa.duration("us"))))
        elif field.name in {"call_id", "call_key"}:
            moved = moved.set_column(place, field, pc.binary_join_element_wise(mark, column, ""))
        elif field.name == "part":
            months = pa.array([f"{dialling.START + shift:%Y-%m}"] * hour.num_rows, pa.string())
            moved = moved.set_column(place, field, months)
    return moved


def _told(teams: Sequence[dialling.Team], cost: measure.Cost, *, calls: int, rows: int) -> int:
    found: dict[str, Any] = {one["team"]: one for one in cost.answer["teams"]}
    said = {one.name: found[one.name]["verdict"] == "found" for one in teams if one.name in found}
    truth = {one.name: one.mode == "predictive" for one in teams}
    right = sum(said[name] and truth[name] for name in said)
    named, real = sum(said.values()), sum(truth[name] for name in said)
    limit = LIMIT * calls / TEN_MILLION
    print(f"\nteams told {len(said)} of {len(teams)}: found {named}, predictive {real}, both {right}")
    print("\n| calls | rows | command, CPU s | limit, CPU s | wall s | peak memory, MB |")
    print(
        f"|{'---|' * 6}\n| {calls:,} | {rows:,} | {cost.cpu:.1f} | {limit:.1f} | {cost.wall:.1f} | {cost.peak:,.0f} |"
    )
    sure = 20 * right >= 19 * max(named, real)
    return 0 if sure and Decimal(str(cost.cpu)) <= limit else 1


if __name__ == "__main__":
    sys.exit(main())
