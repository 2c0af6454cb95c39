"""FreeSWITCH's mod_json_cdr: two documents a call, the values of `variables` URL-encoded as the switch does."""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import duckdb

_ZONE = ZoneInfo("Asia/Shanghai")
_CAUSES = {"answered": "NORMAL_CLEARING", "busy": "USER_BUSY", "failed": "NORMAL_TEMPORARY_FAILURE"}


def _epoch(stamp: datetime | None) -> int:
    return 0 if stamp is None else int(stamp.replace(tzinfo=_ZONE).timestamp())


def _leg(row: dict[str, object], *, customer: bool) -> str:
    start, answer, end = (_epoch(row[name]) for name in ("start_ts", "answer_ts", "end_ts"))  # type: ignore[arg-type]
    number = int(str(row["i"]))
    ids = [f"{number:08x}-0000-4000-8000-{leg:012x}" for leg in (1, 2)]
    own, other = ids[::-1] if customer else ids
    caller = str((row["display"] if customer else row["seat"]) or "anonymous")
    cause = _CAUSES["answered"] if row["answered"] else _CAUSES.get(str(row["outcome"]), "NO_ANSWER")
    variables = {
        "uuid": own, "call_uuid": ids[0], "bridge_uuid": other, "direction": "outbound" if customer else "inbound",
        "start_epoch": start, "answer_epoch": answer, "end_epoch": end, "billsec": row["talk_s"],
        "duration": end - start, "hangup_cause": cause, "sip_gateway_name": row["line"], "accountcode": row["team"],
        "effective_caller_id_number": row["display"] or "anonymous", "sip_from_user": caller,
    }  # fmt: skip
    times = {"created_time": start, "progress_time": start + 1, "answered_time": answer, "hangup_time": end}
    return json.dumps(
        {
            "core-uuid": "5c1f0f1e-0000-4000-8000-000000000001",
            "switchname": "fs-suda",
            "channel_data": {"state": "CS_REPORTING", "direction": variables["direction"], "state_number": "11"},
            "variables": {name: quote(str(value), safe="") for name, value in variables.items()},
            "callflow": [
                {
                    "dialplan": "XML",
                    "profile_index": "1",
                    "caller_profile": {
                        "caller_id_number": caller,
                        "ani": caller,
                        "destination_number": row["callee"],
                        "uuid": own,
                        "context": "default",
                        "chan_name": f"sofia/gateway/{row['line']}/{row['callee']}"
                        if customer
                        else f"sofia/internal/{row['seat']}",
                    },
                    "times": {name: str(value * 1_000_000) for name, value in times.items()},
                }
            ],
        },
        ensure_ascii=False,
    )


def write(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """All calls of the source, A leg then B leg, one document a line."""
    result = db.execute(
        "select i, display, callee, seat, line, team, answered, outcome, talk_s, start_ts, answer_ts, end_ts"
        " from calls where source = 'freeswitch' order by start_ts, i"
    )
    names = [column[0] for column in result.description or ()]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for values in result.fetchall():
            row = dict(zip(names, values, strict=True))
            out.write(_leg(row, customer=False) + "\n" + _leg(row, customer=True) + "\n")
