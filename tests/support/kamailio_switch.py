"""A real Kamailio before a carrier, with the house's configuration: asks the gate, accounts, follows its dialogs."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Final, Self

from tests.support.kamailio import DEPLOY, READY, Kamailio, patient
from tests.support.services import free_port

MODULES: Final = (
    "tm", "sl", "pv", "rr", "kex", "textops", "siputils", "http_client", "xlog", "jsonrpcs", "dialog", "db_flatstore",
    "acc",
)  # fmt: skip
CONFIG: Final = """#!KAMAILIO
log_stderror=yes
children=4
disable_tcp=yes
listen=udp:127.0.0.1:{port}
#!define SCREENS_ACC "flatstore:{accounts}"
#!define SCREENS_SOCKET "{socket}"
#!define GATE_CONNECTION "gate=>http://127.0.0.1:{gate}"
{modules}
include_file "{deploy}/screens.cfg"
{http}
request_route {{
	if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
	if (has_totag()) {{
		if (loose_route()) {{
			if (is_method("BYE")) {{ route(SCREENS_END); }}
			t_relay();
			exit;
		}}
		if (is_method("ACK")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
		sl_send_reply("404", "Not here");
		exit;
	}}
	if (!is_method("INVITE")) {{ sl_send_reply("405", "No"); exit; }}
	$var(channel) = "L01";
	route(GATE_HTTP);
	route(SCREENS_CALL);
	record_route();
	$du = "sip:127.0.0.1:{far}";
	t_relay();
}}
"""


class Switch:
    """``with Switch(folder, far, gate) as switch``; the folder's path must be short, sockets stand in it."""

    def __init__(self, folder: Path, far: int, gate: int) -> None:
        """``far``: the carrier's port, ``gate``: the gate's."""
        self.port, self.socket, self.accounts = free_port(), folder / "rpc.sock", folder / "acc"
        self.accounts.mkdir(parents=True)
        self._folder = folder
        self._config = folder / "switch.cfg"
        modules = "\n".join(f'loadmodule "{name}.so"' for name in MODULES)
        places = {"port": self.port, "accounts": self.accounts, "socket": self.socket, "gate": gate, "far": far}
        self._config.write_text(CONFIG.format(**places, modules=modules, deploy=DEPLOY, http=patient()))
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        log = self._folder / "switch.log"
        run = ["-Y", str(self._folder), "-m", "128", "-M", "8", "-DD", "-E"]
        variables = {**os.environ, "TZ": "Asia/Shanghai"}
        with log.open("ab") as out:
            command = [Kamailio.program(), "-f", str(self._config), *run]
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=variables, start_new_session=True)
        until = time.monotonic() + READY
        while True:
            try:
                self.ask("core.uptime")
            except OSError:
                assert self.process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < until, "Kamailio does not answer"
                time.sleep(0.1)
            else:
                return self

    def ask(self, method: str, *parameters: str) -> Any:
        """What it answers to a question by JSON-RPC; OSError."""
        own = self._folder / "asks.sock"
        own.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
            asking.settimeout(2)
            asking.bind(str(own))
            request = {"jsonrpc": "2.0", "method": method, "params": list(parameters), "id": 1}
            asking.sendto(json.dumps(request).encode(), str(self.socket))
            return json.loads(asking.recv(65_536))["result"]

    def counted(self) -> dict[str, int]:
        """The dialog module's own statistics since the start: processed (failed among them), active, early, expired."""
        lines = (str(one).removeprefix("dialog:").split(" = ") for one in self.ask("stats.get_statistics", "dialog:"))
        return {name.removesuffix("_dialogs"): int(count) for name, count in lines}

    def kill(self) -> None:
        """Kill it with its workers."""
        assert self.process is not None
        os.killpg(self.process.pid, 9)
        self.process.wait()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
