"""All models of the registers, gathered for Django."""

from __future__ import annotations

from nianjian.registers.attachments.model import Attachment, RowAttachment
from nianjian.registers.batches.model import Batch, BatchFile
from nianjian.registers.consents.model import Consent
from nianjian.registers.do_not_call.model import DoNotCall
from nianjian.registers.drafts.model import Draft
from nianjian.registers.filings.model import Filing
from nianjian.registers.gate_lists.model import GateList
from nianjian.registers.gate_policies.model import GatePolicy
from nianjian.registers.holidays.model import HolidayFile
from nianjian.registers.licences.model import Licence
from nianjian.registers.lines.model import Line
from nianjian.registers.mappings.model import NamedMapping
from nianjian.registers.numbers.model import Number
from nianjian.registers.overlays.model import Overlay
from nianjian.registers.seats.model import Seat
from nianjian.registers.social_insurance.model import Contribution
from nianjian.registers.staff.model import Person
from nianjian.registers.teams.model import Team
from nianjian.registers.wages.model import Payment

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
