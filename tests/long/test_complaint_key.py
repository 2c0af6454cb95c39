"""Who is called presses *9 during the call at a real Asterisk: deploy's snippet opens a complaint ticket."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import pytest
from tests.support.asterisk import Asterisk
from tests.support.fixtures import shell_of
from tests.support.services import free_ports
from tests.support.sipp import Carrier, dial, trunk_to

pytestmark = pytest.mark.long

PATIENCE: Final = 60.0
CALLEE: Final = "13900139000"
PLAN: Final = """
[globals](+)
COMPLAINT_ENTERPRISE=demo
[dialler](+)
exten => _7X.,1,Set(CALLEE=${FILTER(0-9,${EXTEN:1})})
 same => n,Set(__DYNAMIC_FEATURES=complaint)
 same => n,Set(__COMPLAINED=${CALLERID(num)})
 same => n,Set(__COMPLAINANT=${CALLEE})
 same => n,Set(__COMPLAINT_CALL=${UNIQUEID})
 same => n,Dial(PJSIP/${CALLEE}@carrier,25)
 same => n,Hangup(${HANGUPCAUSE})
"""
FEATURES: Final = "featuredigittimeout=10000\n[applicationmap]\ncomplaint => *9,peer/callee,Gosub(complaint-key,s,1)\n"


@pytest.mark.parametrize(("keys", "tickets"), [("*9", 1), ("*8", 0)])
def test_the_callee_opens_a_ticket_by_a_key(tmp_path: Path, keys: str, tickets: int) -> None:
    shell = shell_of(tmp_path / "home")
    assert shell("enterprise", "add", "demo", "--name", "示范", "--province", "北京").code == 0
    nobody = free_ports(2)
    programs = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    own = {"NIANJIAN_HOME": str(tmp_path / "home"), "NIANJIAN_KEYS": str(tmp_path / "keys.json"), "PATH": programs}
    with tempfile.TemporaryDirectory(prefix="key-") as short, Carrier(Path(short) / "carrier", keys) as carrier:
        files = {
            "pjsip.conf": trunk_to(carrier.port, "dtmf_mode=info"),
            "extensions.conf": PLAN,
            "features.conf": FEATURES,
        }
        with Asterisk(Path(short) / "ast", *nobody, files, **own) as switch:
            seen = dial(Path(short) / "dialler", switch.port, [f"7{CALLEE}"], display="95013001", talk=8000)
            assert seen == [(f"7{CALLEE}", 200)]
            until = time.monotonic() + (PATIENCE if tickets else 5.0)
            while not (rows := shell("complaints", "list", "--enterprise", "demo", "--json").json["rows"]):
                if time.monotonic() > until:
                    break
                time.sleep(0.5)
    assert len(rows) == tickets, rows
    if tickets:
        (ticket,) = rows
        assert (ticket["source"], ticket["state"]) == ("one_click", "new")
        assert ticket["id"].startswith("dtmf-")
        detail = shell("complaints", "show", ticket["id"], "--enterprise", "demo", "--json").json
        assert (detail["complained"], detail["complainant"]) == ("95013001", "139****9000")
        assert (f"dtmf-{detail['reference']}", detail["drill"]) == (ticket["id"], False)
