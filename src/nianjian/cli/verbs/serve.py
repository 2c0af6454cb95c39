"""``nianjian serve``: the web pages, on loopback unless told otherwise, and a worker beside them."""

from __future__ import annotations

import argparse
import signal
from typing import Final, NoReturn

from nianjian.cli.answer import Answer
from nianjian.cli.arguments import common
from nianjian.cli.language import _
from nianjian.cli.session import prepare
from nianjian.cli.terminal.console import stderr
from nianjian.kernel.errors import NianjianError

PORTS: Final = range(1, 65536)
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def configure(parser: argparse.ArgumentParser) -> None:
    """``--listen`` and ``--no-worker``."""
    common(parser, run)
    parser.add_argument("--listen", default="127.0.0.1:8000", metavar="HOST:PORT", help=_("where to listen"))
    parser.add_argument("--no-worker", action="store_true", help=_("start no worker: `nianjian worker` runs elsewhere"))


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) not in PORTS:
        raise NianjianError("listen_malformed", listen=listen)
    return host.strip("[]") or "127.0.0.1", int(port)


def run(args: argparse.Namespace) -> Answer:
    """Serve until interrupted or terminated; the worker ends with it."""
    host, port = _address(args.listen)
    prepare()
    from nianjian.jobs.process import Beside
    from nianjian.web.server import serve

    _warn(host)
    url = f"http://{host}:{port}/"
    worker = None if args.no_worker else Beside()

    def ready() -> None:
        stderr().print(_("Serving {url} – Ctrl-C ends it.").format(url=url))
        _hint()
        if worker:
            worker.start()

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        serve(host, port, ready=ready)
    finally:
        if worker:
            worker.stop()
    return Answer({"served": url})


def _warn(host: str) -> None:
    """Say that passwords would not be safe here."""
    from nianjian.config import env

    if host not in LOOPBACK and not env.read().https:
        text = _(
            "Warning: {host} can be reached by others, and passwords would travel readably: "
            "let a proxy speak TLS and set NIANJIAN_HTTPS=yes."
        )
        stderr().print(text.format(host=host), style="yellow")


def _hint() -> None:
    """Say how the first person comes in, while there is none."""
    from nianjian.accounts import query
    from nianjian.accounts.roles import Role

    if not any(one.role == Role.ADMINISTRATOR for one in query.held()):
        stderr().print(_("Nobody can sign in yet: `nianjian init --name NAME` makes the first administrator."))


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    """End as Ctrl-C does, so that the worker is not left behind."""
    raise KeyboardInterrupt
