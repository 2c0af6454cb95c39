"""What the sources of call records are called; those of a product bear its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import Words, mark

SOURCES: Final[Mapping[str, str]] = {
    "aliyun_ccc": mark("Aliyun cloud call centre"),
    "asterisk": mark("Asterisk"),
    "freeswitch_csv": mark("FreeSWITCH, CSV"),
    "freeswitch_json": mark("FreeSWITCH, JSON"),
    "generic": mark("generic call records"),
    "huawei_cec": mark("Huawei cloud call centre"),
    "kamailio": mark("Kamailio"),
    "tencent_tccc": mark("Tencent cloud call centre"),
    "tinet": mark("Tinet"),
    "vicidial": mark("VICIdial"),
    "vos3000": mark("VOS3000"),
}


def source_name(code: str, _: Words) -> str:
    """Name a source; one without a name speaks for itself."""
    return _(SOURCES[code]) if code in SOURCES else code
