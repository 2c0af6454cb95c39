"""``nianjian gate serve``: the gate's own process, with a feeder beside it; and how that feeder goes on feeding."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.jobs.beside import Beside
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.console import stderr
from nianjian.platform.terminal.language import _

LOG: Final = logging.getLogger(__name__)
LISTEN: Final = "127.0.0.1:18431"
PORTS: Final = range(1, 65536)
EVERY: Final = 60  # seconds between two feeds by the clock
STEP: Final = 1.0


def configure_serve(actions: Actions) -> None:
    """Where each door listens, what counts, and who feeds."""
    serve = actions.add("serve", _serve, _("answer switches and dialers: may this call be dialled?"))
    serve.add_argument("--listen", default=LISTEN, metavar="HOST:PORT", help=_("where HTTP is spoken"))
    serve.add_argument("--line", type=_port, metavar="PORT", help=_("port of the one-line protocol"))
    serve.add_argument("--fastagi", type=_port, metavar="PORT", help=_("port of FastAGI, for Asterisk"))
    serve.add_argument(
        "--store",
        default="",
        metavar="URL",
        help=_("a Valkey that several gates share; without it a journal of its own"),
    )
    serve.add_argument(
        "--kamailio",
        action="append",
        default=[],
        metavar="[CODE=]SOCKET",
        help=_("push leases into the tables of a Kamailio, by its datagram socket; repeat"),
    )
    serve.add_argument("--process", default="main", metavar="NAME", help=_("this process among those of the home"))
    serve.add_argument("--no-feed", action="store_true", help=_("feed no snapshot: `nianjian worker` runs elsewhere"))
    serve.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def configure_store(actions: Actions) -> None:
    """A common store before its first use, after it was emptied, or set back to an older copy."""
    store = actions.add("store", _store, _("fill a store that several gates share: new, emptied or restored"))
    store.add_argument("url", metavar="URL", help=_("unix:///PATH, valkey://HOST:PORT or valkeys://HOST:PORT"))
    store.add_argument(
        "--decisions",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help=_("decision journals of another machine's home; repeat"),
    )


def configure_feeding(feed: argparse.ArgumentParser) -> None:
    """What makes a feed go on."""
    feed.add_argument("--every", type=int, metavar="SECONDS", help=_("go on feeding, so often"))
    feed.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def keep_feeding(feed: Callable[[], object], every: int, parent: int | None) -> Answer:
    """Feed by the clock until interrupted, or until ``parent`` is gone; a feed that fails is told and tried again."""
    from django.db import DatabaseError

    ends = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_frame: ends.set())
    due = time.monotonic() + every
    while not ends.wait(STEP):
        if parent is not None and os.getppid() != parent:
            break
        if time.monotonic() < due:
            continue
        due = time.monotonic() + every
        try:
            feed()
        except (NianjianError, DatabaseError, OSError):
            LOG.exception("the gate could not be fed; it is tried again in %s s", every)
    return Answer({"feeder": "ended"})


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) not in PORTS:
        raise argparse.ArgumentTypeError(_("“{value}” is no port").format(value=text))
    return int(text)


def _store(args: argparse.Namespace) -> Answer:
    """Count what the journals know, and give the store a new generation: gates started from now on go by it."""
    from nianjian.platform.home.gate import fill

    generation, gates, leased, units = fill(args.url, args.decisions)
    told = {"generation": generation, "journals": gates, "leased": leased, "units": units}
    said = _("The store counts {leased} leased keys and {units} single calls; restart the gates that use it.")
    return Answer(told, lambda console: console.print(said.format(leased=leased, units=units)))


def _serve(args: argparse.Namespace) -> Answer:
    """Serve until interrupted or terminated."""
    from nianjian.engines.gate.process import Ports, serve
    from nianjian.platform.home.gate import serving

    host, colon, port = args.listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) not in PORTS:
        raise NianjianError("listen_malformed", listen=args.listen)
    ports = Ports(host.strip("[]") or "127.0.0.1", int(port), args.line, args.fastagi)
    given = serving(ports, store=args.store, process=args.process, switches=args.kamailio, parent=args.parent)
    url = f"http://{ports.host}:{ports.http}/"
    feeder = None if args.no_feed else _fed()

    def ready() -> None:
        stderr().print(_("The gate answers at {url} – Ctrl-C ends it.").format(url=url))
        if feeder is not None:
            feeder.start()

    try:
        serve(given, ready=ready)
    finally:
        if feeder is not None:
            feeder.stop()
    return Answer({"served": url})


def _fed() -> Beside:
    """Feed once before the first question; the database's libraries stay in processes of their own."""
    command = [sys.executable, "-m", "nianjian", "gate", "feed", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 -- this program itself
    if done.returncode:
        said = _("The snapshot could not be fed; the gate goes on with the one it has: {answer}")
        stderr().print(said.format(answer=done.stdout.decode(errors="replace").strip()), style="yellow")
    return Beside("gate", "feed", "--every", str(EVERY))
