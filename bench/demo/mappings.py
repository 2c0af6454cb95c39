"""Mapping files: where each switch of the demo keeps line and team, which no switch has a column of its own for.

What the operator of such a switch would write: the account code, the user field or a site's own accounting columns.
"""

from pathlib import Path
from typing import Final

import yaml

# folder of files: (source, our header: their column or its position)
PLACES: Final[dict[str, tuple[str, dict[str, str | int]]]] = {
    "asterisk": ("asterisk", {"线路编号": "userfield", "团队": "accountcode"}),
    "vos": ("vos3000", {"线路编号": "calleegatewayid", "团队": "customeraccount"}),
    "aliyun": ("aliyun_ccc", {"团队": "SkillGroup"}),
    "tccc": ("tencent_tccc", {"团队": "SkillGroup"}),
    "kamailio": ("kamailio", {"线路编号": 13, "团队": 14}),
    "freeswitch": ("freeswitch_json", {"线路编号": "sip_gateway_name", "团队": "accountcode"}),
}


def write(folder: Path) -> dict[str, list[str]]:
    """Write one file a source; returns per folder of call files the arguments that name it."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {}
    for name, (source, columns) in PLACES.items():
        path = folder / f"{source}.yaml"
        path.write_text(yaml.safe_dump({"source": source, "columns": columns}, allow_unicode=True), encoding="utf-8")
        named[name] = ["--mapping", str(path)]
    return named
