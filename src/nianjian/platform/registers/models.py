"""All models of the registers, gathered for Django."""

from __future__ import annotations

from nianjian.platform.registers.attachments.model import Attachment, RowAttachment
from nianjian.platform.registers.batches.model import Batch, BatchFile
from nianjian.platform.registers.consents.model import Consent
from nianjian.platform.registers.do_not_call.model import DoNotCall
from nianjian.platform.registers.drafts.model import Draft
from nianjian.platform.registers.filings.model import Filing
from nianjian.platform.registers.gate_lists.model import GateList
from nianjian.platform.registers.gate_policies.model import GatePolicy
from nianjian.platform.registers.holidays.model import HolidayFile
from nianjian.platform.registers.licences.model import Licence
from nianjian.platform.registers.lines.model import Line
from nianjian.platform.registers.mappings.model import NamedMapping
from nianjian.platform.registers.numbers.model import Number
from nianjian.platform.registers.overlays.model import Overlay
from nianjian.platform.registers.seats.model import Seat
from nianjian.platform.registers.social_insurance.model import Contribution
from nianjian.platform.registers.staff.model import Person
from nianjian.platform.registers.teams.model import Team
from nianjian.platform.registers.wages.model import Payment

__all__ = [
    "Attachment",
    "Batch",
    "BatchFile",
    "Consent",
    "Contribution",
    "DoNotCall",
    "Draft",
    "Filing",
    "GateList",
    "GatePolicy",
    "HolidayFile",
    "Licence",
    "Line",
    "NamedMapping",
    "Number",
    "Overlay",
    "Payment",
    "Person",
    "RowAttachment",
    "Seat",
    "Team",
]
