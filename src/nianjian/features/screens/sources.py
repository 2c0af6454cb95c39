"""Which live sources are set up, by the setting and on pages, and the records that a switch posts to us."""

import base64
import os
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from nianjian.engines.intake.formats.freeswitch_post import parse_leg
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens import posted
from nianjian.features.screens.models import ScreenSource
from nianjian.features.screens.posted import Spool
from nianjian.platform.home import env
from nianjian.platform.notifications import webhooks

# Where a source that somebody typed on a page may lie: below the enterprise's folder, at a host that may be asked.
#
# The operator names folders and hosts inside the own network by enterprise; other hosts pass the guard that webhooks
# pass. What was checked is what is opened: links are resolved, a name is resolved once for each connection.

FOLDERS: Final = "NIANJIAN_LIVE_FOLDERS"
HOSTS: Final = "NIANJIAN_LIVE_HOSTS"
PORTS: Final = {"ami": 5038, "esl": 8021}


def _list_grants(setting: str, enterprise: str) -> list[str]:
    """What ``CODE=VALUE`` with blanks, commas or line ends between grants an enterprise; ``live_grant_malformed``."""
    values = []
    for place, entry in enumerate(env.text(setting, os.environ).replace(",", " ").split(), 1):
        code, sign, value = entry.partition("=")
        if not (code and sign and value):
            raise NianjianError("live_grant_malformed", setting=setting, place=place)  # not whose it is
        if code == enterprise:
            values.append(unquote(value))
    return values


def find_folder(enterprise: str) -> Path:
    """The folder below which files may be named, without links; ``live_folder_unset``, ``live_grant_malformed``."""
    folders = _list_grants(FOLDERS, enterprise)
    if len(folders) != 1 or not Path(folders[0]).is_absolute():
        raise NianjianError("live_folder_unset", setting=FOLDERS, enterprise=enterprise)
    return Path(os.path.realpath(folders[0]))


def resolve_path(enterprise: str, text: str) -> Path:
    """A typed path without links, also of what is not there yet; ``live_path_refused`` outside of `find_folder`."""
    folder = find_folder(enterprise)
    try:
        real = Path(os.path.realpath(folder / text))
    except (OSError, ValueError) as fault:
        raise NianjianError("live_path_refused", path=text, folder=str(folder)) from fault
    if not real.is_relative_to(folder):
        raise NianjianError("live_path_refused", path=text, folder=str(folder))
    return real


def parse_host(kind: str, text: str) -> tuple[str, int]:
    """Host and port of ``HOST`` or ``HOST:PORT``; ``live_place_wrong``."""
    try:
        at = urlsplit(f"//{text}")
        host, port = (at.hostname or "").encode("ascii").decode(), at.port or PORTS[kind]
    except ValueError as fault:
        raise NianjianError("live_place_wrong", place=text) from fault
    if not host or at.username is not None or at.path or at.query or at.fragment:
        raise NianjianError("live_place_wrong", place=text)
    return host, port


def resolve_host(enterprise: str, host: str, port: int) -> str:
    """The address to connect to; ``webhook_host_unknown``, ``live_host_refused``, ``live_grant_malformed``."""
    hosts = [host.lower() for host in _list_grants(HOSTS, enterprise)]
    try:
        return webhooks.place(host, port, hosts)
    except NianjianError as error:
        if error.code != "webhook_host_refused":
            raise
        raise NianjianError("live_host_refused", host=host, setting=HOSTS, enterprise=enterprise) from error


SETTING: Final = "NIANJIAN_LIVE"
FRESH: Final = "NIANJIAN_LIVE_FRESH"
NAMES: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
FILES: Final = frozenset({"asterisk", "kamailio"})
POSTING: Final = "freeswitch"  # the kind of switch that posts its records
KINDS: Final = ("asterisk", "kamailio", POSTING, "ami", "esl", "jsonrpc")
SECRET_KINDS: Final = frozenset({POSTING, "ami", "esl"})
USER_KINDS: Final = frozenset({POSTING, "ami"})
RECORDS: Final = FILES | {POSTING}  # the kinds that tell calls that have ended; the others tell those of this moment


