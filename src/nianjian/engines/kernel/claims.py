"""Claims: sentences about the enterprise that may be used only where the enterprise's data prove them. Pure.

A query decides a claim and counts its figures. It is released when nothing is lacking, refused when something is known
to be wrong, and unknown when only proofs are missing. Unknown is never released. Figures are whole numbers. Its texts
and its rule stand under its id in `paper.texts.claims`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

RELEASED: Final = "released"
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"

Figures = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Lack:
    """What stands against a sentence. ``known``: it is wrong; else it is only not proved."""

    code: str
    known: bool = True
    count: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """``figures``: what the sentence rests on; ``lacks``: in the order in which they are quickest made good.

    ``names``: what the sentence names besides its figures.
    """

    id: str
    figures: Figures
    lacks: Sequence[Lack] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Whether the sentence may be used."""
        if not self.lacks:
            return RELEASED
        return REFUSED if any(lack.known for lack in self.lacks) else UNKNOWN
