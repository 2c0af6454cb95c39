"""阿里云 云联络中心 CCC (GetCallDetailRecord, ListCallDetailRecordsV2).

Documentation only; no real record has been seen. One row is one contact, of BACK2BACK (双呼) too: its CalledNumber
is the customer. CallingNumber is the only number of our side, so the displayed number is of low confidence.
Times are milliseconds, CallDuration is seconds.
"""

from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.mapping import apply_mapping, read_epochs, read_times
from nianjian.engines.intake.sql import choose_word, first_of, is_among, seconds_after, to_number
from nianjian.engines.intake.tables import Signature, signature_recogniser, table_layout

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

_TIMES: Final = {"start": ("StartTime",), "answer": ("EstablishedTime",), "end": ("ReleaseTime", "EndTime")}
_ORIGIN: Final = {
    "call_id": ("ContactId",), "direction": ("ContactType",), "caller": ("CallingNumber",),
    "display": ("CallingNumber",), "callee": ("CalledNumber",),
}  # fmt: skip

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
    clock = read_times(columns, mapping, zone, read_epochs, **_TIMES)
    talk = f"greatest(coalesce({to_number(columns.cell('CallDuration'))}, 0), 0)"
    # Without a release time the call ends with its talk; one that was never established ends as it begins.
    end = first_of((clock.end, seconds_after(f"coalesce({clock.answer}, {clock.start})", talk)))
    # PREDICTIVE dials the customer first: established means that the customer answered, whatever became of the
    # queue. BACK2BACK dials the seat first: only Success says that the customer answered too.
    answered = (
        f"(case when {kind} = 'BACK2BACK' then coalesce({disposition} = 'SUCCESS', false)"
        f" when {kind} = 'PREDICTIVE' then {clock.answer} is not null"
        f" else {clock.answer} is not null"
        f" and not {is_among(disposition, ('NOANSWER', 'REJECT', 'ABANDONEDINRING'))} end)"
    )
    fields = replace(
        clock,
        call_id=columns.cell("ContactId"),
        direction=choose_word(kind, DIRECTIONS),
        caller=columns.cell("CallingNumber"),
        callee=columns.cell("CalledNumber"),
        answer=f"(case when {answered} then {clock.answer} end)",
        end=end,
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        # Queue and IVR words say how far the customer came, not that he did not answer.
        result=f"(case when {answered} then 'answered' else {choose_word(disposition, RESULTS)} end)",
        answered=answered,
        agent_id=columns.cell("AgentIds"),
        agent_kind=f"(case when {columns.cell('AgentIds')} is not null then 'human' end)",
    )
    return apply_mapping(fields, columns, mapping, zone)


FORMAT: Final = Format(
    "aliyun_ccc", "阿里云 云联络中心",
    signature_recogniser(
        Signature(
            needed="ContactId ContactType CallingNumber|CalledNumber StartTime",
            typical="ContactDisposition ReleaseInitiator EstablishedTime CallDuration AgentIds CalledNumber",
        )
    ),
    table_layout(KNOWN), fields, zone_in_file=True,
)  # fmt: skip
