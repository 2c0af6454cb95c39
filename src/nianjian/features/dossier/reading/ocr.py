"""Reads the pages of a clean copy in a limited process; pages come one by one, and the caller may stop at any of them.

``for page in pages(path): …`` ends the process when the loop is left. Whatever makes the process fail is one error,
`reading_failed`; the reason in it is for the log.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.reading.text import PageText, page_from_json

WORKER: Final = "nianjian.features.dossier.reading.engine"
MEMORY: Final = 3 << 30  # bytes of address space
CPU_START, CPU_PAGE = 30, 40  # seconds; docs/develop/reading.md has what pages take
PAGES: Final = 100  # where nobody says how many
WALL: Final = 240.0  # seconds without a page: the machine may be shared
LOOK: Final = 0.25  # seconds after which whoever waits is told again, and may stop
REASON: Final = 300  # characters
LINE: Final = 8 << 20  # bytes of one answer

_CHILD: Final = """
import resource as r, runpy, sys
memory, cpu = int(sys.argv[1]), int(sys.argv[2])
r.setrlimit(r.RLIMIT_AS, (memory, memory)); r.setrlimit(r.RLIMIT_CPU, (cpu, cpu + 1))
r.setrlimit(r.RLIMIT_FSIZE, (0, 0)); r.setrlimit(r.RLIMIT_CORE, (0, 0))
sys.dont_write_bytecode = True
sys.argv = sys.argv[3:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

Progress = Callable[[int, int], None]
Wait = Callable[[], None]
Picture = np.ndarray[Any, np.dtype[np.uint8]]


def _untold(_done: int, _of: int) -> None:
    """Nobody waits to be told."""


def read_pages(path: Path, numbers: Sequence[int] = (), *, progress: Progress = _untold) -> Iterator[PageText]:
    """Pages of a PDF as they are read, all or those of ``numbers``; reading_failed.

    ``progress(done, of)`` is called for each page and while one is waited for; what it raises ends the reading. ``of``
    is 0 where ``numbers`` does not tell it.
    """
    done, count = 0, len(numbers)
    words = ["pages", str(path.resolve()), *map(str, numbers)]
    with closing(_answers(words, path.name, CPU_PAGE * (count or PAGES), lambda: progress(done, count))) as answers:
        for done, answer in enumerate(answers, 1):
            progress(done, count)
            yield page_from_json(answer)


def read_strips(pictures: Sequence[bytes]) -> list[tuple[str, float]]:
    """Text and confidence of pictures (PNG) that hold one line each, such as the unwrapped ring of a seal."""
    with tempfile.TemporaryDirectory(prefix="nianjian-strips-") as folder:
        files = [Path(folder) / f"{number}.png" for number in range(len(pictures))]
        for file, content in zip(files, pictures, strict=True):
            file.write_bytes(content)
        with closing(_answers(["strips", *map(str, files)], "strips", CPU_PAGE)) as answers:
            return [(str(answer["text"]), float(answer["confidence"])) for answer in answers]


def read_turn(bgr: Picture) -> int | None:
    """By how many degrees clockwise a page (100 dpi) lies turned, as its lines can be read; None: they cannot."""
    with tempfile.TemporaryDirectory(prefix="nianjian-turn-") as folder:
        file = Path(folder) / "page.npy"
        np.save(file, bgr, allow_pickle=False)
        try:
            (answer,) = _answers(["turn", str(file)], "turn", CPU_PAGE)
        except NianjianError:
            return None
        return None if answer["turn"] is None else int(answer["turn"])


def read_sheets(pictures: Iterable[tuple[int, int, Picture]]) -> Generator[PageText]:
    """Pages from pixels that the caller has drawn: (number, dpi, BGR), one at a time; each is handed to the process."""
    with tempfile.TemporaryDirectory(prefix="nianjian-sheets-") as folder, tempfile.TemporaryFile() as said:
        child = _started(["sheets"], CPU_PAGE * PAGES, said)
        try:
            lines = _lines(child, "sheets")
            next(lines, None)
            for number, dpi, bgr in pictures:
                path = Path(folder) / f"{number}.npy"
                np.save(path, bgr, allow_pickle=False)
                if child.stdin is not None:
                    child.stdin.write(f"{path} {dpi} {number}\n".encode())
                    child.stdin.flush()
                answer = next(lines, None)
                path.unlink()
                if answer is None:
                    raise _failure(child, "sheets", said)
                yield page_from_json(answer)
        except BrokenPipeError as error:
            raise _failure(child, "sheets", said) from error
        finally:
            _end(child)


def _answers(words: Sequence[str], name: str, cpu: int, wait: Wait | None = None) -> Generator[dict[str, Any]]:
    """The worker's lines of JSON but for the first, which says that the recogniser is fit."""
    with tempfile.TemporaryFile() as said:
        child = _started(words, cpu, said)
        try:
            yield from islice(_lines(child, name, wait), 1, None)
            if child.wait(timeout=WALL):
                raise _failure(child, name, said)
        finally:
            _end(child)


def _started(words: Sequence[str], cpu: int, said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-I", "-c", _CHILD, str(MEMORY), str(CPU_START + cpu), WORKER, *words],
        stdin=subprocess.PIPE if words[0] == "sheets" else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=said,
        start_new_session=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"},  # no secrets of the parent
    )


def _failure(child: subprocess.Popen[bytes], name: str, said: IO[bytes]) -> NianjianError:
    """The error of a process that ended otherwise than well, with the end of what it said."""
    child.wait(timeout=WALL)
    said.seek(0)
    reason = said.read().decode(errors="replace").strip()[-REASON:]
    return NianjianError("reading_failed", file=name, reason=f"{child.returncode} {reason}")


def _lines(child: subprocess.Popen[bytes], name: str, wait: Wait | None = None) -> Iterator[dict[str, Any]]:
    pipe = child.stdout
    if pipe is None:
        return
    waiting, since = b"", time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if wait:
                wait()
            if time.monotonic() - since > WALL or len(waiting) > LINE:
                raise NianjianError("reading_failed", file=name, reason=f"> {WALL:.0f} s")
            if not selector.select(LOOK):
                continue
            piece = os.read(pipe.fileno(), 1 << 16)
            if not piece:
                return
            *whole, waiting = (waiting + piece).split(b"\n")
            for line in whole:
                since = time.monotonic()
                yield json.loads(line)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it started: its group is its own."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
