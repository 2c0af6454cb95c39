"""PDFs that others have signed electronically, stored as they came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import SignedPaper
from nianjian.features.dossier.signatures import Signature, worst_standing
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs


def list_papers(enterprise: str, year: int) -> QuerySet[SignedPaper]:
    """Those of a season, newest first."""
    return SignedPaper.objects.filter(enterprise_id=enterprise, year=year).order_by("-pk")


def get_paper(enterprise: str, year: int, number: int) -> SignedPaper:
    """One of them; ``signed_paper_unknown``."""
    found = list_papers(enterprise, year).filter(pk=number).first()
    if found is None:
        raise NianjianError("signed_paper_unknown", paper=number)
    return found


def read_report(row: SignedPaper) -> list[dict[str, Any]]:
    """What its signatures said when it came."""
    found: list[dict[str, Any]] = json.loads(row.report or "[]")
    return found


def read_content(row: SignedPaper) -> bytes:
    """The file as it came; ``blob_missing``, and ``signed_paper_changed`` where its hash is another."""
    found = blobs.get(row.blob)
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise NianjianError("signed_paper_changed", paper=row.pk)
    return found


def store_paper(
    *, enterprise: str, year: int, item: str, name: str, body: bytes, found: Sequence[Signature], actor: Actor
) -> SignedPaper:
    """Keep the file with what its signatures say; the same file again is the one that is there."""
    get_item(item)
    tenant = accounts.enterprise(enterprise)
    stored = blobs.put(body)
    try:
        with transaction.atomic():
            told = [asdict(one) for one in found]
            given = {
                "name": name,
                "size": stored.size,
                "blob": stored.id,
                "standing": worst_standing(found).value,
                "signatures": len(found),
                "report": json.dumps(told, ensure_ascii=False, sort_keys=True),
                "recorded_at": clock.now(),
                "recorded_by": str(actor),
            }
            row, made = SignedPaper.objects.get_or_create(
                enterprise_id=tenant.code, year=year, item=item, sha256=stored.sha256, defaults=given
            )
            if made:
                data = {"year": year, "item": item, "paper": row.pk, "sha256": row.sha256, "standing": row.standing}
                record(verb="signature.kept", enterprise=tenant.code, actor=actor, data=data)
    except BaseException:
        blobs.remove(stored.id)
        raise
    if not made:
        blobs.remove(stored.id)
    return row


def record_download(*, paper: SignedPaper, actor: Actor) -> None:
    """Note that somebody took the file out as it came."""
    with transaction.atomic():
        data = {"year": paper.year, "item": paper.item, "paper": paper.pk, "sha256": paper.sha256}
        record(verb="signature.fetched", enterprise=paper.enterprise_id, actor=actor, data=data)


def record_signing(*, enterprise: str, year: int, data: Mapping[str, Any], actor: Actor) -> None:
    """Note what the firm's certificate has signed; in the transaction that puts the files there."""
    record(verb="signature.signed", enterprise=enterprise, actor=actor, data={"year": year, **data})
