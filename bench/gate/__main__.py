"""`python -m bench.gate`: everything in one run, rounds interleaved, medians; the page goes to stdout or --to FILE."""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.support.gate import purpose, snapshot, tenant
from tests.support.services import free_port

from bench import machine
from bench.gate import switch
from bench.gate.cost import Rate, cpu_of
from nianjian.engines.gate.policy import Cap
from nianjian.engines.kernel import clock

HERE: Final = Path(__file__).parent
CHANNELS: Final = 500
# the server on one core and who loads it on the other, where there are two
SERVER: Final = ("taskset", "-c", "0") if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else ()
LOADER: Final = ("taskset", "-c", "1") if SERVER else ()
ENDLESS: Final = 10**9
PACE: Final = 5000
ECHOES: Final = {"line": 45, "post": 175}
"""Bytes of a question by line and by POST; the echo answers as many."""


def _snapshot(root: Path, names: list[str]) -> None:
    """One enterprise whose channels have caps that never fill."""
    channels = [{"name": name, "team": "T", "isolated": False, "days": [[None, None]]} for name in names]
    caps = [asdict(Cap(f"day.{name}", "channel", "calendar_day", ENDLESS, "frequency", only=name)) for name in names]
    purposes = [purpose("unnamed", hours=((0, 1440),)), purpose("other", consent=True)]
    told = tenant(channels=channels, caps=caps, purposes=purposes)
    snapshot(root, told, at=int(clock.now().timestamp() * 1000), lists=True)


@contextmanager
def _running(*words: str | Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that listens on ``port``."""
    process = subprocess.Popen([str(one) for one in words])
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


class Bench:
    """The programs, the folder, and the rates found."""

    def __init__(self, folder: Path, compiler: str, seconds: float, rounds: int) -> None:
        """Compiles the peers."""
        self.folder, self.seconds, self.rounds = folder, seconds, rounds
        for name in ("echo", "load"):
            subprocess.run([compiler, "-O2", "-o", str(folder / name), str(HERE / f"{name}.c")], check=True)
        _snapshot(folder / "snapshot", [f"L{number:03}" for number in range(CHANNELS)])

    def load(
        self, pid: int, port: int, kind: str, *, rate: int = 0, size: int = 200, batch: int = 1, connections: int = 32
    ) -> Rate:
        """One run against a server."""
        before = cpu_of(pid)
        words = (*LOADER, self.folder / "load", port, kind, connections, self.seconds, rate, size, batch)
        done = subprocess.run([str(one) for one in words], check=True, capture_output=True)
        answers, allowed, took, p50, p99, _bytes = map(float, done.stdout.split())
        used = max(cpu_of(pid) - before, 1e-9)
        return Rate(answers / used, answers / took, p50, p99, allowed / max(answers, 1))

    def gates(self, store: str) -> dict[str, Rate]:
        """The servers and ways of asking, all in each round."""
        kinds = {
            "memory": "memory",
            "memory, decisions noted": "noted",
            "own journal": "journal",
            "starlette": "starlette",
        }
        if store:
            kinds["leases of Valkey, AOF always"] = f"unix://{store}"
        found: dict[str, list[Rate]] = {}
        with ExitStack() as stack:
            echoes = {}
            for size in ECHOES.values():
                port = free_port()
                peer = stack.enter_context(_running(*SERVER, self.folder / "echo", str(port), str(size), port=port))
                echoes[size] = (peer, port)
            servers = {}
            for name, kind in kinds.items():
                port, line = free_port(), free_port()
                own = self.folder / name.replace(" ", "-")
                own.mkdir()
                (own / "snapshot").symlink_to(self.folder / "snapshot")
                words = (*SERVER, sys.executable, "-m", "bench.gate.servers", kind, own, str(port), str(line))
                servers[name] = (stack.enter_context(_running(*words, port=port)), port, line)
            for _ in range(self.rounds):
                for size, (peer, port) in echoes.items():
                    found.setdefault(_echo(size), []).append(self.load(peer.pid, port, "echo", size=size))
                for name, (process, port, line) in servers.items():
                    found.setdefault(f"gate, {name}: POST", []).append(self.load(process.pid, port, "post"))
                    if name == "starlette":
                        continue
                    found.setdefault(f"gate, {name}: GET", []).append(self.load(process.pid, port, "get"))
                    found.setdefault(f"gate, {name}: line", []).append(self.load(process.pid, line, "line"))
                    many = self.load(process.pid, line, "line", batch=50, connections=8)
                    found.setdefault(f"gate, {name}: 50 lines a message", []).append(many)
                process, port, _line = servers["memory"]
                found.setdefault(f"gate, memory: POST at {PACE:,}/s", []).append(
                    self.load(process.pid, port, "post", rate=PACE)
                )
        return {name: switch.statistics_of(many) for name, many in found.items()}

    def switches(self, redis: str) -> dict[str, Rate]:
        """Kamailio's ways; the gate that it asks over HTTP is one in memory."""
        own = self.folder / "switch"
        _snapshot(own / "snapshot", [str(switch.FIRST + number) for number in range(switch.NUMBERS)] + ["L01"])
        port, line = free_port(), free_port()
        words = (sys.executable, "-m", "bench.gate.servers", "memory", own, str(port), str(line))
        with _running(*words, port=port):
            return asyncio.run(
                switch.rates(
                    own,
                    snapshot=own / "snapshot",
                    seconds=self.seconds,
                    gate_port=port,
                    redis=redis,
                    rounds=self.rounds,
                )
            )


@contextmanager
def _valkey(folder: Path) -> Iterator[str]:
    """The path of a store's socket, "" where no server is installed."""
    program = shutil.which("valkey-server")
    if program is None:
        yield ""
        return
    path = folder / "valkey.sock"
    settings = ["--port", "0", "--unixsocket", str(path), "--appendonly", "yes", "--appendfsync", "always"]
    settings += ["--maxmemory-policy", "noeviction", "--dir", str(folder), "--save", ""]
    process = subprocess.Popen([program, *settings], stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})
    try:
        while not path.exists():
            time.sleep(0.05)
        yield str(path)
    finally:
        process.terminate()
        process.wait()


