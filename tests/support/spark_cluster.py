"""A real Spark on loopback, from the pip package alone: master and worker, and a Connect server when asked for.

Every port is free at the moment it is taken, so two suites on one machine do not meet.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.services import free_ports

PATIENCE: Final = 120  # seconds for a port to open
# For every Java of a test, the driver's included: compiling for hours of work costs more than this work.
BRIEF: Final = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """``spark://…`` of a master with one worker of two cores; their logs stand in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    port, pages, own, own_pages = free_ports(4)
    url = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    master = [_spark("spark-class"), f"{deploy}.master.Master", *_ports(port, pages)]
    worker = [_spark("spark-class"), f"{deploy}.worker.Worker", "-c", "2", "-m", "4g", *_ports(own, own_pages), url]
    with _program(folder, "master", master, port), _program(folder, "worker", worker, own_pages):
        yield url


@contextmanager
def connect_server(folder: Path, master: str) -> Iterator[str]:
    """``sc://…`` of a Spark Connect server on the cluster. It asks for all cores: no other driver beside it."""
    [port] = free_ports(1)
    settings = {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.executor.memory": "2g",
        "spark.executor.cores": "2", "spark.ui.enabled": "false", "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
    }  # fmt: skip
    command = [_spark("spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += ["--name", "connect", "--master", master]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    with _program(folder, "connect", [*command, "spark-internal"], port):
        yield f"sc://127.0.0.1:{port}"


def _ports(port: int, pages: int) -> list[str]:
    return ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(pages)]


def _home() -> Path:
    import pyspark  # noqa: PLC0415 - an extra: this module must load without it

    return Path(str(pyspark.__file__)).parent


def _spark(name: str) -> str:
    return str(_home() / "bin" / name)


@contextmanager
def _program(folder: Path, name: str, command: list[str], port: int) -> Iterator[None]:
    environment = {
        **os.environ, "SPARK_HOME": str(_home()), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1", "SPARK_WORKER_DIR": str(folder / "jobs"), **BRIEF,
    }  # fmt: skip
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        running = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            _await(running, port, log)
            yield
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _await(running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and running.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    tail = log.read_text(errors="replace")[-2000:]
    message = f"{running.args!r} did not open port {port}:\n{tail}"
    raise RuntimeError(message)
