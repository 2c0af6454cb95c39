"""The gate as a process of its own; without a feeder, the test writes the snapshot."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from tests.support.gate import snapshot, tenant
from tests.support.services import free_ports

from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock

READY: Final = 60.0


class GateProcess:
    """``with GateProcess(home) as gate``: started, asked over HTTP, ended."""

    def __init__(self, home: Path, *words: str, feeds: bool = False, **variables: str) -> None:
        self.home = home
        self._feeder = () if feeds else ("--no-feed",)
        self.http, self.line, self.fastagi = free_ports(3)
        self._words = words
        self._variables = variables
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home.parent / f"{home.name}-gate.log"

    def feed(self, *tenants: Mapping[str, Any]) -> None:
        """Write a snapshot of now."""
        snapshot(files.snapshot_root(self.home), *(tenants or (tenant(),)), at=int(clock.now().timestamp() * 1000))

    def start(self) -> None:
        """Start and wait until it answers."""
        ports = ["--listen", f"127.0.0.1:{self.http}", "--line", str(self.line), "--fastagi", str(self.fastagi)]
        command = [sys.executable, "-m", "nianjian", "gate", "serve", *self._feeder, *ports, *self._words]
        variables = {**os.environ, "NIANJIAN_HOME": str(self.home), **self._variables}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
        until = time.monotonic() + READY
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.get("/health")
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """As by a lost machine: no chance to write anything."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As by systemd; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def get(self, target: str) -> tuple[int, bytes]:
        """Status and body."""
        link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=5)
        try:
            link.request("GET", target)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def post(self, target: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and body of an answer to JSON."""
        link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=5)
        try:
            link.request("POST", target, json.dumps(body), {"Content-Type": "application/json"})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def state(self) -> Any:
        """What the process tells of itself."""
        return json.loads(self.get("/v1/state")[1])

    def policy(self, enterprise: str) -> Any:
        """What the process goes by for an enterprise."""
        return json.loads(self.get(f"/v1/policy?enterprise={enterprise}")[1])

    def word(self, call_id: str, channel: str = "L01", display: str = "95013001", callee: str = "13900139000") -> str:
        """The word that a switch would read."""
        target = f"/gate?display={display}&callee={callee}&channel={channel}&call_id={call_id}"
        return self.get(target)[1].decode()
