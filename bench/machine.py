"""What a figure was measured on."""

import importlib.metadata
import os
import platform
from pathlib import Path


def describe() -> list[str]:
    """Lines for the head of a result: processor, memory, system, versions, load."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    memory = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]) / 2**20
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("duckdb", "deltalake", "pyarrow", "ibis-framework", "pandas")
    )
    return [
        f"Processor: {model}, {len(os.sched_getaffinity(0))} cores; memory {memory:.0f} GiB",
        f"System: {platform.system()} {platform.release()}, Python {platform.python_version()}, {versions}",
        f"Load average at the start (1, 5, 15 minutes): {', '.join(f'{one:.1f}' for one in os.getloadavg())}",
    ]
