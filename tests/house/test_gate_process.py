"""The gate's process is started as it is in production and asked; neither Django nor an engine is in it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.gate import snapshot
from tests.support.services import free_ports

from nianjian.engines.kernel import clock

HEAVY = ("django", "duckdb", "pyarrow", "ibis", "deltalake", "pandas", "numpy")
LOOK = """
import http.client, os, signal, sys, threading, time
from nianjian.doors.cli.main import main
def look():
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            link = http.client.HTTPConnection("127.0.0.1", {port}, timeout=5)
            link.request("GET", "/gate?display=95013001&callee=13900139000&channel=L01")
            print(link.getresponse().read().decode())
            link.request("GET", "/metrics")
            link.getresponse().read()
            break
        except OSError:
            time.sleep(0.05)
    print(*sorted(set({heavy!r}) & set(sys.modules)))
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=look, daemon=True).start()
sys.exit(main(["gate", "serve", "--no-feed", "--listen", "127.0.0.1:{port}", "--line", "{line}", "--fastagi", "{agi}"]))
"""


def test_the_gate_process_is_light(tmp_path: Path) -> None:
    snapshot(tmp_path / "home" / "gate" / "snapshot", at=int(clock.now().timestamp() * 1000))
    port, line, agi = free_ports(3)
    code = LOOK.format(port=port, line=line, agi=agi, heavy=HEAVY)
    variables = {**os.environ, "NIANJIAN_HOME": str(tmp_path / "home")}
    done = subprocess.run([sys.executable, "-c", code], env=variables, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    answer, loaded, *_ = done.stdout.split("\n")
    assert answer == "allow"
    assert loaded == ""
