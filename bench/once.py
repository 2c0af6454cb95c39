"""One portrait in one process, without the command line: prints its JSON and the CPU seconds of the work itself.

Arguments: url of the lake, enterprise, year, `raw` or `rollup`, how often (the first run warms up and is told apart).
"""

import hashlib
import json
import statistics
import sys
import time
from contextlib import closing
from datetime import date
from typing import Any

from nianjian.engines.lake.engines import open_engine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Rulebook


def main(url: str, enterprise: str, year: str, path: str, times: str) -> None:
    """Compute `times` times and print {cpu: [seconds], sha256, components}."""
    lake = Lake(url, enterprise)
    book = Rulebook.on(date(int(year), 12, 31))
    seconds: list[float] = []
    told: dict[str, Any] = {}
    with closing(open_engine("duckdb")) as engine:
        for _ in range(int(times)):
            began = time.process_time()
            result = run(
                lake=lake,
                engine=engine,
                rulebook=book,
                enterprise=enterprise,
                year=int(year),
                as_of=None,
                province=None,
                raw=path == "raw",
            )
            told = result.as_dict()
            seconds.append(time.process_time() - began)
    body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    components = {metric["slug"]: metric["components"] for metric in told["metrics"]}
    print(
        json.dumps(
            {
                "cpu": seconds,
                "median": statistics.median(seconds),
                "sha256": hashlib.sha256(body).hexdigest(),
                "components": components,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
