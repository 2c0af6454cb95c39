"""The call records of a real Asterisk whose customers come in through Queue(), and what an import makes of them."""

import time
from datetime import date
from pathlib import Path

import pytest
from tests.support.asterisk import Asterisk
from tests.support.call_files import Desk, good
from tests.support.sipp import Carrier, dial, trunk_to
from tests.support.site import PATIENCE

from nianjian.engines.kernel import clock
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS, SCHEMAS
from nianjian.features.dossier.generated.monthly_traffic import count_inbound

pytestmark = pytest.mark.long

PLAN = """
[dialler](+)
exten => 95013,1,Answer()
 same => n,Queue(seats,t,,,20)
 same => n,Hangup()
exten => 95014,1,Answer()
 same => n,Queue(nobody,t,,,20)
 same => n,Hangup()
exten => 95015,1,Answer()
 same => n,Wait(20)
 same => n,Hangup()
exten => 95016,1,Dial(PJSIP/8001@carrier,5)
 same => n,Hangup()
exten => 95017,1,Dial(PJSIP/8002@carrier,5)
 same => n,Hangup()
[seats]
exten => _X.,1,Dial(PJSIP/${EXTEN}@carrier,5)
 same => n,Hangup()
"""
# The seat that is tried first is busy; the other picks up, behind a Local channel.
QUEUES = """
[seats]
strategy=linear
timeout=5
retry=1
ringinuse=yes
member => PJSIP/8002@carrier
member => Local/8001@seats/n
[nobody]
strategy=linear
joinempty=yes
"""
CSV = "[csv]\nusegmtime=no\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n"
CALLS_IN = ("95013", "95013", "95013", "95014", "95015", "95016", "95017")
CUSTOMER = "13800138000"


def test_a_seat_behind_a_queue_answers_the_customer(tmp_path: Path) -> None:
    with Carrier(tmp_path / "carrier", busy="sip:8002@") as carrier:
        more = {
            "extensions.conf": PLAN,
            "queues.conf": QUEUES,
            "cdr.conf": CSV,
            "pjsip.conf": trunk_to(carrier.port),
        }
        with Asterisk(tmp_path / "switch", 1, 1, more) as switch:
            dial(tmp_path / "sipp", switch.port, CALLS_IN, display=CUSTOMER, talk=6000)
            master = switch.folder / "log/cdr-csv/Master.csv"
            until = time.monotonic() + PATIENCE
            while f'"{CALLS_IN[-1]}"' not in (text := master.read_text()):  # written beside the call's end
                assert time.monotonic() < until, text
                time.sleep(0.1)
    (receipt,) = (desk := Desk(tmp_path / "lake")).take(master, timezone="Asia/Shanghai")
    rows = good(desk.rows())
    assert receipt["rows"]["rejected"] == 0, text

    engine, today = DuckDBEngine(), clock.today()
    first, last = date(today.year - 1, 12, 1), date(today.year + 1, 1, 31)
    tables = [engine.table(name, desk.lake.files(name), SCHEMAS.get(name, CALLS)) for name in ("calls", "number_dim")]
    counted = engine.rows(count_inbound(*tables, first, last))
    engine.close()
    assert sum(row["inbound"] for row in counted) == len(CALLS_IN), text
    # The queue of nobody and the menu answered too; of the last one nobody but a busy seat was tried.
    assert sum(row["inbound_answered"] for row in counted) == len(CALLS_IN) - 1, text
    assert sum(row["inbound_served"] for row in counted) == 4, text

    mine = [row for row in rows if row["direction"] == "in"]
    assert {row["agent_id"] for row in mine if row["answered"]} >= {"8001", None}, text
    assert not [row for row in mine if (row["result"] == "answered") != row["answered"]], text
    assert not [row for row in mine if not row["delivered"]], text
