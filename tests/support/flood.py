"""The INVITE generator in C, built where there is a compiler."""

import asyncio
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.services import missing

SOURCE = Path(__file__).with_suffix(".c")


@dataclass(frozen=True)
class Flooded:
    """What came back: ``most`` is the largest number of allowed calls of one display number."""

    calls: int
    allowed: int
    refused: int
    other: int
    most: int
    seconds: float
    p50: float
    p99: float


def built(folder: Path) -> Path:
    """The program, compiled into ``folder``."""
    compiler = shutil.which("gcc") or shutil.which("cc") or missing("gcc")
    program = folder / "flood"
    if not program.exists():
        subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
    return program


async def flood(
    program: Path, port: int, *, numbers: int, seconds: float, allowed: int, window: int = 32, first: int = 95_013_000
) -> Flooded:
    """Flood; ends early when ``allowed`` calls went and as many were refused."""
    words = [str(one) for one in (port, numbers, window, seconds, allowed, first)]
    process = await asyncio.create_subprocess_exec(str(program), *words, stdout=subprocess.PIPE)
    output, _ = await process.communicate()
    calls, let, refused, other, most, duration, p50, p99 = output.decode().split()
    counts = (int(calls), int(let), int(refused), int(other), int(most))
    return Flooded(*counts, float(duration), float(p50), float(p99))
