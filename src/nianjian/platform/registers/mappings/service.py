"""Write mappings: one transaction, one audit entry each."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.registers.mappings import query
from nianjian.platform.registers.mappings.model import NamedMapping

LONGEST = 80


def save(*, enterprise: str, name: str, data: Mapping[str, object], actor: Actor, purpose: str = "") -> None:
    """Keep it under the name, in place of an earlier one for the same purpose ("": call records).

    ``role_missing``, ``mapping_name_malformed``, ``mapping_name_taken`` by one for something else.
    """
    require(actor, enterprise, Act.LOAD)
    plain = name.strip()
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise NianjianError("mapping_name_malformed", longest=LONGEST)
    if query.is_name_taken(enterprise, plain, purpose):
        raise NianjianError("mapping_name_taken", name=plain)
    kept = {**data, query.PURPOSE: purpose} if purpose else dict(data)
    with transaction.atomic():
        NamedMapping.objects.update_or_create(
            enterprise_id=enterprise,
            name=plain,
            defaults={"data": kept, "saved_by": str(actor), "saved_at": clock.now()},
        )
        record(
            verb="calls.mapping",
            enterprise=enterprise,
            actor=actor,
            data={"name": plain, "mapping": kept},
        )
