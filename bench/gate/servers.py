"""One server of the bench as a process: the gate with some counters, or the same decision behind Starlette.

usage: python -m bench.gate.servers KIND FOLDER PORT [LINE_PORT]; KIND memory, journal, starlette, or a store's address.
"""

import asyncio
import gc
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import Route

from nianjian.engines.gate.counters.journal import Journal
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import Counters
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.decision_journal import Journal as Decisions
from nianjian.engines.gate.process import COLLECT
from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.refill import refill_store
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.control import Control
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import HttpConnection
from nianjian.engines.gate.server.line import LineConnection
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.gate.snapshot.read import CurrentSnapshot

CODE: Final = "acme"
BLOCK: Final = 10


def _counters(kind: str, folder: Path) -> Counters:
    if kind in {"memory", "noted", "starlette"}:
        return Memory()
    if kind == "journal":
        return Journal(folder / "counters", block=lambda _: BLOCK)
    return Store(kind, block=lambda _: BLOCK)


async def _serve(kind: str, folder: Path, port: int, line: int) -> None:
    held = CurrentSnapshot(folder / "snapshot")
    held.refresh()
    assert held.snapshot is not None  # noqa: S101 - the bench has written it
    decisions = None
    if kind == "noted":
        decisions = Decisions(folder / "decisions", "bench")
    gate = Gate(held, _counters(kind, folder), decisions)
    if kind.startswith("unix:"):
        await refill_store(kind, [], held.snapshot, gate.moment())
    if decisions is not None:
        decisions.open(gate.moment())
    gc.freeze()
    gc.set_threshold(*COLLECT)
    await gate.counters.start({code: one.policy.caps for code, one in held.snapshot.tenants.items()})
    if kind == "starlette":
        await _starlette(gate, port)
        return
    loop = asyncio.get_running_loop()
    admission = Admission({}, lambda: (CODE,))
    connections = Connections()
    control = Control(gate, admission, connections=connections)
    await loop.create_server(
        lambda: HttpConnection(gate, admission, control.answer, connections), "127.0.0.1", port, backlog=1024
    )
    await loop.create_server(lambda: LineConnection(gate, admission, connections), "127.0.0.1", line, backlog=1024)
    connections.start()
    await asyncio.Event().wait()


async def _starlette(gate: Gate, port: int) -> None:
    """As one would write it with the framework, on uvicorn with the same parser and loop."""
    import uvicorn  # noqa: PLC0415 - the peer's alone

    async def decide(request: Asked) -> Response:
        body: MutableMapping[str, Any] = await request.json()
        waiting: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        gate.ask(wire.to_request(wire.Ask(**body), CODE, gate.moment()), waiting.set_result)
        return Response(wire.to_json(wire.to_answer(await waiting)), media_type="application/json")

    application = Starlette(routes=[Route("/v1/decide", decide, methods=["POST"])])
    config = uvicorn.Config(application, port=port, http="httptools", log_level="error", access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int([*sys.argv, "0"][4])))
