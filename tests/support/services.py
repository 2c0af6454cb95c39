"""Fixtures for what a test needs beside Python. A missing service is a visible skip, or, where
NIANJIAN_REQUIRE_SERVICES=1 says that it was started, a failure.
"""

import os
import random
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from typing import Final, NoReturn
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest


def missing(what: str) -> NoReturn:
    """Skip the test for want of ``what``; fail instead where all services are required."""
    if os.environ.get("NIANJIAN_REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what} is required here and missing", pytrace=False)
    pytest.skip(f"{what} is missing")


PORTS: Final = 2_400  # of each worker of the tests, from 12,000 on: below those that the system gives out by itself


@cache
def _ports() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    own = range(12_000 + PORTS * worker, 12_000 + PORTS * (worker + 1))
    start = random.randrange(PORTS)
    return cycle([*own[start:], *own[:start]])


def free_ports(count: int) -> list[int]:
    """So many different ports of loopback that nothing has, by TCP or UDP; no other worker of the tests takes them."""
    ports: list[int] = []
    while len(ports) < count:
        port = next(_ports())
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, suppress(OSError):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            ports.append(port)
    return ports


def free_port() -> int:
    """One of `free_ports`."""
    return free_ports(1)[0]


def _program(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    missing(names[0])


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """postgres://… of a server on which the test role may make databases."""
    return os.environ.get("NIANJIAN_TEST_POSTGRES") or missing("PostgreSQL (NIANJIAN_TEST_POSTGRES)")


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """A database of its own on the server, empty."""
    name = f"nianjian_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def java() -> str:
    """The path of `java`, for Spark."""
    if find_spec("pyspark") is None:
        missing("pyspark (extra: spark)")
    return _program("java")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium, for the browser walk."""
    return _program("chromium", "chromium-browser")
