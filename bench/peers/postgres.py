"""PostgreSQL on loopback, in a cluster of its own that is made, loaded and thrown away.

The CPU seconds are those of its server processes: what the postmaster has counted for children that have ended.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import psycopg

from bench.peers.sql import COLUMNS, DIMS, GROUPS, MATCH, dims, headline, slot

TYPES: Final = (
    "timestamp, text, text, boolean, boolean, boolean, bigint, text, text, text, text, text, text, "
    "text, text, text, bigint"
)
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "2GB", "work_mem": "512MB",
    "max_wal_size": "8GB", "fsync": "off", "max_parallel_workers_per_gather": "2",
}  # fmt: skip


def binaries() -> Path | None:
    """The folder of the newest installed server; None: not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, int]]:
    """(connection string, process id of the postmaster); the cluster is gone afterwards."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("postgresql")
    home = Path(tempfile.mkdtemp(prefix="bench-postgres-", dir=folder))
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(home, "postgres")
        for parent in home.parents:  # the server's user must be able to reach its folder
            if not parent.stat().st_mode & 0o001:
                shutil.rmtree(home)
                home = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
                shutil.chown(home, "postgres")
                break
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, "port": str(port)}.items())
    data = str(home / "data")
    subprocess.run(
        [*become, str(programs / "initdb"), "-D", data, "-U", "bench", "--auth=trust", "--locale=C.UTF-8"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    control = [*become, str(programs / "pg_ctl"), "-D", data, "-w"]
    subprocess.run(
        [*control, "-l", str(home / "log"), "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/"
    )
    try:
        yield (
            f"postgresql://bench@127.0.0.1:{port}/postgres",
            int((home / "data/postmaster.pid").read_text().split()[0]),
        )
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(home)


def _spent(postmaster: int) -> float:
    """User and system seconds of the server's ended children."""
    fields = Path(f"/proc/{postmaster}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def _fill(url: str, folder: Path, files: list[str], rows_of: dict[str, list[tuple[Any, ...]]]) -> None:
    with duckdb.connect() as db, psycopg.connect(url) as server_:
        names, kinds = COLUMNS, TYPES.split(", ")
        pairs = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
        server_.execute(f"create unlogged table calls ({pairs})")
        for name, small in rows_of.items():
            server_.execute(f"create table {name} ({DIMS[name]})")
            places = ", ".join(["%s"] * len(DIMS[name].split(", ")))
            for row in small:
                server_.execute(f"insert into {name} values ({places})", row)
        columns = ", ".join(names)
        for path in files:
            text = folder / "rows.csv"
            db.execute(f"copy (select {columns} from read_parquet('{path}')) to '{text}' (header false)")
            with (
                text.open("rb") as rows,
                server_.cursor().copy(f"copy calls ({columns}) from stdin (format csv)") as copy,
            ):
                while block := rows.read(1 << 20):
                    copy.write(block)
            text.unlink()
    with psycopg.connect(url, autocommit=True) as server_:
        server_.execute("vacuum analyze calls")


def portrait(folder: Path, files: list[str], dims_: list[str], year: int, times: int) -> dict[str, Any]:
    """Load, then run the hand-written queries `times` times: {cpu: [seconds], wall: [seconds], answer}."""
    source = f"(select * from calls where start_ts >= '{year}-01-01' and start_ts < '{year + 1}-01-01') x"
    del dims_  # stand beside the calls
    small = dims(files)
    query = GROUPS.format(
        calls=source,
        calls_columns=", ".join(COLUMNS),
        slot=slot(small, year),
        dom="extract(day from start_ts)::int",
    )
    with server(folder) as (url, postmaster):
        _fill(url, folder, files, small)
        cpu, wall, answer = [], [], {}
        for _ in range(times):
            before, began = _spent(postmaster), time.perf_counter()
            with psycopg.connect(url) as db:
                answer = headline(db.execute(query).fetchall())
                db.execute(MATCH.format(rows="calls r")).fetchall()
            wall.append(time.perf_counter() - began)
            time.sleep(0.5)  # until the postmaster has taken note of the ended session
            cpu.append(_spent(postmaster) - before)
    return {"cpu": cpu, "wall": wall, "answer": answer}
