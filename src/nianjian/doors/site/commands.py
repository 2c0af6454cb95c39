"""The verbs ``check``, ``serve`` and ``worker``."""

import argparse
import os
import signal
from threading import Event
from typing import Final, NoReturn

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import common
from nianjian.platform.terminal.console import stderr
from nianjian.platform.terminal.language import _, sentence
from nianjian.platform.terminal.session import prepare


def configure_check(parser: argparse.ArgumentParser) -> None:
    """No further options."""
    common(parser, run_check)


def run_check(args: argparse.Namespace) -> Answer:
    """Run every check; exit code 1 when one fails."""
    del args
    prepare()
    from nianjian.doors.site import checks

    findings = checks.run()
    lines = [
        {"check": one.check, "ok": one.ok, "message": sentence(one.code, one.values), "code": one.code}
        for one in findings
    ]

    def show(console: Console) -> None:
        for line in lines:
            mark, style = ("✓", "green") if line["ok"] else ("✗", "bold red")
            console.print(f"{mark} {line['check']}: {line['message']}", style=style)

    all_ok = all(one.ok for one in findings)
    return Answer({"ok": all_ok, "checks": lines}, show, DONE if all_ok else NO)


PORTS: Final = range(1, 65536)
GATE: Final = "127.0.0.1:18431"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def configure_serve(parser: argparse.ArgumentParser) -> None:
    """Where pages and gate listen, and which processes are started elsewhere."""
    common(parser, run_serve)
    parser.add_argument("--listen", default="127.0.0.1:8000", metavar="HOST:PORT", help=_("where to listen"))
    parser.add_argument("--no-worker", action="store_true", help=_("start no worker: `nianjian worker` runs elsewhere"))
    parser.add_argument("--gate", default=GATE, metavar="HOST:PORT", help=_("where the gate listens"))
    parser.add_argument("--no-gate", action="store_true", help=_("start no gate: `nianjian gate serve` runs elsewhere"))


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) not in PORTS:
        raise NianjianError("listen_malformed", listen=listen)
    return host.strip("[]") or "127.0.0.1", int(port)


def run_serve(args: argparse.Namespace) -> Answer:
    """Serve until interrupted or terminated; worker and gate end with it.

    A gate whose port or journal another process has is told of once: the pages go on without it, or end with
    ``serve_without_gate``.
    """
    host, port = _address(args.listen)
    _address(args.gate)
    os.environ.setdefault("NIANJIAN_GATE_URL", f"http://{args.gate}")  # the page of the gate asks there
    prepare()
    from nianjian.doors.site.server import serve
    from nianjian.platform.jobs.beside import Beside

    _warn(host)
    url = f"http://{host}:{port}/"
    beside = [] if args.no_worker else [Beside("worker")]
    refused = Event()

    def end_or_go_on() -> None:
        if env.flag("NIANJIAN_SERVE_WITHOUT_GATE", os.environ):
            text = _("The pages continue without this gate (set NIANJIAN_SERVE_WITHOUT_GATE=no to stop them instead).")
            stderr().print(text, style="yellow")
        else:
            refused.set()
            os.kill(os.getpid(), signal.SIGTERM)

    if not args.no_gate:
        env.flag("NIANJIAN_SERVE_WITHOUT_GATE", os.environ)  # a word that is neither yes nor no is refused now
        beside.append(Beside("gate", "serve", "--listen", args.gate, taken=end_or_go_on))

    def ready() -> None:
        stderr().print(_("Serving {url} – press Ctrl-C to stop.").format(url=url))
        _hint()
        for one in beside:
            one.start()

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        serve(host, port, ready=ready)
    finally:
        for one in beside:
            one.stop()
    if refused.is_set():
        raise NianjianError("serve_without_gate", listen=args.gate)
    return Answer({"served": url})


def _warn(host: str) -> None:
    """Say that passwords would not be safe here."""
    if host not in LOOPBACK and not env.read().https:
        text = _(
            "Warning: {host} can be reached by others, and passwords would travel unencrypted: put a proxy "
            "with TLS in front and set NIANJIAN_HTTPS=yes."
        )
        stderr().print(text.format(host=host), style="yellow")


def _hint() -> None:
    """Say how the first person comes in, while there is none."""
    from nianjian.platform.accounts import query
    from nianjian.platform.accounts.roles import Role

    if query.first_with(Role.ADMINISTRATOR) is None:
        stderr().print(_("Nobody can sign in yet: `nianjian init --name NAME` creates the first administrator."))


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    """End as Ctrl-C does, so that worker and gate are not left behind."""
    raise KeyboardInterrupt


def configure_worker(parser: argparse.ArgumentParser) -> None:
    """``--parent`` is for ``serve`` alone."""
    common(parser, run_worker)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def run_worker(args: argparse.Namespace) -> Answer:
    """Work until interrupted."""
    prepare()
    from nianjian.doors.site import worker

    worker.run_worker(args.parent)
    if args.parent is not None:  # `serve` speaks for both
        return Answer({"worker": "ended"})
    return Answer({"worker": "ended"}, lambda console: console.print(_("The worker has stopped.")))
