"""VOS3000 / VOS5000: exports of e_cdr, CSV or JSON, headed by the column names.

Documentation only (column names of public code); no real record has been seen. ``callere164`` is the caller
as billed, ``callertogatewaye164`` the caller as sent to the landing gateway: the displayed number.
"""

from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.mapping import apply_mapping, read_times
from nianjian.engines.intake.sql import seconds_after, to_number
from nianjian.engines.intake.tables import Signature, signature_recogniser, table_layout

KNOWN: Final = (
    "callere164", "calleraccesse164", "calleee164", "calleeaccesse164", "callerip", "callercodec",
    "callergatewayid", "callerproductid", "callertogatewaye164", "callertype", "calleeip", "calleecodec",
    "calleegatewayid", "calleeproductid", "calleetogatewaye164", "calleetype", "billingmode", "calllevel",
    "agentfeetime", "starttime", "stoptime", "callerpdd", "calleepdd", "holdtime", "callerareacode", "feetime",
    "fee", "customeraccount", "customername", "calleeareacode", "flowno", "softswitchname", "softswitchcallid",
    "callercallid", "calleroriginalcallid", "rtpforward", "enddirection", "endreason", "billingtype", "cdrlevel",
    "agentcdr_id",
)  # fmt: skip

CALLER: Final = ("callere164", "calleraccesse164")
# calleetogatewaye164 carries the prefixes of the landing gateway and comes last.
CALLEE: Final = ("calleee164", "calleeaccesse164", "calleetogatewaye164")
KEY: Final = ("flowno", "softswitchcallid", "callercallid", "agentcdr_id")
_ORIGIN: Final = {
    "call_id": KEY, "caller": CALLER, "display": ("callertogatewaye164", *CALLER), "callee": CALLEE,
    "answer": ("holdtime",),
}  # fmt: skip


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of e_cdr."""
    columns = Columns(layout.columns)
    clock = read_times(columns, mapping, zone, start=("starttime",), end=("stoptime", "endtime"))
    talk = to_number(columns.cell("holdtime"))
    # feetime is rounded up to the billing step and must not stand for talk time.
    answered = f"coalesce({talk} > 0, false)"
    answer = f"(case when {answered} then greatest({clock.start}, {seconds_after(clock.end, '-' + talk)}) end)"
    checks = clock.checks
    if (hold := columns.find("holdtime")) is not None:
        checks = (*checks, ("answer_unreadable", hold, f"{columns.cell('holdtime')} is not null and {talk} is null"))
    fields = replace(
        clock,
        call_id=columns.filled(*KEY),
        # The soft-switch of a line business carries calls out to landing gateways and has no direction
        # column; inbound routes are told by a mapping (columns.direction with values).
        direction="'out'",
        caller=columns.filled(*CALLER),
        display=columns.cell("callertogatewaye164"),
        callee=columns.filled(*CALLEE),
        answer=answer,
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        checks=checks,
        result=f"(case when {answered} then 'answered' end)",
        answered=answered,
        gateway=columns.cell("calleegatewayid"),
    )
    return apply_mapping(fields, columns, mapping, zone)


FORMAT: Final = Format(
    "vos3000", "VOS3000",
    signature_recogniser(
        Signature(
            needed="callere164|calleraccesse164|callertogatewaye164 calleee164|calleeaccesse164|calleetogatewaye164"
            " starttime",
            typical="callertogatewaye164 calleegatewayid holdtime feetime stoptime flowno endreason",
        )
    ),
    table_layout(KNOWN), fields,
)  # fmt: skip
