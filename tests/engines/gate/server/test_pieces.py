"""However questions over HTTP are cut into pieces, they get the answers that they get one by one."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.gate import cap, tenant
from tests.support.gate_asking import body, split
from tests.support.gate_server import Heard, made, requests

from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.control import Control
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import HttpConnection
from nianjian.engines.gate.server.wire import Admission

RIGHT, WRONG = b"Authorization: Bearer secret\r\n", b"Authorization: Bearer secreT\r\n"
GET = b"GET /gate?display=95013001&callee=13900139000&channel=L01&call_id=g%d HTTP/1.1\r\n%b\r\n"
INNER = body(call_id="z" * 9)


def _question(kind: str, number: int) -> bytes:
    usual = body(call_id=f"c{number}")
    return {
        "post": lambda: requests([usual], headers=RIGHT),
        "open": lambda: requests([usual]),
        "wrong": lambda: requests([usual], headers=WRONG),
        "longer": lambda: requests([body(call_id=f"call-{number}")], headers=RIGHT),
        "full": lambda: requests([body(call_id=f"c{number}", channel="L99")], headers=RIGHT),
        "broken": lambda: requests([usual[:-1] + b"]"], headers=RIGHT),
        "get": lambda: GET % (number, RIGHT),
        # a text inside a question that looks like a question
        "nested": lambda: requests([body(caller=requests([INNER], headers=RIGHT).decode())], headers=RIGHT),
    }[kind]()


def _answers(gate: Gate, pieces: list[bytes], kind: type[HttpConnection] = HttpConnection) -> list[tuple[int, object]]:
    async def play() -> bytes:
        admission = Admission({"secret": "acme"}, lambda: ("acme",))
        connections = Connections()
        control = Control(gate, admission, connections=connections)
        door, heard = kind(gate, admission, control.answer, connections), Heard()
        door.connection_made(heard)
        for piece in pieces:
            door.data_received(piece)
        door.connection_lost(None)
        assert not heard.closed, "nobody asked for an end"
        return heard.text

    return [(status, _nameless(told)) for status, told in split(asyncio.run(play()))]


def _nameless(told: bytes) -> object:
    return json.loads(re.sub(rb'"decision_id":"[^"]*"', b'"decision_id":""', told)) if told.startswith(b"{") else told


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(
        st.sampled_from(["post", "post", "post", "open", "wrong", "longer", "full", "broken", "get", "nested"]),
        min_size=1,
        max_size=12,
    ),
    cuts=st.lists(st.integers(0, 3000), max_size=6),
)
def test_pieces_change_no_answer(tmp_path_factory: Any, kinds: list[str], cuts: list[int]) -> None:
    root = tmp_path_factory.mktemp("gate")
    whole = [_question(kind, number + 10) for number, kind in enumerate(["post"] * 4 + kinds)]
    text = b"".join(whole)
    ends = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    policy = tenant(caps=[asdict(cap("L01", 12))])
    one, other, third = (made(root / name, policy) for name in ("one", "other", "third"))
    alone = _answers(one, whole)
    assert len(alone) == len(whole)
    assert _answers(other, [text[a:b] for a, b in pairwise(ends)]) == alone
    third.usual.learn = lambda *_: None  # type: ignore[method-assign]
    assert _answers(third, whole) == alone
    assert one.reasons == other.reasons == third.reasons


class _Counted(HttpConnection):
    parsed = 0

    def on_message_complete(self) -> None:
        _Counted.parsed += 1
        super().on_message_complete()


def test_the_same_head_again_needs_no_parser_and_a_text_like_it_is_no_question(tmp_path: Path) -> None:
    gate, _Counted.parsed = made(tmp_path), 0
    again = [_question("post", number) for number in range(10, 30)]
    outer = b"POST /v1/decide HTTP/1.1\r\nHost: gate\r\n%bContent-Length: %d\r\n\r\n" % (RIGHT, len(again[0]))
    told = _answers(gate, [*again, outer, _question("post", 30), _question("post", 31)], _Counted)
    assert [status for status, _ in told] == [200] * 20 + [400, 200]
    assert (_Counted.parsed, gate.usual.taken) == (4, 19), "two to learn, one to see it so, and the outer one"
    assert gate.reasons["acme", "allow"] == 21
