"""阿里云 云联络中心 CCC (GetCallDetailRecord, ListCallDetailRecordsV2).

Documentation only; no real record has been seen. One row is one contact, of BACK2BACK (双呼) too: its CalledNumber
is the customer. CallingNumber is the only number of our side, so the displayed number is of low confidence.
Times are milliseconds, CallDuration is seconds.
"""

from __future__ import annotations

from typing import Final

from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.vendor.columns import Columns
from nianjian.engines.intake.vendor.overrides import overridden
from nianjian.engines.intake.vendor.sql import NULL, among, choose, first_of, number, seconds_after
from nianjian.engines.intake.vendor.tables import Signature, recogniser, table
from nianjian.engines.intake.vendor.times import epochs, times

KNOWN: Final = (
    "ContactId", "ContactType", "ContactDisposition", "ReleaseInitiator", "CallingNumber", "CalledNumber",
    "StartTime", "EstablishedTime", "ReleaseTime", "CallDuration", "AgentIds", "SkillGroup", "SkillGroupIds",
)  # fmt: skip

# A conference joins seats to a call that has its own row: it is no call to a customer.
DIRECTIONS: Final = {
    "INBOUND": "in",
    "OUTBOUND": "out",
    "BACK2BACK": "out",
    "PREDICTIVE": "out",
    "PRIVACYDIAL": "out",
    "INTERNAL": "internal",
    "CONFERENCE": "internal",
}

RESULTS: Final = {
    "SUCCESS": "answered",
    "NOANSWER": "no_answer",
    "REJECT": "rejected",
    "ABANDONEDINRING": "cancelled",
}


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of the contact table."""
    columns = Columns(layout.columns)
    kind = f"upper(replace({columns.cell('ContactType')}, '_', ''))"
    disposition = f"upper({columns.cell('ContactDisposition')})"
    clock = times(
        columns,
        mapping,
        zone,
        epochs,
        start=("StartTime",),
        answer=("EstablishedTime",),
        end=("ReleaseTime", "EndTime"),
    )
    talk = f"greatest(coalesce({number(columns.cell('CallDuration'))}, 0), 0)"
    # Without a release time the call ends with its talk; one that was never established ends as it begins.
    end = first_of((clock.end, seconds_after(f"coalesce({clock.answer}, {clock.start})", talk)))
    # PREDICTIVE dials the customer first: established means that the customer answered, whatever became of the
    # queue. BACK2BACK dials the seat first: only Success says that the customer answered too.
    answered = (
        f"(case when {kind} = 'BACK2BACK' then coalesce({disposition} = 'SUCCESS', false)"
        f" when {kind} = 'PREDICTIVE' then {clock.answer} is not null"
        f" else {clock.answer} is not null and not {among(disposition, ('NOANSWER', 'REJECT', 'ABANDONEDINRING'))} end)"
    )
    return overridden(
        Fields(
            call_id=columns.cell("ContactId"),
            direction=choose(kind, DIRECTIONS),
            caller=columns.cell("CallingNumber"),
            display=NULL,
            callee=columns.cell("CalledNumber"),
            start=clock.start,
            answer=f"(case when {answered} then {clock.answer} end)",
            end=end,
            texts=clock.texts,
            columns=clock.columns
            | columns.origin(
                call_id=("ContactId",),
                direction=("ContactType",),
                caller=("CallingNumber",),
                display=("CallingNumber",),
                callee=("CalledNumber",),
            ),
            checks=clock.checks,
            # Queue and IVR words say how far the customer came, not that he did not answer.
            result=f"(case when {answered} then 'answered' else {choose(disposition, RESULTS)} end)",
            answered=answered,
            agent_id=columns.cell("AgentIds"),
            agent_kind=f"(case when {columns.cell('AgentIds')} is not null then 'human' end)",
        ),
        columns,
        mapping,
        zone,
    )


FORMAT: Final = Format(
    name="aliyun_ccc",
    title="阿里云 云联络中心",
    recognise=recogniser(
        Signature(
            needed=(("ContactId",), ("ContactType",), ("CallingNumber", "CalledNumber"), ("StartTime",)),
            typical=(
                "ContactDisposition",
                "ReleaseInitiator",
                "EstablishedTime",
                "CallDuration",
                "AgentIds",
                "CalledNumber",
            ),
        )
    ),
    layout=table(KNOWN),
    fields=fields,
    zone_in_file=True,
)
