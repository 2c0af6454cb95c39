"""Write registers and tickets into the lake as dated tables."""

from datetime import datetime

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.lake.schema import COMPLAINT_FACT
from nianjian.engines.lake.tables import Lake
from nianjian.features.complaints import queries
from nianjian.features.complaints.models import Complaint
from nianjian.platform.registers import publish as registers
from nianjian.platform.registers.publish import Fact, replace_table


def publish_tickets(lake: Lake, enterprise: str) -> None:
    """Replace the table by the present tickets, drills left out; equal facts make no commit."""
    facts = [_fact(row) for row in queries.current_tickets(enterprise).iterator(chunk_size=2000)]
    replace_table(lake, "complaint_fact", COMPLAINT_FACT, facts)


def _fact(row: Complaint) -> Fact:
    return {
        "complaint_id": row.ticket_id,
        "source": row.source,
        "reference": row.reference,
        "accepted_ts": _wall(row.accepted_at),
        "arrived_ts": _wall(row.arrived_at),
        "complainant": _value(row.complainant),
        "complained": _value(row.complained),
        "call_ts": _wall(row.called_at),
        "category": row.category,
        "call_id": row.call_id,
        "line_id": row.line_id,
        "team_id": row.team_id,
        "responded_ts": _wall(row.responded_at),
        "closed_ts": _wall(row.closed_at),
        "reopened_ts": _wall(row.reopened_at),
        "exclusion": row.exclusion,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _wall(moment: datetime | None) -> datetime | None:
    """Asia/Shanghai wall time without a zone, as the lake keeps all times."""
    return None if moment is None else moment.astimezone(clock.ZONE).replace(tzinfo=None)


def _value(text: str | None) -> int | None:
    return numbers.normalise(text).value


def publish_facts(lake: Lake, enterprise: str) -> None:
    """Write what changed since the last time; unchanged facts make no commit."""
    with lake.lock():
        registers.publish_registers(lake, enterprise)
        publish_tickets(lake, enterprise)
