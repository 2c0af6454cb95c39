"""A call as a switch asks about it over HTTP, and the answers taken apart."""

import json
from typing import Any

from tests.support.gate_server import requests, run, running, talk

from nianjian.engines.gate.server.gate import Gate

CALL = {"enterprise": "acme", "display": "95013001", "callee": "13900139000", "channel": "L01", "call_id": "c1"}


def body(**changes: Any) -> bytes:
    """`CALL` with changes."""
    return json.dumps({**CALL, **changes}).encode()


def split(received: bytes) -> list[tuple[int, bytes]]:
    """Status and body of each answer, by its length."""
    responses = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        responses.append((int(head.split()[1]), rest[:length]))
        received = rest[length:]
    return responses


def posted(
    gate: Gate, *bodies: bytes, path: bytes = b"/v1/decide", headers: bytes = b"", **tokens: str
) -> list[tuple[int, bytes]]:
    """The answers to requests that are sent at once; the connection is closed after the last."""

    async def play() -> list[tuple[int, bytes]]:
        async with running(gate, {token: enterprise for enterprise, token in tokens.items()}) as ports:
            sent = requests(bodies[:-1], path, headers) + requests(
                bodies[-1:], path, headers + b"Connection: close\r\n"
            )
            return split(await talk(ports["http"], sent, closes=True))

    return run(play())


def got(gate: Gate, target: str, headers: str = "", **tokens: str) -> tuple[int, bytes]:
    async def play() -> tuple[int, bytes]:
        async with running(gate, {token: enterprise for enterprise, token in tokens.items()}) as ports:
            sent = f"GET {target} HTTP/1.1\r\nHost: gate\r\n{headers}Connection: close\r\n\r\n".encode()
            return split(await talk(ports["http"], sent, closes=True))[0]

    return run(play())
