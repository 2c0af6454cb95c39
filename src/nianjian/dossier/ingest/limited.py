"""Runs one of the programs of ``inside`` under limits; whatever it does to itself, the caller goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any, Final

from nianjian.dossier.ingest import limits
from nianjian.kernel.errors import NianjianError

# The limits stand before anything is imported. The network is taken away where the machine lets a user do so.
_CHILD: Final = """
import ctypes, os, resource as r, runpy, sys
r.setrlimit(r.RLIMIT_AS, ({memory}, {memory}))
r.setrlimit(r.RLIMIT_CPU, ({cpu}, {cpu} + 1))
r.setrlimit(r.RLIMIT_FSIZE, ({written}, {written}))
r.setrlimit(r.RLIMIT_CORE, (0, 0))
if sys.platform == "linux":
    ctypes.CDLL(None).unshare(0x10000000 | 0x40000000)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
_INSIDE: Final = "nianjian.dossier.ingest.inside"
#: Nothing of the parent: no secrets, no home. One thread each, for threads that wait burn time and address space.
_ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
_KILLED: Final = {
    -signal.SIGXCPU: "time",
    -signal.SIGKILL: "time",
    -signal.SIGXFSZ: "output",
    -signal.SIGABRT: "memory",
    -signal.SIGSEGV: "crash",
}


class Ended(Exception):  # noqa: N818 - the child's end, told apart by `reason`
    """The child did not come to an answer. ``told``: whole lines that it printed before, as JSON."""

    def __init__(self, reason: str, told: tuple[Any, ...]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told


def run(program: str, *words: str, wall: float = limits.WALL_SECONDS) -> tuple[Any, ...]:
    """Each line that ``inside.<program>`` printed, as JSON.

    NianjianError as the program tells it; `Ended` when it ended otherwise than well.
    """
    with tempfile.TemporaryFile() as out:
        reason = _run(out.fileno(), (f"{_INSIDE}.{program}", *words), wall)
        out.seek(0)
        told = _lines(out.read(limits.TOLD_BYTES))
    if reason:
        raise Ended(reason, told)
    if told and isinstance(told[-1], Mapping) and "refused" in told[-1]:
        raise NianjianError(str(told[-1]["refused"]), **told[-1]["values"])
    return told


def _run(out: int, words: tuple[str, ...], wall: float) -> str:
    """Why it ended badly; "" when it ended well."""
    bounds = {"memory": limits.MEMORY_BYTES, "cpu": limits.CPU_SECONDS, "written": limits.WRITTEN_BYTES}
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", _CHILD.format(**bounds), *words],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=_ENVIRONMENT,
    )
    try:
        code = child.wait(wall)
    except subprocess.TimeoutExpired:
        return "time"
    finally:
        _end(child)
    return "" if code == 0 else _KILLED.get(code, "failed")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child's own group: what it may have started too."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it ended by itself and left nobody
    except PermissionError:  # some systems say so of a group of the dead
        pass
    child.wait()


def _lines(text: bytes) -> tuple[Any, ...]:
    """Whole lines; the last one may be torn."""
    found = []
    for line in text.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return tuple(found)
