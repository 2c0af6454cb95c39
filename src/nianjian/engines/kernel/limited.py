"""Runs a module of ours as a process with limits; whatever it does to itself, the caller goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

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


@dataclass(frozen=True, slots=True)
class Bounds:
    """``memory``: bytes of address space. ``cpu`` and ``wall``: seconds. ``written``: bytes of one file."""

    memory: int
    cpu: int
    wall: float
    written: int


def run(out: int, words: tuple[str, ...], bounds: Bounds, source: int = subprocess.DEVNULL) -> str:
    """Run the module ``words[0]`` with the other words, its output into the file descriptor ``out``.

    "" when it ended well, else why not: ``time``, ``output``, ``memory``, ``crash`` or ``failed``.
    ``source``: the file descriptor that it reads.
    """
    limits = {"memory": bounds.memory, "cpu": bounds.cpu, "written": bounds.written}
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", _CHILD.format(**limits), *words],
        stdin=source,
        stdout=out,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=_ENVIRONMENT,
    )
    try:
        code = child.wait(bounds.wall)
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