def _echo(size: int) -> str:
    return f"C epoll echo, {size} bytes each way"


LIMITS: Final = {  # name: (its base, the least ratio)
    "gate, memory: POST": (_echo(ECHOES["post"]), None),
    "gate, memory: line": (_echo(ECHOES["line"]), 0.5),
    "gate, leases of Valkey, AOF always: line": (_echo(ECHOES["line"]), 0.3),
    "gate, memory: POST beside Starlette": ("gate, starlette: POST", 4.0),
    "Kamailio: leases pushed by the gate": ("Kamailio: redirect without check", 0.7),
}


def page(found: dict[str, Rate]) -> str:
    """The figures as a page."""
    lines = [f"# The gate, {datetime.now(UTC).date()}", "", *machine.describe(), ""]
    lines += ["| | per CPU-s | per s seen | p50 µs | p99 µs | allowed |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {name} | {one.per_cpu:,.0f} | {one.seen:,.0f} | {one.p50:,.0f} | {one.p99:,.0f} | {one.allowed:.0%} |"
        for name, one in found.items()
    ]
    lines += ["", "| ratio | | wanted | |", "|---|---|---|---|"]
    for name, (base, least) in LIMITS.items():
        own = name.removesuffix(" beside Starlette")
        if own in found and base in found:
            ratio = found[own].per_cpu / found[base].per_cpu
            verdict = "" if least is None else "holds" if ratio >= least else "**broken**"
            lines.append(f"| {name} / {base} | {ratio:.2f} | {'' if least is None else f'≥ {least}'} | {verdict} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(prog="python -m bench.gate", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each single run (default 10)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds over all servers (default 3)")
    parser.add_argument("--no-kamailio", action="store_true", help="leave the switch out")
    parser.add_argument("--to", type=Path, metavar="FILE", help="write the page here")
    args = parser.parse_args()
    compiler = shutil.which("gcc")
    if compiler is None:
        sys.exit("gcc is missing: the echo and the load generator are C")
    with tempfile.TemporaryDirectory(prefix="nj-gate-") as room, _valkey(Path(room)) as store:
        bench = Bench(Path(room), compiler, args.seconds, args.rounds)
        found = bench.gates(store)
        if not args.no_kamailio:
            found |= bench.switches(store)
    text = page(found)
    print(text)
    if args.to:
        args.to.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
