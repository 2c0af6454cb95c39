"""All models of the registers, gathered for Django."""

from nianjian.platform.registers.attachments import Attachment, RowAttachment
from nianjian.platform.registers.batches import Batch, BatchFile
from nianjian.platform.registers.consents import Consent
from nianjian.platform.registers.declarations import NotApplicable
from nianjian.platform.registers.do_not_call import DoNotCall
from nianjian.platform.registers.drafts import Draft
from nianjian.platform.registers.filings import Filing
from nianjian.platform.registers.gate_lists import GateList
from nianjian.platform.registers.gate_policies import GatePolicy
from nianjian.platform.registers.holidays import HolidayFile
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.mappings import NamedMapping
from nianjian.platform.registers.marketing import MarketingDecision
from nianjian.platform.registers.numbers import Number
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.registers.seats import Seat
from nianjian.platform.registers.social_insurance import Contribution
from nianjian.platform.registers.staff import Person
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.wages import Payment

__all__ = [
    "Attachment", "Batch", "BatchFile", "Consent", "Contribution", "DoNotCall", "Draft", "Filing", "GateList",
    "GatePolicy", "HolidayFile", "Licence", "Line", "MarketingDecision", "NamedMapping",
    "NotApplicable", "Number", "Overlay", "Payment", "Person", "RowAttachment", "Seat", "Team",
]  # fmt: skip
