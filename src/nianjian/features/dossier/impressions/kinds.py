"""What seals there are, and which mark of the package each may stand on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.package import Seal


class SealKind(StrEnum):
    """Seals of an enterprise."""

    OFFICIAL = "official_seal"
    FINANCE = "finance_seal"
    LEGAL_PERSON = "legal_person_seal"


#: A riding seal proves that sheets lay on each other when it was struck; a picture of one proves nothing.
MARKS: Final[Mapping[SealKind, tuple[Seal, ...]]] = {
    SealKind.OFFICIAL: (Seal.COVER, Seal.COPY),
    SealKind.FINANCE: (Seal.FURTHER,),
    SealKind.LEGAL_PERSON: (Seal.FURTHER,),
}


def kind(code: str) -> SealKind:
    """The kind of a code; ``seal_kind_unknown``."""
    if code not in [one.value for one in SealKind]:
        raise NianjianError("seal_kind_unknown", kind=code, kinds=", ".join(SealKind))
    return SealKind(code)


def mark(code: str, of: SealKind) -> Seal:
    """The mark of a code ("": the usual one), if that seal may stand there; ``seal_mark_wrong``."""
    allowed = MARKS[of]
    if not code:
        return allowed[0]
    if code not in [one.value for one in allowed]:
        raise NianjianError("seal_mark_wrong", mark=code, kind=of.value, marks=", ".join(allowed))
    return Seal(code)
