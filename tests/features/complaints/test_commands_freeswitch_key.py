"""The complaint key of FreeSWITCH as documented: the command that the dialplan of deploy/ makes opens the ticket.

No FreeSWITCH runs here: conditions are met and variables expanded as mod_dialplan_xml does.
"""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tests.support.fixtures import Shell

PLAN = Path(__file__).parents[3] / "deploy" / "freeswitch" / "complaint.xml"
CALL = "7f9c1c1e-9b1a-4a39-8c9e-3d2f5a7f0c11"
GIVEN = {
    "destination_number": "complaint-key",
    "complainant": "13800138000",
    "complained": "95013001",
    "complaint_call": CALL,
    "complaint_enterprise": "demo",
}


def pressed(**changes: str) -> str:
    """What the shell gets when the key is pressed; "" where a condition is not met."""
    variables, command = GIVEN | changes, ""
    for condition in ET.parse(PLAN).getroot().iterfind("context/extension/condition"):  # noqa: S314 - of this repository
        field = condition.attrib["field"].removeprefix("${").removesuffix("}")
        found = re.search(condition.attrib["expression"], variables.get(field, ""))
        if found is None:
            return ""
        for action in condition.iterfind("action"):
            data = action.attrib["data"].replace("$1", found[1])
            data = re.sub(r"\$\{(\w+)\}", lambda one: variables.get(one[1], ""), data)
            if action.attrib["application"] == "set":
                assert action.attrib["inline"] == "true", "a condition sees inline results alone"
                key, _, value = data.partition("=")
                variables[key] = value
            else:
                assert action.attrib["application"] == "bgsystem"
                command = data
    return command


def test_the_key_opens_a_ticket_of_the_call(cli: Shell) -> None:
    program, *words = shlex.split(pressed(complained="+8695013001"))
    assert program == "nianjian"
    told = cli(*words, "--json")
    assert told.code == 0, told.err
    assert (told.json["id"], told.json["source"]) == (f"dtmf-{CALL}", "one_click")
    assert cli(*words, "--json").json["error"]["code"] == "complaint_exists"  # pressed twice: one ticket


@pytest.mark.parametrize("name", ["complainant", "complained", "complaint_call", "complaint_enterprise"])
@pytest.mark.parametrize("value", ["", "1; rm -rf /", "$(id)", "`id`", "138 001", "--at", "-x", "a\nb"])
def test_nothing_else_reaches_the_shell(name: str, value: str) -> None:
    assert pressed(**{name: value}) == ""


def test_the_comment_tells_how_it_is_bound() -> None:
    comment = PLAN.read_text("utf-8").partition("-->")[0]
    assert "execute_extension::complaint-key XML complaint" in comment
    assert all(f'export" data="{name}=' in comment for name in GIVEN if name != "destination_number")
