"""A real Kamailio as redirect server: INVITE → the gate's route of deploy/ → 302, or what the route answers."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final, Self

from tests.support.services import free_port, missing

DEPLOY: Final = Path(__file__).parents[2] / "deploy" / "kamailio"
READY: Final = 20.0
MODULES: Final = ("tm", "sl", "pv", "htable", "jsonrpcs", "http_client", "textops", "xlog")
HEAD: Final = """
log_stderror=yes
children={workers}
disable_tcp=yes
listen=udp:127.0.0.1:{port}
"""
BODY: Final = """
request_route {{
	if (is_method("OPTIONS")) {{ sl_send_reply("200", "Ready"); exit; }}
	if (!is_method("INVITE")) {{ exit; }}
	{ask}
	append_to_reply("Contact: <sip:$rU@127.0.0.1:9>\\r\\n");
	sl_send_reply("302", "Allowed");
	exit;
}}
"""
LEASE: Final = """$var(channel) = $fU; if (!route(GATE_LEASE)) { sl_send_reply("403", "Not filed"); exit; }"""
HTTP: Final = """$var(channel) = "L01"; route(GATE_HTTP);"""
BOTH: Final = """$var(channel) = "L01"; if (!route(GATE_LEASE)) { route(GATE_HTTP); }"""


class Kamailio:
    """``with Kamailio(folder, ask) as switch``; ``ask`` is what the route does with a call."""

    def __init__(
        self, folder: Path, ask: str, *, workers: int = 4, gate_port: int = 9, extra: str = "", limit: int = 10_000
    ) -> None:
        """``extra``: further lines before the route; ``limit``: as `patient`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.socket = folder / "rpc.sock"
        self.log = folder / "kamailio.log"
        self._config = folder / "kamailio.cfg"
        loads = "\n".join(f'loadmodule "{name}.so"' for name in MODULES)
        defines = f'#!define GATE_SOCKET "{self.socket}"\n#!define GATE_CONNECTION "gate=>http://127.0.0.1:{gate_port}"'
        parts = [HEAD.format(workers=workers, port=self.port), defines, loads]
        parts += [(DEPLOY / "leases.cfg").read_text(), patient(limit)]
        self._config.write_text("#!KAMAILIO\n" + "\n".join([*parts, extra, BODY.format(ask=ask)]))
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def program() -> str:
        """The path of Kamailio; a skip where it is missing."""
        return shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin") or missing("kamailio")

    def check(self) -> str:
        """What Kamailio says to the configuration."""
        done = subprocess.run([self.program(), "-f", self._config, "-c"], check=False, capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stderr

    def start(self) -> None:
        """Start and wait until it answers."""
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        command = [self.program(), "-f", str(self._config), "-Y", str(run), "-m", "256", "-M", "16", "-DD", "-E"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "TZ": "Asia/Shanghai"}, start_new_session=True
            )
        until = time.monotonic() + READY
        while time.monotonic() < until and self.process.poll() is None:
            if self.invite("ready", "1", "2", patience=0.2, method="OPTIONS"):
                return
        self.stop()
        raise AssertionError(self.log.read_text()[-3000:])

    def stop(self) -> None:
        """End it and its workers."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, 9)
                self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def invite(self, call_id: str, display: str, callee: str, patience: float = 15.0, method: str = "INVITE") -> str:
        """Send one INVITE or another request; the whole answer, empty where none came."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.settimeout(patience)
            own.bind(("127.0.0.1", 0))
            request = invite(own.getsockname()[1], self.port, call_id, display, callee)
            own.sendto(request.replace(b"INVITE", method.encode()), ("127.0.0.1", self.port))
            try:
                return own.recv(65_536).decode()
            except (TimeoutError, ConnectionRefusedError):
                return ""

    def code(self, call_id: str, display: str, callee: str = "13900139000") -> int:
        """The status of one call; 0: no answer."""
        answer = self.invite(call_id, display, callee)
        return int(answer.split(" ", 2)[1]) if answer else 0


def patient(limit: int = 10_000) -> str:
    """http.cfg with another ``limit`` on the gate's answer, in milliseconds: its own 300 are few for a busy machine."""
    text = (DEPLOY / "http.cfg").read_text()
    assert '"connection_timeout", 300)' in text
    return text.replace('"connection_timeout", 300)', f'"connection_timeout", {limit})')


def invite(own: int, port: int, call_id: str, display: str, callee: str) -> bytes:
    """An INVITE without a body."""
    return (
        f"INVITE sip:{callee}@127.0.0.1:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{call_id}\r\n"
        f"From: <sip:{display}@127.0.0.1>;tag=f{call_id}\r\n"
        f"To: <sip:{callee}@127.0.0.1>\r\n"
        f"Call-ID: {call_id}\r\n"
        "CSeq: 1 INVITE\r\n"
        f"Contact: <sip:{display}@127.0.0.1:{own}>\r\n"
        "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    ).encode()
