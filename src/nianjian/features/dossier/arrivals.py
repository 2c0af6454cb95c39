"""Files that wait for their item: stored, read, cut, deleted; each write is one transaction with one audit entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier import pictures
from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.models import Arrival
from nianjian.features.dossier.pictures import PictureOwner
from nianjian.features.dossier.recognition import Range
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs


def list_waiting_files(enterprise: str, year: int, first: int, most: int) -> list[Arrival]:
    """Those of a season, in the order in which they came."""
    found = Arrival.objects.filter(enterprise_id=enterprise, year=year).order_by("pk")
    return list(found[first : first + most])


def list_unread_keys(enterprise: str, year: int) -> list[int]:
    """Keys of those whose content nobody has looked at yet."""
    found = Arrival.objects.filter(enterprise_id=enterprise, year=year, proposal__isnull=True, fault__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def get_arrival(enterprise: str, year: int, arrival: int) -> Arrival:
    """One of a season; NianjianError dossier_arrival_unknown."""
    found = Arrival.objects.filter(enterprise_id=enterprise, year=year, pk=arrival).first()
    if found is None:
        raise NianjianError("dossier_arrival_unknown", arrival=arrival)
    return found


def read_content(row: Arrival) -> bytes:
    """The plain file; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)


def read_proposal(row: Arrival) -> dict[str, Any] | None:
    """What its content speaks for (`recognise.told`); None: not read, or not readable."""
    return json.loads(row.proposal) if row.proposal else None


def read_fault(row: Arrival) -> dict[str, Any] | None:
    """Code and values of why it could not be read."""
    return json.loads(row.fault) if row.fault else None


def store_file(*, enterprise: str, year: int, name: str, body: bytes, actor: Actor) -> Arrival:
    """Keep a file; the same content again in a season is the one that waits already."""
    sha256 = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        known = Arrival.objects.filter(enterprise_id=enterprise, year=year, sha256=sha256).first()
        if known is not None:
            return known
        stored = blobs.put(body)
        try:
            made = Arrival(
                enterprise_id=enterprise,
                year=year,
                name=name,
                sha256=sha256,
                size=stored.size,
                blob=stored.id,
                arrived_at=clock.now(),
                arrived_by=str(actor),
            )
            made.save(force_insert=True)
            _note("arrived", made, actor, {"size": stored.size})
        except BaseException:
            blobs.remove(stored.id)
            raise
    return made


def record_proposal(
    *, arrival: int, proposal: Mapping[str, object], pictured: Sequence[SmallPicture] = (), actor: Actor
) -> None:
    """Keep what its content speaks for, and its pages; a file on which a person has decided meanwhile is none."""
    told = json.dumps(proposal, ensure_ascii=False, sort_keys=True)
    _record_reading(arrival, actor, proposal=told, fault=None, pictured=pictured)


def record_fault(*, arrival: int, fault: Mapping[str, object], actor: Actor) -> None:
    """Keep why it could not be read."""
    _record_reading(arrival, actor, proposal=None, fault=json.dumps(fault, ensure_ascii=False, default=str))


def _record_reading(
    arrival: int, actor: Actor, *, proposal: str | None, fault: str | None, pictured: Sequence[SmallPicture] = ()
) -> None:
    with transaction.atomic():
        row = Arrival.objects.select_for_update().filter(pk=arrival).first()  # two looks at a file wait for each other
        if row is None:
            return
        row.proposal, row.fault = proposal, fault
        row.save(update_fields=["proposal", "fault"])
        pictures.delete_pictures(of=PictureOwner(arrival=row.pk))
        pictures.store_pictures(of=PictureOwner(arrival=row.pk), pictures=pictured)
        _note("read", row, actor, {"item": json.loads(proposal)["item"] if proposal else None})


def record_decision(*, row: Arrival, item: str | None, actor: Actor) -> None:
    """A person said which item it is, or None: it belongs to none. The file goes with its row.

    NianjianError dossier_arrival_unknown, where somebody has decided meanwhile.
    """
    told = json.loads(row.proposal)["item"] if row.proposal else None
    with transaction.atomic():
        _require_waiting(row)
        _note("sorted" if item else "put_away", row, actor, {"item": item, "proposed": told})
        _delete_file(row)


def record_cut(*, row: Arrival, papers: Sequence[Range], leave: str, actor: Actor) -> None:
    """A person said which pages are which item; ``leave``: pages that are none. As `decided`."""
    parts = [{"item": one.item, "first": one.first, "last": one.last} for one in papers]
    with transaction.atomic():
        _require_waiting(row)
        _note("cut", row, actor, {"papers": parts, "left": leave})
        _delete_file(row)


def _require_waiting(row: Arrival) -> None:
    """Hold it: of two who decide at once the second finds it gone, and what he put goes back."""
    if Arrival.objects.select_for_update().filter(pk=row.pk).first() is None:
        raise NianjianError("dossier_arrival_unknown", arrival=row.pk)


def _delete_file(row: Arrival) -> None:
    blob = row.blob
    pictures.delete_pictures(of=PictureOwner(arrival=row.pk))
    row.delete()
    transaction.on_commit(lambda: blobs.remove(blob))


def _note(act: str, row: Arrival, actor: Actor, data: Mapping[str, object]) -> None:
    told = {"year": row.year, "sha256": row.sha256, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=told)
