"""Both editions built in a process of its own with limits: a drawing library that aborts ends there, not here.

``python -m nianjian.features.dossier.editions.build_process FOLDER`` reads the package as JSON and prints the
manifest's SHA-256.
"""

from __future__ import annotations

import base64
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
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.package import Board, Item, Limits, Package, Picture, Print, Rules, Seal

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
    Pictures of seals go with their items alone. ``dossier_build_failed``, and what `editions.build.build` raises.
    """
    command = [sys.executable, "-m", __name__, str(folder)]
    place = {**os.environ, "TMPDIR": str(room)}  # pages name people
    # Of a pipe, what was not written when a look is due would never be: the words stand in a file without a name.
    with tempfile.TemporaryFile(dir=room) as words:
        words.write(_written(package).encode())
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
    told: dict[str, Any] = json.loads(out)
    if "refused" in told:
        raise NianjianError(str(told["refused"]), **told["values"])
    return str(told["sha256"])


def _answer(child: subprocess.Popen[bytes], watch: Callable[[], object]) -> bytes:
    """What the child says in the end."""
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


def _written(package: Package) -> str:
    """A package as JSON."""
    plain = ("enterprise", "licence", "season", "snapshot", "draft", "duplex", "language", "source")
    told: dict[str, object] = {name: getattr(package, name) for name in plain}
    told["limits"] = asdict(package.limits)
    told["items"] = [
        {
            "name": one.name,
            "title": one.title,
            "board": one.board.value,
            "file": str(one.file),
            "seals": sorted(seal.value for seal in one.seals),
            "source_sha256": one.source_sha256,
            "prints": [_print(found) for found in one.prints],
        }
        for one in package.items
    ]
    return json.dumps(told, ensure_ascii=False, default=str)


def _print(one: Print) -> dict[str, object]:
    picture = {"png": base64.b64encode(one.picture.png).decode(), "width_mm": one.picture.width_mm}
    return {"id": one.id, "seal": one.seal.value, "page": one.page, "x_mm": one.x_mm, "y_mm": one.y_mm, **picture}


def _printed(told: dict[str, Any]) -> Print:
    picture = Picture(base64.b64decode(told["png"]), told["width_mm"])
    return Print(told["id"], Seal(told["seal"]), picture, told["page"], told["x_mm"], told["y_mm"])


def _read(told: dict[str, Any]) -> Package:
    """The package again."""
    limits = told.pop("limits")
    riding = limits.pop("riding")
    for name in ("diameter_mm", "sliver_mm"):
        riding[name] = Decimal(riding[name])
    items = tuple(
        Item(
            one["name"], one["title"], Board(one["board"]), Path(one["file"]),
            frozenset(Seal(seal) for seal in one["seals"]), one["source_sha256"], tuple(map(_printed, one["prints"])),
        )
        for one in told.pop("items")
    )  # fmt: skip
    return Package(items=items, limits=Limits(**limits, riding=Rules(**riding)), **told)


def _main() -> None:
    """The other process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from nianjian.features.dossier.editions.build import build as both  # noqa: PLC0415 - loaded under the limits

    package = _read(json.load(sys.stdin.buffer))
    try:
        told: dict[str, object] = {"sha256": both(package, Path(sys.argv[1])).digest}
    except NianjianError as error:
        told = {"refused": error.code, "values": error.values}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, default=str))


if __name__ == "__main__":
    _main()
