"""Write the pictures of a file's pages."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from nianjian.features.dossier.pictures.model import PagePicture
from nianjian.features.dossier.pictures.query import Of, there
from nianjian.features.dossier.pictures.shrink import Pictured
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs


def keep(*, of: Of, pictures: Sequence[Pictured]) -> None:
    """Keep the pictures of a file; the act that they are part of writes the entry."""
    put: list[str] = []
    try:
        put.extend(blobs.put(one.jpeg).id for one in pictures)
        rows = [
            PagePicture(**of.keys, page=one.page, wide_mm=one.wide_mm, high_mm=one.high_mm, blob=blob)
            for one, blob in zip(pictures, put, strict=True)
        ]
        PagePicture.objects.bulk_create(rows, batch_size=500)
    except BaseException:
        for blob in put:
            blobs.remove(blob)
        raise


def drop(*, of: Of) -> None:
    """Delete the pictures of a file; the act that they are part of writes the entry."""
    rows = PagePicture.objects.filter(**of.keys)
    gone = list(rows.values_list("blob", flat=True))
    rows.delete()
    transaction.on_commit(lambda: _removed(gone))


def draw(*, of: Of, pictures: Sequence[Pictured], enterprise: str, told: dict[str, object], actor: Actor) -> bool:
    """The same for a version that has none yet, with its entry; False where there were some already."""
    with transaction.atomic():
        if there(of):
            return False
        keep(of=of, pictures=pictures)
        record(verb="dossier.drawn", enterprise=enterprise, actor=actor, data={**told, "pages": len(pictures)})
    return True


def given_out(*, enterprise: str, told: dict[str, object], actor: Actor) -> None:
    """Note who looked at which pages, before they are shown."""
    record(verb="dossier.looked_at", enterprise=enterprise, actor=actor, data=told)


def _removed(gone: Sequence[str]) -> None:
    for blob in gone:
        blobs.remove(blob)
