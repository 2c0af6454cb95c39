"""What a drawing that is stretched with its place looks like on a phone."""

import re
from pathlib import Path

from nianjian.engines.paper import pictures

REM = 15  # px: the root's size on a phone
ASSETS = Path(pictures.__file__).parent / "assets"


def smallest_text(sheet: str, drawing: str, wide: int) -> float:
    """The px of its text where it is as narrow as it gets; ``wide``: of its view box."""
    style = (ASSETS / sheet).read_text(encoding="utf-8")
    least = re.search(rf"\{drawing} {{[^}}]*min-width: (\d+)rem", style)
    sizes = re.findall(rf"\{drawing} [^{{]*{{[^}}]*font-size: (\d+)px", style)
    assert least
    return min(map(int, sizes)) * min(1, int(least[1]) * REM / wide)
