"""The options that tell a way for test calls, and what they tell."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls.verdict import WITNESSES
from nianjian.platform.terminal.language import _

if TYPE_CHECKING:
    from nianjian.features.test_calls.operations.routes import Way


def options(parser: argparse.ArgumentParser) -> None:
    """Where calls go, who calls, what proves the landing."""
    about = _("where calls go: sip:HOST:PORT[;transport=udp|tcp|tls]")
    parser.add_argument("--via", default="", metavar="SIP", help=about)
    parser.add_argument("--caller", default="", metavar="N", help=_("the calling number"))
    parser.add_argument("--carrier", default="", metavar="C", help=_("the carrier of this way"))
    parser.add_argument("--user", default="", metavar="U", help=_("user that the gateway asks for"))
    about = _("file whose first line is the password")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help=about)
    about = _("file of certificates (PEM) that are trusted over TLS instead of the system's")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help=about)
    about = _("file of the own certificate (PEM) that is shown over TLS to a gateway that asks; its chain may follow")
    parser.add_argument("--cert-file", type=Path, metavar="FILE", help=about)
    about = _("file of its private key (PEM, without a passphrase); left out: it lies with the certificate")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help=about)
    about = _("what proves the landing: none, address or token")
    parser.add_argument("--witness", default="none", choices=WITNESSES, metavar="W", help=about)


def password(args: argparse.Namespace) -> str | None:
    """None where no file is named; ``file_unreadable``."""
    if args.password_file is None:
        return None
    lines = _read(args.password_file).splitlines()
    return lines[0] if lines else ""


def ca(args: argparse.Namespace) -> str:
    """The certificates that are trusted; "" where no file is named; ``file_unreadable``."""
    return "" if args.ca_file is None else _read(args.ca_file)


def certificate(args: argparse.Namespace) -> tuple[str | None, str]:
    """The own certificate and its key; None and "" where no file is named.

    ``file_unreadable``, ``callback_cert_wrong`` for an empty one.
    """
    own = None if args.cert_file is None else _read(args.cert_file)
    if own is not None and not own.strip():
        raise NianjianError("callback_cert_wrong")
    return own, "" if args.key_file is None else _read(args.key_file)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise NianjianError("file_unreadable", file=str(path), reason=str(fault)) from fault


def way(args: argparse.Namespace) -> Way:
    """The way that the command tells."""
    from nianjian.engines.sip.digest import Account
    from nianjian.features.test_calls import input_validation
    from nianjian.features.test_calls.operations.routes import CALLER, Way, parse_client_identity

    account = Account(args.user, password(args) or "") if args.user else None
    caller = input_validation.caller(args.caller) if args.caller else CALLER
    via = replace(input_validation.via(args.via), ca=input_validation.ca(ca(args)))
    via = replace(via, identity=parse_client_identity(via, *certificate(args)) or "")
    return Way(via, caller, account, args.witness, carrier=args.carrier)
