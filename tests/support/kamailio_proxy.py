"""A real Kamailio between a caller and a far end: it stays in the dialog (Record-Route) and relays, nothing else."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Final, Self

from tests.support.kamailio import READY, Kamailio
from tests.support.services import free_port

CONFIG: Final = """#!KAMAILIO
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:127.0.0.1:{port}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {{
	if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
	if (has_totag()) {{
		if (loose_route()) {{ t_relay(); exit; }}
		if (is_method("ACK")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
		sl_send_reply("404", "Not here");
		exit;
	}}
	record_route();
	$du = "sip:127.0.0.1:{far}";
	t_relay();
}}
"""


class Proxy:
    """``with Proxy(folder, far) as proxy``: calls to ``proxy.port`` go to the far end's port."""

    def __init__(self, folder: Path, far: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self._folder = free_port(), folder
        self._config = folder / "proxy.cfg"
        self._config.write_text(CONFIG.format(port=self.port, far=far))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        log = self._folder / "proxy.log"
        run = ["-Y", str(self._folder), "-m", "64", "-M", "8", "-DD", "-E"]
        with log.open("ab") as out:
            command = [Kamailio.program(), "-f", str(self._config), *run]
            self._process = subprocess.Popen(command, stdout=out, stderr=out)
        until = time.monotonic() + READY
        while f":{self.port:04X} " not in Path("/proc/net/udp").read_text():
            assert self._process.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < until, "Kamailio does not listen"
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
