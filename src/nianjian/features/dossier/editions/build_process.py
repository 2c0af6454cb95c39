"""Both editions built in a process of its own with limits: a drawing library that aborts ends there, not here.

``python -m nianjian.features.dossier.editions.build_process FOLDER`` reads the package as JSON and prints the
manifest's SHA-256.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec

from nianjian.engines.kernel.encode import to_json, to_message_values
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.package import Package

MEMORY: Final = 4 << 30  # bytes of address space; the typesetter's own process maps a font
LOOK: Final = 1.0  # seconds between two looks at whether to go on
SECONDS: Final = 900  # of CPU: 500 scanned pages with their flat files take a minute
WRITTEN: Final = 2 << 30  # bytes of one file
KILLED: Final = {-signal.SIGXCPU: "time", -signal.SIGXFSZ: "output", -signal.SIGABRT: "abort", -signal.SIGSEGV: "crash"}


def _unwatched() -> None:
    """Nobody watches."""


def build(package: Package, folder: Path, *, room: Path, watch: Callable[[], object] = _unwatched) -> str:
    """Write all into an empty folder; the manifest's SHA-256. ``room``: for temporary files, closed to others.

    ``watch`` is called every `LOOK` seconds; what it raises ends the work.
    ``dossier_build_failed``, and what `editions.build.build` raises.
    """
    command = [sys.executable, "-m", __name__, str(folder)]
    place = {**os.environ, "TMPDIR": str(room)}  # pages name people
    # Of a pipe, what was not written when a look is due would never be: the words stand in a file without a name.
    with tempfile.TemporaryFile(dir=room) as words:
        plain = replace(package, pictures={})  # pictures of seals go with their items alone
        words.write(msgspec.json.encode(plain, enc_hook=str))
        words.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=place,
            start_new_session=True,
        ) as child:  # fmt: skip
            try:
                out = _answer(child, watch)
            finally:
                _end(child)
    if child.returncode:
        raise NianjianError("dossier_build_failed", reason=KILLED.get(child.returncode, "failed"))
    result: dict[str, Any] = json.loads(out)
    if "refused" in result:
        raise NianjianError(str(result["refused"]), **result["values"])
    return str(result["sha256"])


def _answer(child: subprocess.Popen[bytes], watch: Callable[[], object]) -> bytes:
    until = time.monotonic() + 2 * SECONDS
    while True:
        try:
            return child.communicate(timeout=LOOK)[0]
        except subprocess.TimeoutExpired as error:
            if time.monotonic() > until:
                raise NianjianError("dossier_build_failed", reason="time") from error
        watch()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child's own group: the typesetter, too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended by itself and left nobody
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from nianjian.features.dossier.editions.build import build as both  # noqa: PLC0415 - loaded under the limits

    package = msgspec.json.decode(sys.stdin.buffer.read(), type=Package, dec_hook=lambda kind, text: kind(text))
    try:
        result: dict[str, object] = {"sha256": both(package, Path(sys.argv[1])).digest}
    except NianjianError as error:
        result = {"refused": error.code, "values": to_message_values(error.values)}
    sys.stdout.write(to_json(result))


if __name__ == "__main__":
    _main()
