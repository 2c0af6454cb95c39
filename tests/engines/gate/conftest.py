"""Coroutine tests of the gate run each on a loop of its own, of the kind that the gate has; its counters on any."""

import asyncio
import inspect

import pytest
import uvloop
from tests.support.gate_store import OPENED


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test to its end and stop what it has opened; any other is pytest's own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def play() -> None:
        OPENED.clear()
        await pyfuncitem.obj(**arguments)
        for store in OPENED:
            await store.stop()

    run = asyncio.run if pyfuncitem.path.parent.name == "counters" else uvloop.run
    run(play())
    return True
