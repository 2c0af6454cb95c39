"""A Word file whose bytes tell of its content alone: no time of making in the archive or its properties."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

STAMP: Final = (2017, 1, 1, 0, 0, 0)
CORE: Final = "docProps/core.xml"
MOMENT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def fixed(archive: bytes) -> bytes:
    """The same parts in the same order, each with one stamp; who and when of the properties are blank."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            body = old.read(name)
            if name == CORE:
                body = MOMENT.sub(rb"\g<1>2017-01-01T00:00:00Z", body)
                body = re.sub(rb"(<dc:creator>|<dc:description>|<cp:lastModifiedBy>)[^<]*", rb"\g<1>", body)
            told = zipfile.ZipInfo(name, STAMP)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            new.writestr(told, body)
    return out.getvalue()
