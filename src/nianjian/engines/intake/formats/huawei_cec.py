"""华为云 CEC / AICC: the call history of the API (JSON) and the bill files (CSV).

Documentation only; no real record has been seen. The API's record is a double call: ``caller`` is the seat's
telephone, ``called`` the customer, ``callerPresent`` what the customer saw; startTime … are milliseconds and
alertingTime, talkingTime, releaseTime are the customer's. The bill file has wait_begin, ack_begin, call_begin,
call_end and a call type instead.
"""

from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.mapping import apply_mapping, read_times
from nianjian.engines.intake.sql import NULL, any_time, choose_word, first_of, is_among
from nianjian.engines.intake.tables import Signature, signature_recogniser, table_layout

KNOWN: Final = (
    "callSerialNo", "caller", "called", "callerPresent", "startTime", "endTime", "alertingTime", "talkingTime",
    "releaseTime", "talkDuration", "state", "reasonCode", "agentId", "callType", "callId", "callIdNum", "callerNo",
    "calleeNo", "waitBegin", "waitEnd", "ackBegin", "ackEnd", "callBegin", "callEnd", "releaseCause", "developer",
    "accountId", "ccId",
)  # fmt: skip

# 51 and 52 are consultations among seats, 53 joins several parties to a call that has its own row.
DIRECTIONS: Final = {
    "0": "in",
    "6": "internal",
    **dict.fromkeys(("7", "40", "41", "42", "43", "44", "45"), "out"),
    **dict.fromkeys(("51", "52", "53"), "internal"),
}

# reasonCode of the API: 0 called and 1 caller hung up; 2 caller failed, 4 caller did not answer, 6 could not be
# started: the customer was never called; 3 called failed, 5 called did not answer.
UNREACHED: Final = ("2", "4", "6")
RESULTS: Final = {"2": "failed", "3": "failed", "4": "failed", "5": "no_answer", "6": "failed"}

_TIMES: Final = {
    "start": ("startTime", "waitBegin", "beginTime", "createCallTime"),
    "ring": ("alertingTime", "ackBegin"),
    "answer": ("talkingTime", "callBegin"),
    "end": ("releaseTime", "endTime", "callEnd", "ackEnd", "waitEnd"),
}
_ORIGIN: Final = {
    "call_id": ("callSerialNo", "callId"),
    "direction": ("callType",),
    "caller": ("caller", "callerNo"),
    "display": ("callerPresent", "caller", "callerNo"),
    "callee": ("called", "calleeNo"),
}


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of either form."""
    columns = Columns(layout.columns)
    clock = read_times(columns, mapping, zone, any_time, **_TIMES)
    reason = columns.filled("reasonCode", "releaseReason")
    unanswered = is_among(reason, tuple(RESULTS))
    answered = f"(not {unanswered} and coalesce({clock.answer} < {clock.end}, false))"
    kind = columns.cell("callType")
    # The API's history holds the calls that were started through it: outbound by nature, and without a type. A row
    # of a bill file without a type cannot be told.
    untyped = f"case when {kind} is null and {columns.cell('callSerialNo')} is not null then 'out' end"
    seat = columns.filled("agentId", "serviceNo", "workNo")
    fields = replace(
        clock,
        call_id=_row_key(columns),
        call_key=columns.cell("callId"),
        direction=choose_word(kind, DIRECTIONS, otherwise=untyped),
        caller=columns.filled("caller", "callerNo"),
        display=columns.filled("callerPresent", "displayNumber"),
        callee=columns.filled("called", "calleeNo"),
        answer=f"(case when {answered} then {clock.answer} end)",
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        result=f"(case when {answered} then 'answered' else {choose_word(reason, RESULTS)} end)",
        delivered=f"not {is_among(reason, UNREACHED)}",
        answered=answered,
        agent_id=seat,
        agent_kind=f"(case when {seat} is not null then 'human' end)",
    )
    return apply_mapping(fields, columns, mapping, zone)


def _row_key(columns: Columns) -> str:
    """callSerialNo; in bill files call_id and, for the further stations of a call, its number within the call."""
    call, part = columns.cell("callId"), columns.cell("callIdNum")
    if NULL not in (part, call):
        call = f"({call} || case when {part} is null or {part} = '-1' then '' else '#' || {part} end)"
    return first_of((columns.cell("callSerialNo"), call))


FORMAT: Final = Format(
    "huawei_cec", "华为云 云客服",
    signature_recogniser(
        Signature(
            needed="callSerialNo called startTime|createCallTime",
            typical="callerPresent talkingTime alertingTime releaseTime talkDuration reasonCode",
        ),
        Signature(
            needed="call_id caller_no callee_no wait_begin|call_begin",
            typical="developer account_id cc_id agent_id ack_begin call_end call_type",
        ),
    ),
    table_layout(KNOWN), fields,
)  # fmt: skip
