"""A package that comes as a zip, unpacked within limits; nothing leaves the folder."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from nianjian.engines.kernel.errors import NianjianError

MEMBERS: Final = 2000
BYTES: Final = 1 << 30  # unpacked: four times what a browser may send
RATIO: Final = 100
UTF8: Final = 0x800  # the flag of a name that is not of the packer's own code page


def unpack(path: Path, folder: Path, *, marker: str, name: str = "") -> Path:
    """Write the members below ``folder``; the folder in which ``marker`` (a file name) lies, else ``folder``.

    NianjianError dossier_zip_broken, dossier_zip_large, dossier_zip_path.
    """
    called = name or path.name
    try:
        with zipfile.ZipFile(path) as pack:
            members = [one for one in pack.infolist() if not one.is_dir()]
            total, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
            if len(members) > MEMBERS or total > BYTES or total > RATIO * max(packed, 1):
                raise NianjianError("dossier_zip_large", file=called, members=MEMBERS, mib=BYTES >> 20)
            for one in members:
                _write(pack, one, folder, called)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise NianjianError("dossier_zip_broken", file=called) from error
    found = sorted(folder.rglob(marker), key=lambda one: len(one.parts))
    return found[0].parent if found else folder


def _write(pack: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, called: str) -> None:
    """One member, no longer than it said that it was."""
    place = PurePosixPath(_named(member).replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or not place.name or "\x00" in str(place):
        raise NianjianError("dossier_zip_path", file=called, member=str(place)[:200])
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with pack.open(member) as source, target.open("wb") as out:
        while piece := source.read(1 << 20):
            left -= len(piece)
            if left < 0:
                raise NianjianError("dossier_zip_broken", file=called)
            out.write(piece)


def _named(member: zipfile.ZipInfo) -> str:
    """The name; packers of Windows write it in GBK and do not say so."""
    if member.flag_bits & UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename
