"""`make bench`: import and portrait against the bare engine, hand-written SQL, pandas and PostgreSQL, in one run.

Figures are CPU seconds, children included, and ratios of them; results are kept in bench/results.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench import data, machine, measure, report
from bench.demo import registers
from bench.peers import postgres

ENTERPRISE: Final = "BENCH"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="calls to make (default 10,000,000)")
    parser.add_argument(
        "--folder", type=Path, default=Path("var/bench"), help="where files and lake go (default var/bench)"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of what is short (the median is told; default 3)")
    parser.add_argument("--imports", type=int, default=1, help="runs of import and bare copy, in turn (default 1)")
    parser.add_argument("--no-peers", action="store_true", help="leave out pandas and PostgreSQL")
    parser.add_argument("--keep", action="store_true", help="keep the files and the lake")
    return parser.parse_args(argv)


class Bench:
    """One run: a folder with the files, the home of the program, and the figures found so far."""

    def __init__(self, args: argparse.Namespace) -> None:
        """`args` as `_arguments` gives them."""
        self.args = args
        self.folder: Path = args.folder.resolve()
        self.home = self.folder / "home"
        # Without its byte code a program compiles itself at every start: as installed it does not.
        drop = {"PYTHONDONTWRITEBYTECODE"}
        keep = {
            name: value for name, value in os.environ.items() if not name.startswith("NIANJIAN_") and name not in drop
        }
        self.environment = keep | {"NIANJIAN_HOME": str(self.home), "NIANJIAN_KEYS": str(self.folder / "keys.json")}
        self.lines: list[report.Line] = []

    def program(self, *words: str, allowed: Sequence[int] = (0,)) -> measure.Cost:
        """Run a command of the program with --json."""
        return measure.run(["-m", "nianjian", *words, "--json"], environment=self.environment, allowed=allowed)

    def script(self, module: str, *words: str) -> measure.Cost:
        """Run one of the bench's own modules."""
        return measure.run(["-m", f"bench.{module}", *words], environment=self.environment)

    def prepare(self) -> None:
        """A new home with enterprise and registers."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.program("enterprise", "add", ENTERPRISE, "--name", registers.COMPANY, "--province", "浙江")
        for kind, path in registers.write(self.folder / "registers").items():
            if kind in {"numbers", "lines", "teams", "seats"}:
                self.program("registers", "import", kind, str(path), "--enterprise", ENTERPRISE)

    def load(self, files: list[Path]) -> dict[str, Any]:
        """Import and bare copy in turn; the home keeps the last import."""
        names = [str(path) for path in files]
        ours, bare, rows = [], [], {}
        for _ in range(self.args.imports):
            shutil.rmtree(self.folder / "bare", ignore_errors=True)
            bare.append(self.script("peers.bare", str(self.folder / "bare"), *names))
            self.prepare()
            zone = ("--timezone", "Asia/Shanghai")
            done = self.program("calls", "import", *names, "--enterprise", ENTERPRISE, *zone, allowed=(0, 1))
            ours.append(done)
            rows = done.answer["rows"]
        shutil.rmtree(self.folder / "bare", ignore_errors=True)
        base = statistics.median(cost.cpu for cost in bare)
        self.add("bare CSV to Parquet, same engine", bare, base, None)
        self.add("import: validate, normalise, quarantine, dedupe, commit", ours, base, 1.5)
        return dict(rows)

    def add(self, name: str, costs: Sequence[measure.Cost], base: float | None, limit: float | None) -> None:
        """Note a figure whose ratio to `base` may be at most `limit`."""
        cpu = statistics.median(cost.cpu for cost in costs)
        wall = statistics.median(cost.wall for cost in costs)
        ratio = cpu / base if base else None
        self.lines.append(report.Line(name, cpu, wall, max(cost.peak for cost in costs), ratio, limit))

    def paths(self) -> tuple[list[str], list[str]]:
        """Parquet files of the calls and of the ledger, by the Delta log."""
        from deltalake import DeltaTable  # noqa: PLC0415 - the bench's own look into the lake

        lake = self.home / "lake" / ENTERPRISE
        return DeltaTable(str(lake / "calls")).file_uris(), DeltaTable(str(lake / "number_dim")).file_uris()

    def portraits(self) -> dict[str, Any]:
        """Rollup and raw portrait, hand-written SQL and the other peers; returns what must be equal."""
        ask = ("--enterprise", ENTERPRISE, "--year", str(data.YEAR))
        self.add(
            "first portrait: publish, build the daily rollup, answer",
            [self.program("portrait", "run", *ask)],
            None,
            None,
        )
        again = [self.program("portrait", "run", *ask) for _ in range(self.args.runs)]
        self.add("portrait command from the rollup, whole process", again, None, None)
        url, times = str(self.home / "lake"), str(self.args.runs + 1)
        rollup = self.script("once", url, ENTERPRISE, str(data.YEAR), "rollup", times)
        self.inner("portrait from the rollup", [rollup], None, None)
        self.lines[-1] = self.lines[-1].within(0.5)
        raws = [self.script("once", url, ENTERPRISE, str(data.YEAR), "raw", "2") for _ in range(self.args.runs)]
        calls, numbers = self.paths()
        lists = [self.folder / "calls.json", self.folder / "numbers.json"]
        for path, names in zip(lists, (calls, numbers), strict=True):
            path.write_text(json.dumps(names), encoding="utf-8")
        asked = (*map(str, lists), str(data.YEAR))
        hand = [self.script("peers.sql", *asked) for _ in range(self.args.runs)]
        base = self.inner("hand-written SQL from raw rows, same engine", hand, None, None)
        ours = self.inner("portrait from raw rows", raws, base, 1.2)
        answers = {"rollup": rollup.answer, "raw": raws[0].answer, "sql": hand[0].answer["answer"]}
        if not self.args.no_peers:
            answers |= self.others(asked, calls, numbers, ours)
        return answers

    def inner(self, name: str, costs: Sequence[measure.Cost], base: float | None, limit: float | None) -> float:
        """Note the CPU seconds of the work itself, as the process tells them; the first of several runs warms up."""
        told = [cost.answer["cpu"] for cost in costs]
        seconds = float(statistics.median(one for cpu in told for one in (cpu[1:] or cpu)))
        ratio = seconds / base if base else None
        wall = statistics.median(cost.wall for cost in costs)
        self.lines.append(report.Line(name, seconds, wall, max(cost.peak for cost in costs), ratio, limit))
        return seconds

    def others(self, asked: tuple[str, ...], calls: list[str], numbers: list[str], raw: float) -> dict[str, Any]:
        """The other peers, pandas and PostgreSQL; their ratio is to our raw path."""
        frames = [self.script("peers.with_pandas", *asked) for _ in range(self.args.runs)]
        self.inner("pandas from the same Parquet", frames, raw, None)
        self.lines[-1] = self.lines[-1].at_least(2.0)
        answers = {"pandas": frames[0].answer["answer"]}
        if postgres.binaries() is None:
            print("PostgreSQL is not installed: left out", file=sys.stderr)
            return answers
        good = [path for path in calls if "part=rejected" not in path]
        found = postgres.portrait(self.folder, good, numbers, data.YEAR, self.args.runs)
        cost = measure.Cost(statistics.median(found["cpu"]), statistics.median(found["wall"]), 0, None)
        self.add("PostgreSQL, the same SQL over loaded rows", [cost], raw, None)
        self.lines[-1] = self.lines[-1].at_least(5.0)
        return answers | {"postgresql": found["answer"]}


def main(argv: Sequence[str] | None = None) -> int:
    """Run all; exit code 1 when results differ or a limit is broken."""
    args = _arguments(argv)
    bench = Bench(args)
    head = machine.describe()
    # in a process of its own: a child's peak memory is told as at least that of its parent at the fork
    made = bench.script("data", str(bench.folder / f"csv-{args.rows}"), str(args.rows))
    files = [Path(name) for name in made.answer]
    size = sum(path.stat().st_size for path in files)
    rows = bench.load(files)
    answers = bench.portraits()
    equal = report.equal(answers)
    stamp = datetime.now(tz=UTC)
    text = report.write(head, stamp, made=args.rows, size=size, rows=rows, lines=bench.lines, agreed=equal)
    print(text)
    target = Path(__file__).parent / "results" / f"{stamp:%Y-%m-%d}-{args.rows // 1_000_000}M.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    if not args.keep:
        shutil.rmtree(bench.folder, ignore_errors=True)
    return 0 if equal and all(line.kept() for line in bench.lines) else 1


if __name__ == "__main__":
    sys.exit(main())
