"""Import a forward list of 12321, 12300 or a carrier."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nianjian.accounts import query as accounts
from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.complaints.forwards import mapping as mappings
from nianjian.complaints.forwards import service
from nianjian.complaints.forwards.mapping import ForwardMapping
from nianjian.complaints.forwards.receipt import Receipt
from nianjian.kernel import clock


def import_forwards(
    *,
    enterprise: str,
    path: Path,
    actor: Actor,
    mapping_file: Path | None = None,
    mapping: ForwardMapping | None = None,
    arrived: datetime | None = None,
) -> Receipt:
    """Import by a mapping file, or by a mapping that a page has made; ``arrived`` None: the list came now.

    ``role_missing``, ``enterprise_unknown``, and what `mapping.read` and `service.load` raise.
    """
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)
    chosen = mapping if mapping_file is None else mappings.read(mapping_file)
    return service.load(
        enterprise=enterprise,
        path=path,
        mapping=chosen or ForwardMapping(),
        arrived=arrived or clock.now().replace(microsecond=0),
        actor=actor,
    )
