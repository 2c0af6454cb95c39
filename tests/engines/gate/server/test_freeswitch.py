"""FreeSWITCH as documented: the question that the dialplan of deploy/ makes, and what it makes of the answers.

No FreeSWITCH runs here.
"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from tests.support.gate import REFUSED
from tests.support.gate_server import made, run, running, talk

PLAN = Path(__file__).parents[4] / "deploy" / "freeswitch" / "gate.xml"


class Dialplan:
    """The extension ``gate-then-dial``: variables expanded and conditions met as mod_dialplan_xml does."""

    def __init__(self) -> None:
        extension = ET.parse(PLAN).getroot().find("context/extension")  # noqa: S314 - a file of this repository
        assert extension is not None
        self.first, self.second = extension.findall("condition")

    def question(self, variables: dict[str, str], destination: str) -> str:
        """The address that the inline `curl` asks; the variables are filled on the way."""
        match = re.match(self.first.attrib["expression"], destination)
        assert match is not None
        url = ""
        for action in self.first.findall("action"):
            assert action.attrib["inline"] == "true", "a condition sees inline results alone"
            name, data = action.attrib["application"], action.attrib["data"]
            data = self.expand(data.replace("$1", match[1]), variables)
            if name == "set":
                key, _, value = data.partition("=")
                variables[key] = value
            elif name == "unset":
                variables.pop(data, None)
            elif name == "curl":
                assert " " not in data, "mod_curl splits its data at blanks"
                url = data
        return url

    def acts(self, code: int, body: str) -> list[str]:
        """What is done with an answer."""
        gate = f"{code} {body}"
        met = re.search(self.second.attrib["expression"], gate) is not None
        return [one.attrib["application"] for one in self.second.findall("action" if met else "anti-action")]

    def expand(self, text: str, variables: dict[str, str]) -> str:
        """``${name}`` and ``${url_encode(${name})}``."""
        text = re.sub(r"\$\{url_encode\(\$\{(\w+)\}\)\}", lambda one: quote(variables.get(one[1], ""), safe=""), text)
        return re.sub(r"\$\{(\w+)\}", lambda one: variables.get(one[1], ""), text)


def asked(tmp_path: Path, destination: str, display: str = "95013001") -> list[str]:
    """One call through the dialplan and a gate; mod_curl opens a connection for each question."""
    plan = Dialplan()
    variables = {"caller_id_number": display, "uuid": "2e0d5f0c-9a2b-11f0-8de9-0242ac120002"}
    address = urlsplit(plan.question(variables, destination))

    async def play() -> bytes:
        async with running(made(tmp_path)) as ports:
            head = f"GET {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            sent = f"{head}User-Agent: freeswitch-curl/1.0\r\nAccept: */*\r\nConnection: close\r\n\r\n"
            return await talk(ports["http"], sent.encode(), closes=True)

    head, _, body = run(play()).partition(b"\r\n\r\n")
    return plan.acts(int(head.split()[1]), body.decode())


def test_an_allowed_call_is_bridged(tmp_path: Path) -> None:
    assert asked(tmp_path, "813900139000") == ["bridge"]


def test_a_display_number_with_a_plus_is_encoded(tmp_path: Path) -> None:
    assert asked(tmp_path, "813900139000", display="+8695013001") == ["bridge"]


def test_a_refused_call_is_answered_403(tmp_path: Path) -> None:
    assert asked(tmp_path, f"8{REFUSED}") == ["set", "respond"]


@pytest.mark.parametrize(
    ("code", "body"), [(0, ""), (500, "allow"), (200, ""), (200, "allow it"), (200, "deny cap"), (401, "allow")]
)
def test_anything_but_the_exact_word_is_a_no(code: int, body: str) -> None:
    assert "bridge" not in Dialplan().acts(code, body)