@dataclass(frozen=True, slots=True)
class Manager:
    """Where a switch tells how many calls it has now.

    ``kind``: "ami", "esl", which knows no users, or "jsonrpc", whose ``host`` is the path of a socket. ``guard`` tells
    before each connection where one that was typed on a page may be asked; it raises as `resolve_path`.
    """

    kind: str
    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    guard: Callable[[], str] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Records:
    """Where a switch's call records are read: a file of an Asterisk, a file or a folder of a Kamailio.

    A FreeSWITCH posts them under ``user`` and ``secret``; ``path`` is the folder in which they are kept. ``guard``
    resolves a path that was typed on a page.
    """

    kind: str
    path: Path
    user: str = ""
    secret: str = field(default="", repr=False)
    guard: Callable[[str], Path] | None = field(default=None, repr=False, compare=False)

    def resolve(self, path: Path) -> Path:
        """The path to open; the errors of `resolve_path` for one that links lead out of the folder."""
        return path if self.guard is None else self.guard(str(path))


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch of an enterprise: its call records and its manager interface, one of both at least."""

    enterprise: str
    name: str
    records: Records | None = None
    manager: Manager | None = None


def switches(environ: Mapping[str, str] | None = None) -> list[Switch]:
    """The switches out of ``CODE:NAME=ADDRESS`` with blanks, commas or line ends between; ``live_malformed``.

    Of one name there may be records (``asterisk:///path/of/Master.csv``, ``kamailio:///path/of/acc``,
    ``post://USER:SECRET@freeswitch``) and a manager (``ami://USER:SECRET@HOST:PORT``, ``esl://:SECRET@HOST:PORT``,
    ``jsonrpc:///path/of/socket``).
    """
    by_name: dict[tuple[str, str], Switch] = {}
    variables = os.environ if environ is None else environ
    for entry in env.text(SETTING, variables).replace(",", " ").split():
        whose, sign, address = entry.partition("=")
        code, colon, name = whose.partition(":")
        if not (sign and colon and NAMES.fullmatch(code) and NAMES.fullmatch(name)):
            raise _malformed(whose)
        switch = by_name.get((code, name), Switch(code, name))
        by_name[code, name] = _add_address(switch, _split(address, whose), whose, env.path("NIANJIAN_HOME", variables))
    return list(by_name.values())


def load_switches(enterprise: str) -> list[Switch]:
    """The switches of an enterprise: of the setting, then of pages under other names; ``live_malformed``."""
    fixed = [switch for switch in switches() if switch.enterprise == enterprise]
    return fixed + load_page_switches(enterprise, {switch.name for switch in fixed})


def load_page_switches(enterprise: str, without: Collection[str]) -> list[Switch]:
    """The switches whose sources were set on pages, but for those names."""
    by_name: dict[str, Switch] = {}
    for row in ScreenSource.objects.filter(enterprise_id=enterprise).order_by("name", "kind"):
        if row.name not in without:
            source, switch = build_switch(row), by_name.get(row.name, Switch(enterprise, row.name))
            by_name[row.name] = replace(
                switch, records=switch.records or source.records, manager=switch.manager or source.manager
            )
    return list(by_name.values())


def build_switch(row: ScreenSource) -> Switch:
    """A switch with this source alone; ``live_place_wrong``. Whether its place is allowed its guard tells."""
    code, user, secret = row.enterprise_id, row.user or "", row.secret or ""
    empty = Switch(code, row.name)
    if row.kind == POSTING:
        folder = posted.folder_of(posted.folder(env.read().home), code, row.name)
        return replace(empty, records=Records(POSTING, folder, user, secret))
    if row.kind in FILES:
        guard = partial(resolve_path, code)
        return replace(empty, records=Records(row.kind, Path(row.place), guard=guard))
    if row.kind == "jsonrpc":
        manager = Manager(row.kind, row.place, 0, "", "", lambda: str(resolve_path(code, row.place)))
        return replace(empty, manager=manager)
    host, port = parse_host(row.kind, row.place)
    host_guard = partial(resolve_host, code, host, port)
    return replace(empty, manager=Manager(row.kind, host, port, user, secret, host_guard))


def _malformed(whose: str) -> NianjianError:
    return NianjianError("live_malformed", setting=SETTING, entry=whose)


def _split(address: str, whose: str) -> SplitResult:
    try:
        at = urlsplit(address)
        _ = at.port  # ValueError for what is no port
    except ValueError as fault:
        raise _malformed(whose) from fault
    return at


def _add_address(switch: Switch, at: SplitResult, whose: str, home: Path) -> Switch:
    """The switch with one more address; records and manager once each."""
    records = _records(switch, at, home)
    if records is not None and switch.records is None:
        return replace(switch, records=records)
    manager = _manager(at)
    if manager is not None and switch.manager is None:
        return replace(switch, manager=manager)
    raise _malformed(whose)


def _records(switch: Switch, at: SplitResult, home: Path) -> Records | None:
    if at.scheme in FILES and _is_path(at):
        return Records(at.scheme, Path(unquote(at.path)))
    if at.scheme == "post" and at.hostname == POSTING and at.username and at.password and not at.path.strip("/"):
        folder = posted.folder_of(posted.folder(home), switch.enterprise, switch.name)
        return Records(POSTING, folder, unquote(at.username), unquote(at.password))
    return None


def _manager(at: SplitResult) -> Manager | None:
    if at.scheme == "jsonrpc" and _is_path(at):
        return Manager(at.scheme, unquote(at.path), 0, "", "")
    user_fits = bool(at.username) == (at.scheme == "ami")
    if at.scheme in PORTS and at.hostname and user_fits and at.password:
        port, user = at.port or PORTS[at.scheme], unquote(at.username or "")
        return Manager(at.scheme, at.hostname, port, user, unquote(at.password))
    return None


def _is_path(at: SplitResult) -> bool:
    return not at.netloc and at.path.startswith("/")


def today() -> date:
    """The real day, whatever day a drill takes for today: live sources know no other."""
    return clock.now().astimezone(clock.ZONE).date()


def fresh_milliseconds() -> int:
    """Milliseconds after which what gives no sign of life is stale."""
    return env.count(FRESH, os.environ) * 1000


POST_LIMIT: Final = 256 << 10  # bytes of a post; a leg has some ten thousand, three times as many as a form
OLDEST: Final = timedelta(days=400)  # before now that a leg can have begun; what failed then is imported as a file
NEWEST: Final = timedelta(days=1)  # and after it, by the switch's clock
FIELD: Final = b"cdr="
_BLANK: Final = re.compile(rb"\s")
_SPOOLS: Final[dict[Path, Spool]] = {}
_MAKING: Final = Lock()


def find_posting_folder(*, enterprise: str, name: str, credentials: str) -> Path:
    """The folder of the switch that says who it is, ``USER:SECRET``; ``live_post_refused``, ``live_malformed``."""
    matches = [one for one in switches() if (one.enterprise, one.name) == (enterprise, name)]
    # What the setting names is let in without the database, and what no source is called never reaches it.
    if not matches and NAMES.fullmatch(enterprise) and NAMES.fullmatch(name):
        rows = ScreenSource.objects.filter(enterprise_id=enterprise, name=name, kind=POSTING)
        matches = [build_switch(row) for row in rows]
    for one in matches:
        records = one.records
        if records is not None and records.kind == POSTING:
            expected = f"{records.user}:{records.secret}"
            if secrets.compare_digest(expected.encode(), credentials.encode()):
                return records.path
    raise NianjianError("live_post_refused")


def store_posted_record(folder: Path, body: bytes) -> bool:
    """Keep what was posted; False: it was known. Durable when this returns; ``live_post_unreadable``, OSError."""
    try:
        leg = parse_leg(_text(body))
    except ValueError as fault:
        raise NianjianError("live_post_unreadable") from fault
    began, now = datetime.fromtimestamp(leg.start, clock.ZONE), clock.now()
    if not now - OLDEST < began < now + NEWEST:
        raise NianjianError("live_post_unreadable")
    with _MAKING:
        spool = _SPOOLS.setdefault(folder, Spool(folder))
    return spool.keep(began.date(), leg.uuid, leg.line)


def _text(body: bytes) -> str:
    """The document, by how it looks: a switch that is told to send no Expect names another type than it sends.

    JSON; the form's field ``cdr`` with URL-encoded JSON; the same with base64. ValueError for base64 that is none.
    """
    if not body.startswith(FIELD):
        return body.decode("utf-8", "replace")
    value = body[len(FIELD) :].split(b"&", 1)[0]
    if value[:1] == b"{" or value[:3].lower() == b"%7b":
        return unquote_plus(value.decode("utf-8", "replace"))
    plain = _BLANK.sub(b"", unquote(value.decode("ascii")).encode() if b"%" in value else value)
    return base64.b64decode(plain.rstrip(b"=") + b"=" * (-len(plain.rstrip(b"=")) % 4), validate=True).decode(
        "utf-8", "replace"
    )
