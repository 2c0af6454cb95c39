"""Keep a signed paper, note that it was taken out, note what the firm has signed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.signatures.model import SignedPaper
from nianjian.features.dossier.signatures.state import Signature, whole
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs


def add(
    *, enterprise: str, year: int, item: str, name: str, body: bytes, found: Sequence[Signature], actor: Actor
) -> SignedPaper:
    """Keep the file with what its signatures say; the same file again is the one that is there."""
    known_item(item)
    tenant = accounts.enterprise(enterprise)
    stored = blobs.put(body)
    try:
        with transaction.atomic():
            told = [asdict(one) for one in found]
            given = {
                "name": name,
                "size": stored.size,
                "blob": stored.id,
                "standing": whole(found).value,
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


def given_out(*, paper: SignedPaper, actor: Actor) -> None:
    """Note that somebody took the file out as it came."""
    with transaction.atomic():
        data = {"year": paper.year, "item": paper.item, "paper": paper.pk, "sha256": paper.sha256}
        record(verb="signature.fetched", enterprise=paper.enterprise_id, actor=actor, data=data)


def signed(*, enterprise: str, year: int, data: Mapping[str, Any], actor: Actor) -> None:
    """Note what the firm's certificate has signed; in the transaction that puts the files there."""
    record(verb="signature.signed", enterprise=enterprise, actor=actor, data={"year": year, **data})
