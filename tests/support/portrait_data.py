"""Random small lakes for the portrait: rows that meet at limits, midnights, month ends, validity days and legs."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from nianjian.engines.lake.schema import CALLS, REJECTED, SCHEMAS
from nianjian.engines.lake.tables import Lake, NewFile

Row = dict[str, Any]
YEAR = 2026
TURN = datetime(YEAR, 1, 1)  # noqa: DTZ001 - wall time
# Days that sit on an edge of something, beside ordinary ones.
DAYS = (0, 0, 1, 30, 31, 58, 59, 100, 180, 288, 289, 290, 333, 363, 364, 364, 365, 366, -1, -1, -2, -200)
SHAPES = (
    (95013, "short"), (95188, "short"), (95588, "short"), (9501301, "short_long"), (9501399, "short_long"),
    (95213888, "short_long"), (9521234567, "short_or_landline"), (9521234567, "landline"), (57187654321, "landline"),
    (95213888, "short_or_other"), (9501399, "short_or_other"),
    (1062345678, "landline"), (13800138000, "mobile"), (13900139000, "mobile"), (4001234567, "service_400_800"),
    (12345, "other"), (4420712345, "international"), (1062345678, "zero_lost"), (None, "masked"), (None, "none"),
    (None, None),
)  # fmt: skip
LINES = ("L1", "L2", "L3", None)
TEAMS = ("T1", "T2", None, None, None)


def moment(rng: Random) -> datetime:
    """A wall time, often at midnight or a second beside it."""
    second = rng.choice((0, 0, 1, 86_399, rng.randrange(86_400), rng.randrange(86_400)))
    return TURN + timedelta(days=rng.choice(DAYS), seconds=second)


def calls(rng: Random, count: int, first: int = 0) -> list[Row]:
    """Good and rejected rows; some share a call over several rows and days."""
    rows: list[Row] = []
    for number in range(first, first + count):
        start = moment(rng)
        display, shape = rng.choice(SHAPES)
        key = rng.choice((None, None, None, f"k{rng.randrange(first // 2, first + count) // 2}"))
        rejected = rng.random() < 0.08
        if key and rows and rng.random() < 0.7:
            others = [row for row in rows if row["call_key"] == key and row["start_ts"]]
            if others:
                start = others[-1]["start_ts"] + timedelta(seconds=rng.choice((0, 1, 40, 3600)))
        rows.append(
            {
                "source": rng.choice(("generic", "generic", "asterisk")),
                "call_id": f"c{number}",
                "call_key": key,
                "direction": rng.choice(("out", "out", "out", "out", "in", "internal", None)),
                "leg": rng.choice(("customer", "customer", "customer", "agent", "event")),
                "display": display,
                "display_shape": shape,
                "display_confidence": rng.choice(("good", "medium", "low", "none", None)),
                "callee": 13900000000 + rng.randrange(6),
                "callee_shape": rng.choice(("mobile", "mobile", "masked", None)),
                "start_ts": None if rejected else start,
                "delivered": rng.choice((True, True, True, True, False, None)),
                "answered": rng.choice((True, True, False, None)),
                "test": rng.choice((False, False, False, False, True, None)),
                "agent_kind": rng.choice(("human", "robot", None)),
                "line_id": rng.choice(LINES),
                "team_id": rng.choice(TEAMS),
                "reason": rng.choice(("start_unreadable", "id_conflict")) if rejected else None,
                "line": number,
                "part": REJECTED if rejected else f"{start:%Y-%m}",
            }
        )
    return rows


def _span(rng: Random) -> tuple[date | None, date | None]:
    cut = TURN.date() + timedelta(days=rng.choice((100, 181, 289, 333, 364)))
    return rng.choice(((None, None), (None, cut), (cut, None), (cut, cut)))


def number_dim(rng: Random) -> list[Row]:
    """Roots with approved lengths, dated, filed or not; also longer roots inside shorter ones."""
    rows: list[Row] = []
    for root, total in ((95013, 5), (95013, 7), (950139, 7), (95213, 8), (95213, 10), (95188, 5)):
        for _ in range(rng.choice((0, 1, 1, 2))):
            first, last = _span(rng)
            rows.append(
                {
                    "root": root,
                    "root_length": len(str(root)),
                    "total_length": total,
                    "filed": rng.choice((True, True, True, True, False, False, None)),
                    "valid_from": first,
                    "valid_to": last,
                }
            )
    return rows


def line_dim(rng: Random) -> list[Row]:
    """One team a line, or another one after a day."""
    rows: list[Row] = []
    for line in LINES[:3]:
        cut = TURN.date() + timedelta(days=rng.choice((31, 100, 289)))
        if rng.random() < 0.5:
            rows.append({"line_id": line, "team_id": rng.choice(("T1", "T2")), "valid_from": None, "valid_to": cut})
            rows.append({"line_id": line, "team_id": "T3", "valid_from": cut + timedelta(days=1), "valid_to": None})
        else:
            rows.append({"line_id": line, "team_id": rng.choice(("T1", None)), "valid_from": None, "valid_to": cut})
    return rows


def seat_dim(rng: Random, count: int) -> list[Row]:
    """Seats whose dates lie on both sides of month ends and of the year's end."""

    def day() -> date | None:
        return rng.choice((None, (TURN + timedelta(days=rng.choice(DAYS))).date(), date(2025, 3, 1)))

    return [
        {
            "seat_id": f"s{number}",
            "kind": rng.choice(("human", "human", "robot", None)),
            "filing": rng.choice(("filed",) * 6 + ("cancelled", "unfiled", None)),
            "filed_on": rng.choice((date(2025, 1, 1), date(2025, 1, 1), day())),
            "cancelled_on": rng.choice((None, None, None, day())),
            "opened_on": rng.choice((date(2025, 2, 1), date(2025, 2, 1), day())),
            "closed_on": rng.choice((None, None, day())),
            "valid_from": None,
            "valid_to": None,
        }
        for number in range(count)
    ]


