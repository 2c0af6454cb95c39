"""A real Kamailio between a caller and a far end: it stays in the dialog (Record-Route) and relays, nothing else.

Over UDP, or over TLS towards the caller: then it writes a route for each of its two sides.
"""

import subprocess
import time
from pathlib import Path
from typing import Final, Self

from tests.support.kamailio import READY, Kamailio
from tests.support.services import free_port, missing

CONFIG: Final = """#!KAMAILIO
log_stderror=yes
children=1
{listen}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
request_route {{
	if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
	if (has_totag()) {{
		if (loose_route()) {{ xlog("L_WARN", "INSIDE $rm $proto\n"); t_relay(); exit; }}
		if (is_method("ACK")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
		sl_send_reply("404", "Not here");
		exit;
	}}
	record_route();
	$du = "sip:127.0.0.1:{far}";
	t_relay();
}}
"""


PLAIN: Final = "disable_tcp=yes\nlisten=udp:127.0.0.1:{port}"
SECURE: Final = """enable_tls=yes
listen=udp:127.0.0.1:{port}
listen=tls:127.0.0.1:{port}
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "{pem}")
modparam("tls", "private_key", "{pem}")
modparam("tls", "verify_certificate", {verify})
modparam("tls", "require_certificate", {verify})
"""


class Proxy:
    """``with Proxy(folder, far) as proxy``: calls to ``proxy.port`` go to the far end's port.

    ``pem``: certificate and key with which it speaks TLS at that port, too; ``callers``: whose certificates it
    demands of callers.
    """

    def __init__(self, folder: Path, far: int, pem: Path | None = None, callers: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self._folder = free_port(), folder
        self._listens = ("udp",) if pem is None else ("udp", "tcp")
        self._config = folder / "proxy.cfg"
        listen = PLAIN.format(port=self.port)
        if pem is not None:
            if not any(Path("/usr/lib").glob("*/kamailio/modules/tls.so")):
                missing("Kamailio's TLS (kamailio-tls-modules)")
            listen = SECURE.format(port=self.port, pem=pem, verify=int(callers is not None))
            listen += f'modparam("tls", "ca_list", "{callers}")' if callers else ""
        self._config.write_text(CONFIG.format(listen=listen, far=far))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        log = self._folder / "proxy.log"
        run = ["-Y", str(self._folder), "-m", "64", "-M", "8", "-DD", "-E"]
        with log.open("ab") as out:
            command = [Kamailio.program(), "-f", str(self._config), *run]
            self._process = subprocess.Popen(command, stdout=out, stderr=out)
        until = time.monotonic() + READY
        while any(f":{self.port:04X} " not in Path(f"/proc/net/{one}").read_text() for one in self._listens):
            assert self._process.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < until, "Kamailio does not listen"
            time.sleep(0.05)
        return self

    def inside(self) -> list[str]:
        """Method and transport of the requests that came along its routes."""
        lines = (self._folder / "proxy.log").read_text().splitlines()
        return [line.partition("INSIDE ")[2] for line in lines if "INSIDE " in line]

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
