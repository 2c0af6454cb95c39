"""What the doctor asks the machine: folders, disks, encryption, clock, time zone, fonts, languages."""

from __future__ import annotations

import gettext
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nianjian
from nianjian.engines.kernel import clock
from nianjian.features.maintenance.operations.watch.diagnosis import Diagnosis, fail, ok, warn
from nianjian.platform.home import env, wiring
from nianjian.platform.home.folders import OTHERS

LEAST: Final = 1 << 30  # bytes free: an import needs space beside the lake
LITTLE: Final = 5 << 30
ZONE: Final = "Asia/Shanghai"
BLOCKS: Final = Path("/sys/dev/block")
FONTS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)
CJK: Final = (
    "cjk",
    "notosanssc",
    "notoserifsc",
    "sourcehan",
    "wqy",
    "simsun",
    "simhei",
    "droidsansfallback",
    "pingfang",
)


def home() -> Diagnosis:
    """The home belongs to its owner alone."""
    folder = env.read().home
    mode = folder.stat().st_mode & 0o777
    values = {"folder": str(folder), "mode": f"{mode:04o}"}
    return fail("home_open_to_others", **values) if mode & OTHERS else ok("home_closed", **values)


def keys() -> Diagnosis:
    """The key file can be read, by its owner only, and lies outside the home (`keyring` raises otherwise)."""
    ring = wiring.keys()
    return ok("keys_ready", keys=str(env.read().keys), active=ring.active)


def disk() -> Diagnosis:
    """Space where the home and the lake lie."""
    folders = {env.read().home, wiring.lakes()}
    free, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders if folder.is_dir())
    values = {"folder": str(folder), "free_mib": free >> 20}
    if free < LEAST:
        return fail("disk_nearly_full", **values)
    return warn("disk_getting_full", **values) if free < LITTLE else ok("disk_roomy", **values)


def encryption() -> Diagnosis:
    """Whether the disk of home and lake is encrypted, as far as Linux tells."""
    seen = {sealed(folder.stat().st_dev) for folder in (env.read().home, wiring.lakes()) if folder.is_dir()}
    if seen == {True}:
        return ok("disk_encrypted")
    return warn("disk_encryption_unknown") if None in seen else warn("disk_plain")


def sealed(device: int, blocks: Path = BLOCKS) -> bool | None:
    """Whether a block device lies on dm-crypt, at any depth (LVM on LUKS, LUKS on a RAID); None: it is not told.

    A file system without a device of its own (overlay, btrfs, network) and a virtual disk tell nothing: the host may
    encrypt below them.
    """
    place = blocks / f"{os.major(device)}:{os.minor(device)}"
    if not place.exists():
        return None
    found = list(_uuids(place.resolve()))
    if any(uuid.startswith("CRYPT") for uuid in found):
        return True
    return None if _virtual(place.resolve()) else False


def _uuids(place: Path) -> Iterator[str]:
    """Device-mapper ids of a device and of all that it lies on."""
    uuid = place / "dm" / "uuid"
    if uuid.exists():
        yield uuid.read_text(encoding="ascii", errors="replace")
    for below in sorted((place / "slaves").glob("*")):
        yield from _uuids(below.resolve())


def _virtual(place: Path) -> bool:
    return any(mark in str(place) for mark in ("/virtio", "/virtual/", "/vbd-", "/xen"))


def time() -> Diagnosis:
    """The clock, as far as it can be judged: whether somebody keeps it, and whether a drill moved the day."""
    if drill := os.environ.get("NIANJIAN_TODAY"):
        return warn("clock_drill", today=drill)
    now = clock.now().isoformat(timespec="seconds")
    return ok("clock_kept", now=now) if clock.SYNCHRONISED.exists() else ok("clock_unwatched", now=now)


def zone() -> Diagnosis:
    """The zone in which days begin is known to this system."""
    try:
        hours = datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE)).utcoffset()
    except ZoneInfoNotFoundError:
        return fail("zone_missing", zone=ZONE)
    told = "" if hours is None else f"+{int(hours.total_seconds()) // 3600}"
    return ok("zone_known", zone=ZONE, offset=told)


def fonts() -> Diagnosis:
    """Chinese fonts of the system, for pictures and PDF."""
    for place in FONTS:
        for path in Path(place).expanduser().rglob("*.[to]t[fc]"):
            if any(mark in path.name.lower().replace("-", "") for mark in CJK):
                return ok("fonts_found", font=path.name)
    return warn("fonts_missing")


def languages() -> Diagnosis:
    """The Chinese texts are there."""
    folder = Path(nianjian.__file__).parent / "locale"
    found = gettext.translation("django", folder, ["zh_Hans"], fallback=True)
    count = len(getattr(found, "_catalog", {}))
    return ok("languages_ready", texts=count) if count > 1 else fail("languages_missing", folder=str(folder))