def complaint_fact(rng: Random, count: int, call_rows: list[Row]) -> list[Row]:
    """Complaints about calls of the lake and about others; duplicates by reference and by call; times at limits."""
    rows: list[Row] = []
    good = [row for row in call_rows if row["start_ts"] is not None]
    for number in range(count):
        call = rng.choice(good) if good and rng.random() < 0.7 else None
        accepted = moment(rng)
        arrived = accepted + timedelta(hours=rng.choice((0, 1)))
        closed = arrived + timedelta(seconds=rng.choice((60, 86_399, 86_400, 86_401, 400_000)))
        about = call["start_ts"] + timedelta(seconds=rng.choice((0, 600, -600, 601, 7200))) if call else accepted
        rows.append(
            {
                "complaint_id": f"q{number}",
                "source": rng.choice(("12321", "12321", "12300", "enterprise", "one_click", "carrier")),
                "reference": rng.choice((None, f"r{rng.randrange(count)}", f"r{number}")),
                "accepted_ts": rng.choice((accepted,) * 9 + (None,)),
                "arrived_ts": rng.choice((arrived, arrived, None)),
                "complainant": call["callee"] if call else rng.choice((13900000001, None)),
                "complained": call["display"] if call else rng.choice((95013, 57187654321, 4001234567, None)),
                "call_ts": rng.choice((about, about, None)),
                "call_id": rng.choice((None, None, call["call_id"] if call else "nowhere")),
                "line_id": rng.choice((None, None, "L1")),
                "team_id": rng.choice((None, None, "T9")),
                "closed_ts": rng.choice((closed, closed, None)),
                "reopened_ts": rng.choice((None, None, None, closed + timedelta(hours=1), closed - timedelta(hours=1))),
                "exclusion": rng.choice((None,) * 6 + ("not_a_call", "duplicate", "not_own_number")),
                "valid_from": None,
                "valid_to": None,
            }
        )
    return rows


def everything(
    seed: int, *, calls_count: int = 60, complaints_count: int = 25, seats_count: int = 16
) -> dict[str, list[Row]]:
    """All tables of one random enterprise."""
    rng = Random(seed)
    call_rows = calls(rng, calls_count)
    kinds = ("outsourcing_agreement", "anti_harassment_plan")
    attachments = [
        {
            "metric": metric,
            "data_year": rng.choice((YEAR, YEAR, YEAR - 1)),
            "kind": kind,
            "sha256": "0",
            "name": "a.pdf",
        }
        for metric, kind in zip(("seat_vacancy", "complaint_rate"), kinds, strict=True)
        if rng.random() < 0.4
    ]
    return {
        "calls": call_rows,
        "number_dim": number_dim(rng),
        "line_dim": line_dim(rng),
        "seat_dim": seat_dim(rng, seats_count),
        "complaint_fact": complaint_fact(rng, complaints_count, call_rows),
        "attachment_fact": attachments,
    }


def arrow(name: str, rows: list[Row]) -> pa.Table:
    """Rows as a table of the lake; absent columns are NULL."""
    schema = SCHEMAS[name]
    return pa.Table.from_pylist([{field: row.get(field) for field in schema.names} for row in rows], schema)


def write(lake: Lake, tables: dict[str, list[Row]]) -> None:
    """Every table but the calls as a whole, the calls as one commit."""
    for name, rows in tables.items():
        if name == "calls":
            append(lake, rows, "b0")
        else:
            lake.replace(name, arrow(name, rows), digest=str(rows))


def append(lake: Lake, rows: list[Row], batch: str) -> None:
    """One import: a file a part, one commit that names the days."""
    change(lake, add={batch: rows}, remove=())


def change(lake: Lake, *, add: dict[str, list[Row]], remove: tuple[str, ...]) -> None:
    """Add and take away batches in one commit; the days of both stand in it."""
    lake.create("calls", CALLS, partition_by=["part"])
    gone = [file for file in lake.old_files("calls") if file.path.split("/")[-1].split("-")[0] in remove]
    days: set[str] = set()
    for file in gone:
        for start in pq.ParquetFile(lake.path("calls") / file.path).read(columns=["start_ts"])["start_ts"].to_pylist():
            if start is not None:
                days.add(start.date().isoformat())
    new = []
    for batch, rows in add.items():
        days |= {row["start_ts"].date().isoformat() for row in rows if row["start_ts"]}
        for part in sorted({row["part"] for row in rows}):
            table = arrow("calls", [row for row in rows if row["part"] == part]).drop_columns(["part"])
            path = lake.path("calls") / f"part={part}" / f"{batch}-0.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path)
            name = path.relative_to(lake.path("calls")).as_posix()
            new.append(NewFile(name, path.stat().st_size, {"part": part}, table.num_rows, {}, {}))
    lake.commit("calls", add=new, remove=gone, metadata={"days": sorted(days)})
