"""SIPp as the far end of one test call: a scenario a process, ended with its call or by us."""

import subprocess
import time
from pathlib import Path
from typing import Final, Self

from tests.support.services import free_port
from tests.support.sipp import ECHO, READY, SPEAK, TAG, program

ANSWER: Final = """<send retrans="500"><![CDATA[
SIP/2.0 {status}
{echo}Contact: <sip:ivr@{contact}:[local_port]>
{more}
]]></send>"""
ASK: Final = """<recv request="INVITE" rrs="true"/>"""
ACK: Final = """<recv request="ACK"/>"""
PROGRESS: Final = """<send><![CDATA[
SIP/2.0 {status}
{echo}Contact: <sip:ivr@[local_ip]:[local_port]>
Content-Length: 0
]]></send>"""
BYE: Final = f"""<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
{ECHO.format(tag="")}Content-Length: 0
]]></send>"""
CHALLENGE: Final = """WWW-Authenticate: Digest realm="gw", nonce="n1", qop="auth", algorithm=MD5
Content-Length: 0"""
PROVED: Final = """<recv request="INVITE" rrs="true"><action>
<verifyauth assign_to="1" username="{user}" password="{password}"/></action></recv>
<nop next="proved" test="1"/>"""
EMPTY: Final = "Content-Length: 0"


def said(status: str, more: str = EMPTY, contact: str = "[local_ip]") -> str:
    """A final reply."""
    return ANSWER.format(status=status, echo=ECHO.format(tag=TAG), contact=contact, more=more)


def progress(status: str) -> str:
    """A reply that is not the last."""
    return PROGRESS.format(status=status, echo=ECHO.format(tag=TAG))


def refused(status: str, *more: str) -> str:
    """A call that is refused; ``more``: further headers."""
    return ASK + progress("100 Trying") + said(status, "\n".join((*more, EMPTY))) + ACK


def answered(contact: str = "[local_ip]") -> str:
    """A call that is answered at once, and hung up by the caller."""
    return ASK + progress("180 Ringing") + said("200 OK", SPEAK, contact) + ACK + BYE


def routed() -> str:
    """As `answered`; the reply gives back the routes that the proxies before it have written."""
    return answered().replace("SIP/2.0 200 OK\n[last_Via:]", "SIP/2.0 200 OK\n[last_Record-Route:]\n[last_Via:]", 1)


def rings() -> str:
    """A call that rings until it is cancelled."""
    cancelled = f"""<recv request="CANCEL"/>
<send><![CDATA[
SIP/2.0 200 OK
{ECHO.format(tag="")}Content-Length: 0
]]></send>
<send retrans="500"><![CDATA[
SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:]{TAG}
[last_Call-ID:]
CSeq: 1 INVITE
Content-Length: 0
]]></send>"""
    return ASK + progress("180 Ringing") + cancelled + ACK


def reliable() -> str:
    """A call that demands PRACK (RFC 3262): 421 to an INVITE that does not offer it, then ringing that wants one."""
    rung = said("180 Ringing", "Require: 100rel\nRSeq: 71\nContent-Length: 0").replace(' retrans="500"', "")
    early = f"""{ASK}{rung}<recv request="PRACK"><action>
<ereg regexp="71 2 INVITE" search_in="hdr" header="RAck:" check_it="true" assign_to="1"/></action></recv>
<Reference variables="1"/>
<send><![CDATA[
SIP/2.0 200 OK
{ECHO.format(tag="")}Content-Length: 0
]]></send>"""
    ok_reply = f"""<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
CSeq: 2 INVITE
Contact: <sip:ivr@[local_ip]:[local_port]>
{SPEAK}
]]></send>"""
    return refused("421 Extension Required", "Require: 100rel") + early + ok_reply + ACK + BYE


def asked() -> str:
    """A call that needs credentials, and does not get them."""
    return ASK + said("401 Unauthorized", CHALLENGE) + ACK


def asks(user: str, password: str) -> str:
    """A call that needs credentials; wrong ones get 403."""
    right = f"""<label id="proved"/>{said("200 OK", SPEAK)}{ACK}{BYE}"""
    proved = PROVED.format(user=user, password=password)
    return f"""{asked()}{proved}{said("403 Forbidden")}<recv request="ACK" next="over"/>{right}<label id="over"/>"""


class Far:
    """``with Far(folder, scenario) as far``: SIPp plays it once and ends."""

    def __init__(self, folder: Path, scenario: str) -> None:
        self.port = free_port()
        self._folder, self._scenario = folder, scenario
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "far.xml"
        head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
        file.write_text(f'{head}<scenario name="far">{self._scenario}</scenario>\n')
        own = ["-i", "127.0.0.1", "-p", str(self.port), "-mp", str(free_port()), "-m", "1", "-nostdin", "-trace_err"]
        with (self._folder / "far.out").open("ab") as out:
            command = [program(), "-sf", str(file), *own]
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=out, stderr=out)
        until = time.monotonic() + READY
        while f":{self.port:04X} " not in Path("/proc/net/udp").read_text():
            assert self._process.poll() is None, (self._folder / "far.out").read_text()[-2000:]
            assert time.monotonic() < until, "SIPp does not listen"
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def done(self) -> int:
        """How its scenario ended: 0 as it was written."""
        assert self._process is not None
        return self._process.wait(10)
