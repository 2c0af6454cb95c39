"""Where a source that somebody typed on a page may lie: below the enterprise's folder, at a host that may be asked.

The operator names folders and hosts inside the own network by enterprise; other hosts pass the guard that webhooks
pass. What was checked is what is opened: links are resolved, a name is resolved once for each connection.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env
from nianjian.platform.notifications import sending

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
        return sending.place(host, port, hosts)
    except NianjianError as error:
        if error.code != "webhook_host_refused":
            raise
        raise NianjianError("live_host_refused", host=host, setting=HOSTS, enterprise=enterprise) from error
