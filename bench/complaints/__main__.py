"""`python -m bench.complaints --rows 10000000`: match 10,000 complaints with planted calls, in one process.

Exit code 1 when less than 99 % of the unambiguous pairs are right, when an ambiguous one or a fake is asserted, or
when it costs more than 30 CPU seconds for 100 M calls.
"""

import argparse
import json
import resource
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import machine
from bench.complaints.plant import NoRoomError, plant
from nianjian.engines.lake.engines import open_engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.features.complaints import matching
from nianjian.features.complaints.matching import Confidence, Match

MINUTES: Final = 10
BUDGET: Final = 30.0  # CPU seconds at 100 M calls
RIGHT: Final = 0.99


def graded(found: Iterable[Match], truth: Mapping[str, str | None]) -> Counter[str]:
    """Count answers by what they are worth."""
    told: Counter[str] = Counter()
    for one in found:
        true, call = truth[one.complaint], None if one.call is None else one.call.call_id
        sure = one.confidence is Confidence.HIGH
        if true is None:
            told["fake, asserted" if sure else "fake, not asserted"] += 1
        elif sure:
            told["asserted, right" if call == true else "asserted, wrong"] += 1
        elif one.candidates > 1:
            told["ambiguous, first right" if call == true else "ambiguous, first wrong"] += 1
        else:
            told["proposed, right" if call == true else "proposed, wrong"] += 1
    return told


def main() -> int:
    """Plant, match, tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.complaints", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--complaints", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("var/bench/complaints"))
    parser.add_argument("--keep", action="store_true", help="keep the lake")
    args = parser.parse_args()
    head = machine.describe()
    folder = args.folder.resolve()
    try:
        lake, truth = plant(folder, args.rows, args.complaints)
    except NoRoomError as full:
        parser.exit(2, f"{full}\n")
    planted = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    seconds: list[float] = []
    walls: list[float] = []
    found: list[Match] = []
    for _ in range(args.runs):
        began, begun = time.process_time(), time.perf_counter()
        with closing(open_engine("duckdb")) as engine:
            tables = {
                name: engine.table(name, lake.files(name), SCHEMAS[name])
                for name in ("calls", "complaint_fact", "line_dim")
            }
            found = matching.match_calls(engine, tables, None, frozenset(), MINUTES)
        seconds.append(time.process_time() - began)
        walls.append(time.perf_counter() - begun)
    told = graded(found, truth)
    sure = told["asserted, right"] + told["asserted, wrong"]
    share = told["asserted, right"] / max(sure, 1)
    cost, budget = sorted(seconds)[len(seconds) // 2], BUDGET * args.rows / 100_000_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    kept = share >= RIGHT and not told["fake, asserted"] and cost <= max(budget, 3.0)
    spent = ", ".join(f"{one:.2f}" for one in seconds)
    text = "\n".join(
        [
            f"# Complaints matched with calls, {datetime.now(tz=UTC):%Y-%m-%d}\n",
            *(f"- {line}" for line in head),
            f"- {args.rows:,} calls, {len(truth):,} complaints; peak memory with the planting {peak:.1f} GiB",
            f"- The lake takes {planted / 1e9:.2f} GB of disk",
            f"- Seconds on the clock: {', '.join(f'{one:.1f}' for one in walls)}",
            f"- CPU seconds of the matching: {spent} (median {cost:.2f}; limit {BUDGET:g} at 100,000,000 calls)",
            f"- Unambiguous pairs right: {share:.2%} of {sure:,} (limit {RIGHT:.0%})\n",
            "| answer | complaints |",
            "|---|---:|",
            *(f"| {name} | {count:,} |" for name, count in sorted(told.items())),
            "",
        ]
    )
    print(text)
    target = (
        Path(__file__).parents[1]
        / "results"
        / f"{datetime.now(tz=UTC):%Y-%m-%d}-complaints-{args.rows // 1_000_000}M.md"
    )
    target.write_text(text, encoding="utf-8")
    if not args.keep:
        shutil.rmtree(args.folder, ignore_errors=True)
    print(json.dumps({"kept": kept}), file=sys.stderr)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
