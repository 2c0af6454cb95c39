"""The same counts with pandas: the columns it needs, categories for the texts, one groupby a split."""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

TEXTS = ["direction", "leg", "display_shape", "display_confidence", "agent_kind", "line_id", "team_id", "callee_shape"]
PLAIN = {
    "mobile": "MOBILE",
    "landline": "LANDLINE",
    "service_400_800": "SHARED_400_800",
    "other": "OTHER",
    "international": "OTHER",
    "short": "OTHER_SHORT",
    "short_or_landline": "LANDLINE",
    "short_or_other": "OTHER",
}


def _load(files: list[str], year: int) -> Any:
    wanted = ["start_ts", "test", "delivered", "answered", "display", *TEXTS]
    parts = [
        pq.ParquetFile(path, read_dictionary=TEXTS).read(wanted).to_pandas()
        for path in files
        if "part=rejected" not in path and f"part={year}" in path
    ]
    return pd.concat([part.astype(dict.fromkeys(TEXTS, "category")) for part in parts], ignore_index=True)


def _holds(root: dict[str, Any], day: date) -> bool:
    return (root["valid_from"] or day) <= day <= (root["valid_to"] or day)


def _classes(numbers: Any, roots: list[dict[str, Any]], day: date) -> list[str]:
    found = []
    for display, shape in numbers:
        digits = "" if pd.isna(display) else str(int(display))
        own = [
            r
            for r in roots
            if len(digits) == r["total_length"] and digits.startswith(str(r["root"])) and _holds(r, day)
        ]
        ledger = own and shape in {"short", "short_long", "short_or_landline", "short_or_other"}
        found.append(("OWN_SHORT" if own[0]["filed"] else "OTHER_SHORT") if ledger else PLAIN.get(shape, "UNKNOWN"))
    return found


def main(calls: str, numbers: str, year: str) -> None:
    """As `bench.peers.sql`."""
    files, dims = (json.loads(Path(name).read_text(encoding="utf-8")) for name in (calls, numbers))
    began = time.process_time()
    roots = [row for path in dims for row in pq.read_table(path).to_pylist()]
    frame = _load(files, int(year))
    month = frame["start_ts"].dt.to_period("M")
    days = frame["start_ts"].dt.normalize().nunique()
    out = frame[(frame["direction"] == "out") & (frame["leg"] == "customer") & ~frame["test"] & frame["delivered"]]
    keys = out[["display", "display_shape"]].drop_duplicates()
    keys = keys.assign(display_class=_classes(keys.itertuples(index=False), roots, date(int(year), 7, 1)))
    out = out.assign(month=month[out.index]).merge(keys, on=["display", "display_shape"], how="left")
    splits = [
        out.groupby(["display_class", *by], observed=True, dropna=False)["answered"].agg(["size", "sum"])
        for by in ([], ["agent_kind"], ["line_id"], ["team_id"], ["display"], ["month"])
    ]
    total = splits[0]
    answer = {name: {"delivered": int(row["size"]), "answered": int(row["sum"])} for name, row in total.iterrows()}
    print(json.dumps({"cpu": [time.process_time() - began], "days": int(days), "answer": answer}))


if __name__ == "__main__":
    main(*sys.argv[1:])
