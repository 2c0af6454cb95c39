"""Read signed papers that are kept."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.signatures.model import SignedPaper
from nianjian.platform.vault import blobs


def papers(enterprise: str, year: int) -> QuerySet[SignedPaper]:
    """Those of a season, newest first."""
    return SignedPaper.objects.filter(enterprise_id=enterprise, year=year).order_by("-pk")


def paper(enterprise: str, year: int, number: int) -> SignedPaper:
    """One of them; ``signed_paper_unknown``."""
    found = papers(enterprise, year).filter(pk=number).first()
    if found is None:
        raise NianjianError("signed_paper_unknown", paper=number)
    return found


def report(row: SignedPaper) -> list[dict[str, Any]]:
    """What its signatures said when it came."""
    found: list[dict[str, Any]] = json.loads(row.report or "[]")
    return found


def content(row: SignedPaper) -> bytes:
    """The file as it came; ``blob_missing``, and ``signed_paper_changed`` where its hash is another."""
    found = blobs.get(row.blob)
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise NianjianError("signed_paper_changed", paper=row.pk)
    return found
