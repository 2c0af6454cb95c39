"""腾讯云 云联络中心 TCCC (DescribeTelCdr and the pushed record).

Documentation only; no real record has been seen. One row is one session, times are unix seconds, numbers carry
the prefix 0086. Caller is the only number of our side: the displayed number is of low confidence.
"""

from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.mapping import apply_mapping, read_epochs, read_times
from nianjian.engines.intake.sql import NULL, choose_word, first_of, is_among
from nianjian.engines.intake.tables import Signature, signature_recogniser, table_layout

KNOWN: Final = (
    "SessionId", "Caller", "Callee", "Direction", "CallType", "StartTimestamp", "RingTimestamp", "AcceptTimestamp",
    "EndedTimestamp", "Duration", "EndStatus", "EndStatusString", "HungUpSide", "SeatUser.StaffNumber",
    "SeatUser", "SkillGroup",
)  # fmt: skip

# EndStatus, or the same as a word in EndStatusString.
STATUS: Final = {
    "ok": "1", "seatgiveup": "17", "blacklist": "100", "ivrgiveup": "102", "waitinggiveup": "103",
    "ringinggiveup": "104", "noseatonline": "105", "notworktime": "106", "ivrend": "107", "restrictedcallee": "108",
    "toomanyrequest": "109", "restrictedarea": "110", "restrictedtime": "111", "notanswer": "202", "userreject": "203",
    "poweroff": "204", "numbernotexist": "205", "busy": "206", "outofcredit": "207", "operatorerror": "208",
    "callercancel": "209", "notinservice": "210", "clienterror": "211", "carrierblocked": "212",
}  # fmt: skip

# Stopped before the customer's network: by the platform (108 to 111) or by the carrier that we hand over to (212).
BLOCKED: Final = ("108", "109", "110", "111", "212")

# In a predictive call (CallType 5) the customer is dialled first: whoever gave up in the menu, in the queue or
# while the seat was ringing, and whoever found no seat, had answered.
REACHED_FIRST: Final = ("17", "102", "103", "104", "105", "106", "107")

RESULTS: Final = {
    **dict.fromkeys(BLOCKED, "blocked"),
    **dict.fromkeys(("17", "104", "209"), "cancelled"),
    **dict.fromkeys(("100", "204", "205", "207", "208", "210", "211"), "failed"),
    **dict.fromkeys(("102", "103", "105", "106", "107", "202"), "no_answer"),
    "203": "rejected",
    "206": "busy",
}

_TIMES: Final = {
    "start": ("StartTimestamp",), "ring": ("RingTimestamp",), "answer": ("AcceptTimestamp",),
    "end": ("EndedTimestamp",),
}  # fmt: skip
_ORIGIN: Final = {
    "call_id": ("SessionId",), "direction": ("Direction", "CallType"), "caller": ("Caller",), "display": ("Caller",),
    "callee": ("Callee",),
}  # fmt: skip

AI: Final = tuple(str(code) for code in range(225, 234))


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of the session table."""
    columns = Columns(layout.columns)
    word = f"lower({columns.cell('EndStatusString')})"
    status = first_of(
        (columns.cell("EndStatus"), choose_word(word, STATUS) if columns.find("EndStatusString") else NULL)
    )
    status = choose_word(f"lower({status})", STATUS, otherwise=status)
    kind = columns.cell("CallType")
    clock = read_times(columns, mapping, zone, read_epochs, **_TIMES)
    by_type = choose_word(kind, {"1": "out", "5": "out", "2": "in", "3": "in"})
    direction = (
        f"(case when {kind} = '6' then 'internal'"
        f" else coalesce({choose_word(columns.cell('Direction'), {'0': 'in', '1': 'out'})}, {by_type}) end)"
    )
    predictive = f"({is_among(kind, ('5',))} and {is_among(status, REACHED_FIRST)})"
    never = is_among(status, tuple(RESULTS))
    answered = f"({predictive} or (not {never} and coalesce({clock.answer} < {clock.end}, false)))"
    seat = _seat(columns)
    fields = replace(
        clock,
        call_id=columns.cell("SessionId"),
        direction=direction,
        caller=columns.cell("Caller"),
        callee=columns.cell("Callee"),
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        result=f"(case when {answered} then 'answered' else {choose_word(status, RESULTS)} end)",
        delivered=f"not {is_among(status, BLOCKED)}",
        answered=answered,
        agent_id=seat,
        # 225 to 233 are the ends of calls that the vendor's AI led.
        agent_kind=f"(case when {is_among(status, AI)} then 'robot' when {seat} is not null then 'human' end)",
    )
    return apply_mapping(fields, columns, mapping, zone)


def _seat(columns: Columns) -> str:
    """StaffNumber: a field of its own, or inside the JSON text of SeatUser."""
    whole = columns.cell("SeatUser")
    if whole == NULL:
        return columns.filled("SeatUser.StaffNumber", "StaffNumber")
    inside = f"nullif(regexp_extract({whole}, '\"StaffNumber\"\\s*:\\s*\"?([^\",}}]+)', 1), '')"
    bare = f"case when {whole} not like '{{%' then {whole} end"
    return first_of((columns.filled("SeatUser.StaffNumber", "StaffNumber"), inside, bare))


FORMAT: Final = Format(
    "tencent_tccc", "腾讯云 云联络中心",
    signature_recogniser(
        Signature(
            needed="SessionId Caller Callee StartTimestamp EndedTimestamp",
            typical="Direction CallType AcceptTimestamp EndStatus EndStatusString HungUpSide SeatUser",
        )
    ),
    table_layout(KNOWN), fields, zone_in_file=True,
)  # fmt: skip
