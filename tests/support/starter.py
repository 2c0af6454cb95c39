"""Run a command in a forked process that has the program loaded: as a new process would, in a twentieth of its time.

A server of each test process loads the whole program once, Django and its models included, on a home of its own. For
each command it forks: the child has environment, folder and standard streams as `python -m nianjian` finds them,
forgets the settings that were read for the server's home, and runs `main`. Run as a module it is
that server: it answers one request a connection with the exit code.
"""

import atexit
import functools
import gc
import importlib
import json
import logging
import os
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

PACKAGES: Final = ("nianjian",)
# Loaded late by what uses them.
LIBRARIES: Final = (
    "django.db.backends.postgresql.base", "django.db.migrations.executor", "django.views.debug",
    "ibis.backends.duckdb", "openpyxl", "rich.traceback",
)  # fmt: skip
OPENPYXL: Final = "openpyxl.worksheet._writer"  # deletes temporary files
LONGEST: Final = 1 << 20  # bytes of a request


def started(
    words: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """``nianjian`` with these words, as `subprocess.run` would start it: code, stdout, stderr.

    ``-c CODE …`` and ``-m MODULE …`` run what a test has beside the program, as Python would.
    """
    request = json.dumps({"words": list(words), "env": dict(env), "cwd": str(cwd)}).encode()
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as line,
    ):
        line.settimeout(timeout)
        line.connect(_server())
        socket.send_fds(line, [request], [out.fileno(), err.fileno()])
        line.shutdown(socket.SHUT_WR)
        code = line.recv(16)
        assert code, "the starter broke"
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(list(words), int(code), out.read().decode(), err.read().decode())


@functools.cache
def _server() -> str:
    """The address of this process' server, which ends with it."""
    folder = tempfile.mkdtemp(prefix="nianjian-starter-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = f"{folder}/socket"
    command = [sys.executable, "-m", "tests.support.starter", address]
    there = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    server = subprocess.Popen(command, stdin=subprocess.PIPE, env=there)
    atexit.register(server.wait)
    assert server.stdin is not None
    atexit.register(server.stdin.close)  # first: it is what the server waits for
    until = time.monotonic() + 120
    while not Path(address).exists():
        assert server.poll() is None, "the starter did not start"
        assert time.monotonic() < until
        time.sleep(0.05)
    return address


def serve(address: str) -> None:
    """Load, listen, fork for each who asks and tell how it ended, until standard input ends."""
    _load(Path(address).parent)
    woken, waker = socket.socketpair()  # a byte comes where a command ends
    waker.settimeout(0)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    asking: dict[int, socket.socket] = {}  # command -> who waits for it
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{address}.new")
        door.listen(64)
        Path(f"{address}.new").rename(address)
        while sys.stdin not in (ready := select.select([door, woken, sys.stdin], [], [])[0]):
            if door in ready:
                line, _ = door.accept()
                if not (command := os.fork()):
                    door.close()
                    _attend(line)
                asking[command] = line
            if woken in ready:
                woken.recv(1 << 12)
                _tell_ended(asking)
    os._exit(0)


def _tell_ended(asking: dict[int, socket.socket]) -> None:
    while asking and (ended := os.waitpid(-1, os.WNOHANG))[0]:
        with asking.pop(ended[0]) as line, suppress(OSError):  # who asked may have gone
            line.sendall(str(os.waitstatus_to_exitcode(ended[1])).encode())


def _load(folder: Path) -> None:
    """Import the program as its commands do; no table is touched, so no home needs any."""
    os.environ |= {"NIANJIAN_HOME": str(folder / "home"), "NIANJIAN_KEYS": str(folder / "keys.json")}
    importlib.import_module("nianjian.doors.cli.main")
    wiring = importlib.import_module("nianjian.platform.home.wiring")
    wiring.start()
    wiring.known_migrations()
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                try:
                    importlib.import_module(module.name)
                except ModuleNotFoundError as missing:  # an extra, such as Spark, need not be installed
                    if str(missing.name).startswith("nianjian"):
                        raise
    for library in LIBRARIES:
        importlib.import_module(library)
    atexit._clear()  # libraries clear caches at the end: ten milliseconds a command
    for needed in (logging.shutdown, weakref.finalize._exitfunc, importlib.import_module(OPENPYXL)._openpyxl_shutdown):  # type: ignore[attr-defined]
        atexit.register(needed)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page of it


def _forget_settings() -> None:
    """Let the next look at Django's settings read them anew, from the environment of the command."""
    from asgiref.local import Local  # noqa: PLC0415
    from django import conf  # noqa: PLC0415 - the server alone loads Django
    from django.core.cache import caches  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    settings: Any = conf.settings
    sys.modules.pop(settings.SETTINGS_MODULE, None)
    settings.__dict__.clear()
    settings._wrapped = conf.empty  # type: ignore[attr-defined]
    handlers: tuple[Any, ...] = (connections, caches)
    for handler in handlers:
        handler.__dict__.pop("settings", None)
        handler._settings = None
        handler._connections = Local(handler.thread_critical)


def _attend(line: socket.socket) -> NoReturn:
    """In the process of a command: read what is asked, and be it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, streams, _flags, _from = socket.recv_fds(line, LONGEST, 2)
    while more := line.recv(LONGEST):
        text += more
    line.close()
    _become(json.loads(text), streams)


def _become(request: Mapping[str, object], streams: Sequence[int]) -> NoReturn:
    """The program itself."""
    env, words = request["env"], request["words"]
    assert isinstance(env, dict)
    assert isinstance(words, list)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, stream in enumerate((nothing, *streams)):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - they live as long as the process
        for number, mode in enumerate(("r", "w", "w"))
    )
    sys.argv = ["nianjian", *words]
    code = 1
    try:
        _forget_settings()
        code = _run(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter would
        traceback.print_exc()
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(words: Sequence[str]) -> int:
    """The program's main, or what ``-c`` or ``-m`` names; the exit code."""
    if words[:1] not in (["-c"], ["-m"]):
        return int(importlib.import_module("nianjian.doors.cli.main").main())
    sys.argv = [words[0], *words[2:]]
    if words[0] == "-m":
        runpy.run_module(words[1], run_name="__main__")
    else:
        exec(words[1], {"__name__": "__main__"})  # noqa: S102 - a test's own
    return 0


if __name__ == "__main__":
    serve(sys.argv[1])
