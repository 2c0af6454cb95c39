"""SIPp as the carrier behind a switch and as the dialler before it; what it saw of each call is read from its log."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from tests.support.services import free_port, missing

READY: Final = 30.0
TRIES: Final = 5
TAKEN: Final = "Unable to bind main socket"
SPEAK: Final = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000"""

# What follows the first line of a request inside the dialler's dialog; `display` is filled in with the scenario.
INSIDE: Final = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{{display}}@[local_ip]:[local_port]>;tag=[pid]f[call_number]
[last_To:]
[routes]
Call-ID: [call_id]
CSeq: {turn}
Max-Forwards: 70
Content-Length: 0
"""
# The same of an answer of the carrier.
ECHO: Final = """[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
"""
TAG: Final = ";tag=[pid]c[call_number]"
# The call is sent once more after 10 s instead of 0.5: on a busy machine the gate takes longer than that to answer,
# and what Kamailio has not relayed yet is to it another call.
DIALLER: Final = f"""<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="dialler">
<send retrans="10000"><![CDATA[
INVITE sip:[field0]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{{display}}@[local_ip]:[local_port]>;tag=[pid]f[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:{{display}}@[local_ip]:[local_port]>
Max-Forwards: 70
{SPEAK}
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="403" optional="true" next="refused"><action><log message="[field0] 403"/></action></recv>
<recv response="486" optional="true" next="refused"><action><log message="[field0] 486"/></action></recv>
<recv response="200" rrs="true"><action><log message="[field0] 200"/></action></recv>
<send><![CDATA[
ACK [next_url] SIP/2.0
{INSIDE.format(turn="1 ACK")}]]></send>
<pause milliseconds="{{talk}}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
{INSIDE.format(turn="2 BYE")}]]></send>
<recv response="200" next="over"/>
<label id="refused"/>
<send><![CDATA[
ACK sip:[field0]@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0
]]></send>
<label id="over"/>
</scenario>
"""

CARRIER: Final = f"""<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="carrier">
<recv request="INVITE" rrs="true"><action>
<ereg regexp="sip:[0-9]+@" search_in="hdr" header="To:" assign_to="1"/>
<ereg regexp="[^ ].*" search_in="hdr" header="To:" assign_to="2"/>
<ereg regexp="[^ ].*" search_in="hdr" header="From:" assign_to="3"/>
<ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="4"/>
<ereg regexp="{{busy}}" search_in="hdr" header="To:" assign_to="5"/>
<log message="[$1]"/></action></recv>
<Reference variables="2,3,4"/>
<nop next="busy" test="5"/>
<send><![CDATA[
SIP/2.0 180 Ringing
{ECHO.format(tag=TAG)}Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0
]]></send>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Record-Route:]
{ECHO.format(tag=TAG)}Contact: <sip:[local_ip]:[local_port]>
{SPEAK}
]]></send>
<recv request="ACK" rrs="true"/>
{{keys}}
<recv request="BYE"/>
<send next="over"><![CDATA[
SIP/2.0 200 OK
{ECHO.format(tag="")}Content-Length: 0
]]></send>
<label id="busy"/>
<send retrans="500"><![CDATA[
SIP/2.0 486 Busy Here
{ECHO.format(tag=TAG)}Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0
]]></send>
<recv request="ACK"/>
<label id="over"/>
</scenario>
"""

KEY: Final = """<pause milliseconds="400"/>
<send retrans="500"><![CDATA[
INFO [$4] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$2];tag=[pid]c[call_number]
To: [$3]
Call-ID: [call_id]
CSeq: {number} INFO
Contact: <sip:[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal={key}
Duration=160
]]></send>
<recv response="200"/>"""

# Asterisk's way to the carrier; `more` are further settings of the endpoint.
TRUNK: Final = """
[carrier]
type=endpoint
transport=udp
context=nobody
disallow=all
allow=alaw
direct_media=no
{more}aors=carrier
[carrier]
type=aor
contact=sip:127.0.0.1:{port}
"""


def trunk_to(port: int, *more: str) -> str:
    """Return what pjsip.conf says of a carrier at this port."""
    return TRUNK.format(port=port, more="".join(f"{one}\n" for one in more))


def program() -> str:
    """The path of SIPp; a skip where it is missing."""
    return shutil.which("sipp") or missing("sipp")


def dial(folder: Path, switch: int, numbers: Sequence[str], *, display: str, talk: int = 100) -> list[tuple[str, int]]:
    """Dial the numbers one after the other through the switch's port: (number, final status) as SIPp saw them.

    An answered call is hung up after ``talk`` milliseconds. AssertionError where SIPp ends with an error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scenario, numbers_file, log = folder / "dialler.xml", folder / "numbers.csv", folder / "dialler.log"
    scenario.write_text(DIALLER.format(display=display, talk=talk))
    numbers_file.write_text("SEQUENTIAL\n" + "".join(f"{number}\n" for number in numbers))
    words = ["-sf", str(scenario), "-inf", str(numbers_file), "-m", str(len(numbers)), "-l", "1", "-r", "20"]
    for _ in range(TRIES):  # of some hundred rounds one may find its port taken meanwhile; nothing was dialled then
        own = ["-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()), "-timeout", "150", "-nostdin"]
        command = [program(), f"127.0.0.1:{switch}", *words, *own, "-trace_logs", "-log_file", str(log)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=160)
        if TAKEN not in done.stderr:
            break
    assert done.returncode == 0, (done.stdout[-3000:], done.stderr[-1000:])
    seen = [line.split() for line in log.read_text().splitlines() if line.strip()]
    return [(number, int(status)) for number, status in seen]


class Carrier:
    """``with Carrier(folder) as carrier``: answers every call; ``keys`` are pressed by the callee once it talks.

    ``busy``: an expression over the To header; who fits is busy.
    """

    def __init__(self, folder: Path, keys: str = "", busy: str = "sip:nobody@") -> None:
        self.port = free_port()
        self._folder = folder
        self._log = folder / "carrier.log"
        self._keys, self._busy = keys, busy
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        scenario = self._folder / "carrier.xml"
        pressed = "\n".join(KEY.format(number=place, key=key) for place, key in enumerate(self._keys, 1))
        scenario.write_text(CARRIER.format(keys=pressed, busy=self._busy))
        command = [program(), "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(self.port), "-mp", str(free_port())]
        command += ["-nostdin", "-trace_logs", "-log_file", str(self._log)]
        with (self._folder / "carrier.out").open("ab") as out:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=out, stderr=out)
        until = time.monotonic() + READY
        listening = f":{self.port:04X} "
        while listening not in Path("/proc/net/udp").read_text():
            assert time.monotonic() < until, "the carrier does not listen"
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def called(self) -> list[str]:
        """The numbers that reached the carrier, in order."""
        if not self._log.exists():
            return []
        return [line.strip().removeprefix("sip:").rstrip("@") for line in self._log.read_text().splitlines() if line]
