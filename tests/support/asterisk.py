"""A real Asterisk of Debian's suite sid, unpacked beside the system into a cache folder outside the repository.

NIANJIAN_ASTERISK names that folder (default: nianjian-asterisk in the user's cache); it is filled once.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn, Self

import pytest
from tests.support.kamailio import invite
from tests.support.services import free_port

HERE: Final = Path(__file__).parent
DEPLOY: Final = HERE.parents[1] / "deploy" / "asterisk"
READY: Final = 60.0
NEEDED: Final = ("chan_pjsip.so", "res_agi.so", "func_curl.so", "app_stack.so", "cdr_custom.so", "func_uri.so")
LEFT_OUT: Final = """
chan_unistim chan_iax2 chan_mgcp chan_skinny chan_motif chan_console chan_alsa chan_dahdi pbx_dundi pbx_ael
pbx_lua res_config_ldap res_config_odbc res_config_pgsql res_odbc cdr_odbc cdr_adaptive_odbc cdr_pgsql cdr_tds
cdr_radius cdr_sqlite3_custom cel_radius cel_tds cel_pgsql cel_odbc cel_custom cel_sqlite3_custom res_snmp
res_xmpp res_calendar res_calendar_caldav res_calendar_ews res_calendar_exchange res_calendar_icalendar
app_voicemail app_voicemail_imap app_voicemail_odbc app_dahdiras app_meetme app_minivm app_festival
app_alarmreceiver res_hep res_prometheus res_statsd res_phoneprov res_pjsip_phoneprov_provider
res_stun_monitor res_timing_dahdi res_timing_pthread res_smdi
"""
DIALPLAN: Final = """
[general]
static=yes
autofallthrough=yes
[globals]
GATE_URL=http://127.0.0.1:{http}/gate
GATE_AGI=agi://127.0.0.1:{agi}/decide
[dialler]
exten => _8X.,1,Set(CALLEE=${{FILTER(0-9,${{EXTEN:1}})}})
 same => n,Gosub(gate-http,s,1(L01))
 same => n,GotoIf($["${{GATE}}" != "allow"]?refused)
 same => n,Hangup(17)
 same => n(refused),Hangup(21)
exten => _9X.,1,Set(CALLEE=${{FILTER(0-9,${{EXTEN:1}})}})
 same => n,Gosub(gate-agi,s,1(L01))
 same => n,GotoIf($["${{GATE}}" != "allow"]?refused)
 same => n,Hangup(17)
 same => n(refused),Hangup(21)
