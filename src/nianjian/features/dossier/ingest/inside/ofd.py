"""The facts of an OFD package, read from its zip and XML: no preview, no verdict on its seals."""

import posixpath
import zipfile
import zlib
from typing import Final
from xml.etree import ElementTree as ET  # built by our own parser below, which takes no entities
from xml.parsers import expat

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside import print_json, run_named

NAMESPACE: Final = "http://www.ofdspec.org/2016"
_FACTS: Final = ("DocID", "Title", "Author", "CreationDate", "ModDate", "Creator", "CreatorVersion")
_TEXT: Final = 200


def ofd(name: str, source: str) -> None:
    """Tell the facts; NianjianError dossier_ofd_broken, dossier_ofd_bomb."""
    try:
        with zipfile.ZipFile(source) as package:
            members = package.infolist()
            unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
            large = unpacked > limits.UNPACKED_BYTES or unpacked > limits.UNPACKED_RATIO * max(packed, 1)
            if len(members) > limits.MEMBERS or large:
                raise NianjianError("dossier_ofd_bomb", file=name)
            print_json({"facts": _facts(package)})
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise NianjianError("dossier_ofd_broken", file=name) from error


def _facts(package: zipfile.ZipFile) -> dict[str, object]:
    """What OFD.xml and what it names say; a package without it is none."""
    root = _xml(package, "OFD.xml")
    names = {_local(one.tag): (one.text or "").strip()[:_TEXT] for one in root.iter() if _local(one.tag) in _FACTS}
    documents, signatures = _texts(root, "DocRoot"), _texts(root, "Signatures")
    return {
        "standard": root.tag.startswith("{" + NAMESPACE + "}"),
        "documents": len(documents),
        "pages": sum(len(_find_elements(_xml(package, one), "Page")) for one in documents),
        "signatures": sum(len(_find_elements(_xml(package, one), "Signature")) for one in signatures),
        "members": len(package.namelist()),
        "described": names,
    }


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _find_elements(root: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in root.iter() if _local(one.tag) == name]


def _texts(root: ET.Element, name: str) -> list[str]:
    return [one.text.strip() for one in _find_elements(root, name) if one.text and one.text.strip()]


def _xml(package: zipfile.ZipFile, member: str) -> ET.Element:
    """A member's XML; ValueError for document types and entities, KeyError where it is not there."""
    with package.open(posixpath.normpath(member.lstrip("/"))) as file:
        text = file.read(limits.XML_BYTES + 1)
    if len(text) > limits.XML_BYTES:
        raise ValueError(member)
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_rest: object) -> None:
        raise ValueError(member)

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start("{" + tag if "}" in tag else tag, attributes)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as error:
        raise ValueError(member) from error
    return builder.close()


if __name__ == "__main__":
    run_named(ofd)
