"""天润融通 (Cloud… and Clink…, also sold by Aliyun VMS): outbound, webcall and predictive call records.

Documentation only; no real record has been seen. One row is one contact, the customer's side of it: StartTime,
AnswerTime and EndTime are unix seconds, AnswerTime is the customer's. DisplayNumber (what the customer really
saw, with AXB the virtual number) goes before Clid.
"""

from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.mapping import apply_mapping, read_epochs, read_times
from nianjian.engines.intake.sql import choose_word, is_among
from nianjian.engines.intake.tables import Signature, signature_recogniser, table_layout

# The documentation at hand does not name the customer's column the same way in every table.
CUSTOMER: Final = (
    "CustomerNumber", "CalleeNumber", "Callee", "CalledNumber", "Called", "CustomerPhone", "客户号码", "被叫号码",
)  # fmt: skip
CALLER: Final = ("CallerNumber", "Caller", "CallingNumber", "主叫号码")

KNOWN: Final = (
    "UniqueId", "MainUniqueId", "Cno", "AgentName", "Gno", "Qno", "StartTime", "AnswerTime", "EndTime",
    "BridgeDuration", "Clid", "DisplayNumber", "XNumber", "TrunkGroupKey", "CallType", "MainCallType", "Status",
    "SipCause", "EndReason", "HiddenType", "CalleeRingingTime", *CUSTOMER, *CALLER,
)  # fmt: skip

_TIMES: Final = {
    "start": ("StartTime",), "ring": ("CalleeRingingTime",), "answer": ("AnswerTime",), "end": ("EndTime",),
}  # fmt: skip
_ORIGIN: Final = {
    "call_id": ("UniqueId", "MainUniqueId"),
    "direction": ("CallType", "Status"),
    "display": ("DisplayNumber", "Clid"),
    "callee": CUSTOMER,
    "caller": CALLER,
}

# Who was reached, by Status: 30 agent not, 31 agent only, 20 speech synthesis failed before dialling: the
# customer was never called. 23, 42 (agent being called) and 50 do not say it; there AnswerTime decides.
UNREACHED: Final = ("20", "30", "31")
ANSWERED: Final = ("22", "24", "33", "41", "43", "52")
UNANSWERED: Final = ("21", "32", "40", "51")
UNTOLD: Final = ("23", "42", "50")

# 1 is the inbound type of the same vendor's inbound table; 2, 3 and 5 are its other ways of calling out.
# Detail rows are legs, and MainCallType tells the call's way: the seat's leg is no call to a customer.
SEATS_LEG: Final = ("204", "呼转座席")
CUSTOMERS_LEG: Final = ("208", "呼转客户")
DIRECTIONS: Final = {
    **dict.fromkeys(("2", "3", "4", "5", "6", "预览外呼", "主叫外呼", "预测外呼", "网页呼叫", *CUSTOMERS_LEG), "out"),
    **dict.fromkeys(SEATS_LEG, "internal"),
    **dict.fromkeys(("9", "内部", "内部呼叫"), "internal"),
    **dict.fromkeys(("1", "呼入"), "in"),
}


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of the vendor's table."""
    columns = Columns(layout.columns)
    status = columns.filled("Status", "StatusCode")
    kind = columns.filled("CallType", "CallTypeCode")
    way = columns.filled("MainCallType", "CallType", "CallTypeCode")
    legs = is_among(kind, (*SEATS_LEG, *CUSTOMERS_LEG))
    clock = read_times(columns, mapping, zone, read_epochs, **_TIMES)
    never = is_among(status, (*UNREACHED, *UNANSWERED))
    answered = f"({is_among(status, ANSWERED)} or (not {never} and {clock.answer} is not null))"
    result = (
        f"(case when {answered} then 'answered' when {is_among(status, UNANSWERED)} then 'no_answer'"
        f" when {is_among(status, UNREACHED)} then 'failed' end)"
    )
    has_status = is_among(status, (*UNREACHED, *ANSWERED, *UNANSWERED, *UNTOLD))
    fields = replace(
        clock,
        call_id=columns.filled("UniqueId", "MainUniqueId"),
        call_key=f"(case when {legs} then {columns.cell('MainUniqueId')} end)",
        direction=choose_word(way, DIRECTIONS, otherwise=f"case when {has_status} then 'out' end"),
        leg=f"(case when {is_among(kind, SEATS_LEG)} then 'agent' else 'customer' end)",
        caller=columns.filled(*CALLER, "Clid"),
        display=columns.filled("DisplayNumber", "Clid"),
        callee=columns.filled(*CUSTOMER),
        # In rows in which the customer never answered, a time here would be the agent's.
        answer=f"(case when {answered} then {clock.answer} end)",
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        result=result,
        delivered=f"not ({is_among(status, UNREACHED)} or {is_among(kind, SEATS_LEG)})",
        answered=answered,
        agent_id=columns.cell("Cno"),
        agent_kind=f"(case when {columns.cell('Cno')} is not null then 'human' end)",
        line_id=columns.cell("TrunkGroupKey"),
    )
    return apply_mapping(fields, columns, mapping, zone)


FORMAT: Final = Format(
    "tinet", "天润融通",
    signature_recogniser(
        Signature(
            needed="UniqueId|MainUniqueId Clid|DisplayNumber StartTime EndTime Status|CallType|StatusCode",
            typical="MainUniqueId Cno DisplayNumber BridgeDuration TrunkGroupKey SipCause HiddenType XNumber",
        )
    ),
    table_layout(KNOWN), fields, zone_in_file=True,
)  # fmt: skip