#include gate.conf
#include {deploy}/complaint.conf
"""
UNREACHED: Final = 3  # how asterisk_fetch.sh ends where the archive, or a package in it, cannot be had
RECORD: Final = "[mappings]\nGate.csv => ${CSV_QUOTE(${CDR(dst)})},${CSV_QUOTE(${CDR(userfield)})}\n"


def unpacked() -> Path:
    """The folder with ``tree``; fetched on first use; always a skip where the archive does not give it.

    What was fetched and cannot be unpacked or started is a failure where all services are required.
    """
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nianjian-asterisk"
    folder = Path(os.environ.get("NIANJIAN_ASTERISK") or default)
    if not (folder / "tree/usr/share/asterisk/sounds/en").is_symlink():
        if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
            pytest.skip("Asterisk is missing (apt-get to unpack it from suite sid)")
        packages = (HERE / "asterisk.lock").read_text().split()
        done = subprocess.run(
            ["/bin/sh", "-e", str(HERE / "asterisk_fetch.sh"), str(folder), *packages],
            check=False,
            stdout=sys.stderr,  # the version, and what sid no longer has
        )
        if done.returncode:
            missing(done.returncode)
    return folder / "tree"


def missing(code: int) -> NoReturn:
    """Skip, or fail, by how `asterisk_fetch.sh` has ended."""
    if code == UNREACHED:
        pytest.skip("Asterisk is missing (suite sid of this machine's Debian mirror cannot be had)")
    what = f"Asterisk was fetched and could not be unpacked (asterisk_fetch.sh ended with {code})"
    if os.environ.get("NIANJIAN_REQUIRE_SERVICES") == "1":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


class Asterisk:
    """``with Asterisk(folder, http, agi) as switch``: extensions 8… ask by CURL(), 9… by FastAGI; allowed ends busy."""

    def __init__(
        self, folder: Path, http: int, agi: int, more: Mapping[str, str] | None = None, *, limit: str = "10",
        **variables: str,
    ) -> None:  # fmt: skip
        """``more``: further lines of configuration files, or whole ones, by name; ``variables``: of its environment.

        ``limit``: seconds in which the gate must answer; gate.conf's own 0.3 are too few for a busy machine.
        """
        self.root = unpacked()
        self._more = more or {}
        self._own = variables
        self.folder = folder
        self.port = free_port()
        library = next(self.root.glob("usr/lib/*-linux-gnu"))
        self._library = str(library)
        places = {
            "astetcdir": "etc", "astvarlibdir": "var", "astdbdir": "var", "astkeydir": "var", "astspooldir": "spool",
            "astrundir": "run", "astlogdir": "log", "astagidir": "agi",
        }  # fmt: skip
        for name in set(places.values()):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("cdr-custom", "cdr-csv"):
            (folder / "log" / name).mkdir(exist_ok=True)
        # a folder of sockets must have a short name, as paths of sockets have
        own = "\n".join(f"{name} => {folder / place}" for name, place in places.items())
        modules = library / "asterisk/modules"
        own += f"\nastmoddir => {modules}\nastdatadir => {self.root / 'usr/share/asterisk'}"
        self.config = folder / "asterisk.conf"
        self.config.write_text(f"[directories]\n{own}\n[options]\nverbose=3\n")
        self._write(
            "modules.conf", "[modules]\nautoload=yes\n" + "".join(f"noload = {one}.so\n" for one in LEFT_OUT.split())
        )
        self._write(
            "pjsip.conf",
            "[global]\ntype=global\nendpoint_identifier_order=ip,anonymous\n"
            f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{self.port}\n"
            "[anonymous]\ntype=endpoint\ntransport=udp\ncontext=dialler\ndisallow=all\nallow=alaw\ndirect_media=no\n",
        )
        self._write("gate.conf", (DEPLOY / "gate.conf").read_text().replace(")=0.3", f")={limit}"))
        self._write("extensions.conf", DIALPLAN.format(http=http, agi=agi, deploy=DEPLOY))
        self._write("cdr.conf", "[general]\nenable=yes\nunanswered=yes\ncongestion=yes\nbatch=no\n")
        self._write("cdr_custom.conf", RECORD)
        self._write("logger.conf", "[general]\n[logfiles]\nmessages => notice,warning,error\n")
        for name in ("rtp", "ccss", "cel", "indications", "features", "acl", "udptl"):
            self._write(f"{name}.conf", "[general]\n")
        for name in self._more:
            if not (folder / "etc" / name).exists():
                self._write(name, "")
        self.process: subprocess.Popen[bytes] | None = None

    def _write(self, name: str, text: str) -> None:
        (self.folder / "etc" / name).write_text(text + self._more.get(name, ""))

    def _command(self, *words: str) -> list[str]:
        return [str(self.root / "usr/sbin/asterisk"), "-C", str(self.config), *words]

    def _variables(self) -> dict[str, str]:
        return {**os.environ, "LD_LIBRARY_PATH": self._library, "TZ": "Asia/Shanghai", **self._own}

    def tell(self, command: str) -> str:
        """What the console answers."""
        done = subprocess.run(
            self._command("-rx", command), env=self._variables(), check=False, capture_output=True, text=True
        )
        return done.stdout

    def __enter__(self) -> Self:
        with (self.folder / "out.log").open("ab") as log:
            self.process = subprocess.Popen(self._command("-f"), env=self._variables(), stdout=log, stderr=log)
        until = time.monotonic() + READY
        waiting = list(NEEDED)
        while waiting and time.monotonic() < until and self.process.poll() is None:
            waiting = [one for one in waiting if "Running" not in self.tell(f"module show like {one}")]
            time.sleep(0.2)
        if waiting:
            self.__exit__()
            raise AssertionError(waiting, (self.folder / "out.log").read_text()[-2000:])
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def call(self, call_id: str, extension: str, display: str = "95013001", patience: float = 10.0) -> tuple[int, str]:
        """The final status of one call and its Q.850 cause; (0, "") without an answer."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.settimeout(patience)
            own.bind(("127.0.0.1", 0))
            port = own.getsockname()[1]
            to = ("127.0.0.1", self.port)
            own.sendto(invite(port, self.port, call_id, display, extension), to)
            while True:
                try:
                    answer = own.recv(65_536).decode()
                except TimeoutError:
                    return 0, ""
                status = int(answer.split(" ", 2)[1])
                if status >= 200:
                    own.sendto(ack(invite(port, self.port, call_id, display, extension), answer), to)
                    reason = next((line for line in answer.split("\r\n") if line.startswith("Reason:")), "")
                    return status, reason

    def records(self) -> list[str]:
        """Lines of the call record: dialled number and what was noted."""
        path = self.folder / "log/cdr-custom/Gate.csv"
        return path.read_text().splitlines() if path.exists() else []


def ack(request: bytes, answer: str) -> bytes:
    """The ACK of a refusal: the INVITE's branch, the answer's To."""
    to = next(line for line in answer.split("\r\n") if line.lower().startswith("to:"))
    lines = request.decode().replace("INVITE", "ACK").split("\r\n")
    ack_lines = [to if line.startswith("To:") else line for line in lines if not line.startswith("Contact:")]
    return "\r\n".join(ack_lines).encode()
