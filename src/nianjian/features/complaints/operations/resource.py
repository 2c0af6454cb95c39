"""What the operations on tickets have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import mark
from nianjian.features.complaints.documents import Ticketed, to_document
from nianjian.features.complaints.operations.listing import list_tickets
from nianjian.features.complaints.query import Ticket, as_dict
from nianjian.platform.accounts.query import Actor
from nianjian.platform.operations.operation import Resource
from nianjian.platform.registers import row_keys


def _read(enterprise: str, actor: Actor, keys: Sequence[str]) -> list[Ticket]:
    return list_tickets(enterprise=enterprise, actor=actor).of(keys)


TICKETS: Final = Resource(
    name="ticket",
    plural="tickets",
    path="/enterprises/{code}/complaints",
    read=_read,
    missing=lambda key: NianjianError("complaint_unknown", complaint=key),
    document=to_document,
    schema=Ticketed,
    row=as_dict,
    key_of=row_keys.decode_key,
    key_help=mark("the ticket's number"),
)
