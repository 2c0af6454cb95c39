"""What interfaces say of the checklist: items, versions and their pages, files that wait, sheets, results of work."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from nianjian.engines.paper.texts.claims import PartKind
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.features.dossier.states import PageFound


@dataclass(frozen=True, slots=True)
class ItemTold:
    """An item as it stands.

    ``state``: missing, returned, not_ready, to_confirm, expired, blank (confirmed with some), ready or not_applicable.

    ``required`` False: the guide does not ask for it this year. ``version``: the newest of ``versions``.
    """

    item: str
    state: str
    required: bool
    owner: str
    due: date | None
    not_applicable: str
    versions: int
    version: int | None
    verdict: str | None
    effective_on: date | None
    valid_until: date | None
    reused_from: int | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """All items in the order of the guide's list; ``missing``: how many stand in the way of handing in."""

    year: int
    complete: bool
    missing: int
    items: list[ItemTold]


@dataclass(frozen=True, slots=True)
class ItemRule:
    """Where an item comes from; ``level``: law and notice bind, a guide does not."""

    key: str
    level: str
    citation: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemFull(ItemTold):
    """An item with what is asked of it: ``form`` and ``seals``, and the rules, the law's narrower one among them."""

    board: str
    form: str
    seals: list[str]
    rules: list[ItemRule]


@dataclass(frozen=True, slots=True)
class GeneratedTold(ItemTold):
    """An item that the firm's records make; ``run``: of the portrait behind its newest version, "": it was brought in.

    ``older``: the year has a later portrait; ``sums``: figures that must agree with the portrait, as compared then.
    """

    run: str
    older: bool
    sums: list[Sum]


@dataclass(frozen=True, slots=True)
class Blank:
    """A part of a claim that a person can fill in; ``text`` "": nobody has.

    ``standing``: for every year until it is replaced; ``decided``: the data may decide the claim, the text is printed
    only while they do not. ``proposal``: last stated for an earlier year, to be stated again if it still holds.
    Both texts are null where an answer is repeated. ``personal``: it names people, so both are masked.
    ``kind``: a text, a day, or one of ``choices``.
    """

    claim: str
    part: str
    label: str
    text: str | None
    stated_by: str
    stated_at: datetime | None
    standing: bool
    decided: bool
    proposal: str | None
    personal: bool
    kind: PartKind = PartKind.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemStatements:
    """The parts of an item's claims that people can fill in."""

    items: list[Blank]


@dataclass(frozen=True, slots=True)
class CommentTold:
    """What somebody said."""

    id: int
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Reused:
    """The items that were taken over."""

    items: list[str]


@dataclass(frozen=True, slots=True)
class FindingOverruled:
    """Who has overruled a finding, and why: one asked, the other agreed."""

    reason: str
    asked_by: str
    asked_at: datetime
    approved_by: str
    approved_at: datetime
    approval: str


@dataclass(frozen=True, slots=True)
class FindingExplanation:
    """What the person who confirmed the paper says of a finding."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionFinding:
    """``weight``: stop, ask (a person looks) or note; ``page`` None: the whole file.

    ``overruled``: by two people; it stands against the paper no more. ``explanation``: given with the confirmation.
    """

    code: str
    weight: str
    page: int | None
    detail: str
    overruled: FindingOverruled | None = None
    explanation: FindingExplanation | None = None


@dataclass(frozen=True, slots=True)
class ScanFindingOverruled(FindingOverruled):
    """``finding``: what was found on the scan of the sealed book; ``pages`` of the book that look unlike the print."""

    finding: str
    pages: str | None = None


@dataclass(frozen=True, slots=True)
class SealedScanTold:
    """The pages of a version out of the scanned sealed book; ``riding``: what was seen of the riding seal.

    ``dpi``: of the coarsest page; null: not known. ``overruled``: by two people, and the scan was split.
    """

    recorded_at: datetime
    recorded_by: str
    pages: int
    riding: str
    dpi: int | None
    sha256: str
    size: int
    overruled: list[ScanFindingOverruled]


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A file of an item; ``fields`` as they were read, personal ones masked; ``sha256`` of its plain content.

    ``sealed``: its pages out of the sealed book; null: none came in.
    """

    version: int
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int
    verdict: str
    findings: list[VersionFinding]
    fields: dict[str, Any]  # each item has others
    effective_on: date | None
    valid_until: date | None
    reused_from: int | None
    recorded_at: datetime
    recorded_by: str
    confirmed_at: datetime | None
    confirmed_by: str
    returned_at: datetime | None
    returned_by: str
    returned_reason: str
    sealed: SealedScanTold | None


@dataclass(frozen=True, slots=True)
class PageSeal:
    """A seal that was seen; the place is its middle."""

    x_mm: float
    y_mm: float
    diameter_mm: float
    kind: str


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """A page as answers and reports hold it; lengths in mm from the upper left corner.

    Everything but the number is null where the check told no pages yet.
    """

    page: int
    a4: bool | None = None
    dpi: int | None = None
    blank: bool | None = None
    skew_deg: float | None = None
    rotation: int | None = None
    colour: str | None = None
    seals: list[PageSeal] | None = None

    @classmethod
    def of(cls, page: PageFound) -> Self:
        """The page that a check has seen."""
        seals = [PageSeal(one.x_mm, one.y_mm, one.diameter_mm, one.kind.value) for one in page.seals]
        return cls(page.page, page.a4, page.dpi, page.blank, page.skew_deg, page.rotation, page.colour, seals)


@dataclass(frozen=True, slots=True)
class PageMark:
    """Where something lies, in mm from the upper left corner; ``shape``: ellipse, box, or a line from end to end.

    ``code``: that of the finding, or the kind of a seal that was seen; ``weight``: as of a finding, or seen.
    """

    shape: str
    left: float
    top: float
    right: float
    bottom: float
    weight: str
    code: str

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTold:
    """A page as the check saw it; everything but the number is null where the check told no pages yet.

    ``rotation``: degrees clockwise by which it lies turned; null: unsure. ``colour``: colour or grey.
    """

    page: int
    wide_mm: float
    high_mm: float
    a4: bool | None = None
    dpi: int | None = None
    blank: bool | None = None
    skew_deg: float | None = None
    rotation: int | None = None
    colour: str | None = None
    seals: list[PageSeal] | None = None
    findings: list[VersionFinding]
    marks: list[PageMark]


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A finding in a sentence; ``page`` None: the whole file."""

    code: str
    page: int | None
    message: str


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a check says of a file; ``file``: checksum and kind, of an OFD what its package tells, too."""

    item: str
    verdict: str
    findings: list[CheckFinding]
    fields: dict[str, object]  # each item has others
    pages: list[CheckedPage]
    file: dict[str, object]


@dataclass(frozen=True, slots=True)
class ArrivalGuess:
    """What speaks for an item: ``points`` of 100 are an order, no probability; ``title`` as it stands on the page."""

    item: str
    points: int
    title: str
    words: list[str]
    fields: list[str]


@dataclass(frozen=True, slots=True)
class ArrivalPart:
    """Pages ``first`` to ``last`` that seem to be a paper of their own; ``item`` null: a person says of which item."""

    item: str | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FileProposal:
    """What a file seems to be, as it is stored with it; ``pages``: 0 of an OFD, None where nobody has counted them."""

    item: str | None
    sure: bool
    guesses: list[ArrivalGuess]
    pages: int | None = None
    papers: list[ArrivalPart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArrivalTold:
    """A file that waits; ``item``: what it seems to be, null where nothing speaks clearly; ``sure``: it leads well.

    ``pages``: 0 where they are not counted. ``papers``: filled where several papers seem to lie in the file.
    ``read`` False: nobody has looked at it yet; ``fault``: why it could not be read.
    """

    id: int
    name: str
    size: int
    sha256: str
    arrived_at: datetime
    arrived_by: str
    read: bool
    item: str | None
    sure: bool
    guesses: list[ArrivalGuess]
    pages: int
    papers: list[ArrivalPart]
    fault: str | None


@dataclass(frozen=True, slots=True)
class ArrivalGone:
    """The file that was deleted."""

    id: int


@dataclass(frozen=True, slots=True)
class FillInLine:
    """A field of a sheet as it is stored: from the records alone. As `FillInField`."""

    field: str
    number: str
    title_zh: str
    title_en: str
    note_zh: str
    note_en: str
    rule: str
    level: str
    citation: str
    source: str
    personal: bool
    value: str | None
    before: str | None
    change: str
    percent: str | None
    over: bool | None
    limit: str | None
    limit_rule: str


@dataclass(frozen=True, slots=True)
class FillInField(FillInLine):
    """A field; ``value`` as it is typed, None: to be filled in. ``number``: of the code number that it is about.

    ``entered``: by a person; ``recorded``: what the records know where that is something else; ``proposal``: an earlier
    year's, where nothing is known.

    ``change`` against last year: same, differs or unknown; ``percent`` of last year's value; ``over`` the ``limit`` of
    ``limit_rule``. ``source``: which records know it, hand: none. ``level``: only law and notice bind.
    """

    entered: bool
    recorded: str | None
    proposal: str | None


@dataclass(frozen=True, slots=True)
class FillInTold:
    """The newest sheet; ``outdated``: the year has a later portrait; ``full``: personal values are not masked."""

    year: int
    report: str
    as_of: date
    run: str
    rulebook: str
    made_at: datetime
    made_by: str
    outdated: bool
    unknown: int
    over: int
    full: bool
    fields: list[FillInField]


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The version that came of a file, its verdict and how many ``findings`` it has."""

    year: int
    item: str
    version: int
    verdict: str
    findings: int


@dataclass(frozen=True, slots=True)
class DrawingOutcome:
    """A version whose ``pages`` have pictures now."""

    year: int
    item: str
    version: int
    pages: int


@dataclass(frozen=True, slots=True)
class SortingOutcome:
    """How many files were ``read``, and how many of them nobody can tell."""

    year: int
    read: int
    unsure: int


@dataclass(frozen=True, slots=True)
class CutPaper:
    """Pages ``first`` to ``last`` of a file that was cut, and the ``job`` that checks them."""

    item: str
    first: int
    last: int
    job: str


@dataclass(frozen=True, slots=True)
class CuttingOutcome:
    """What a file was cut into."""

    year: int
    papers: list[CutPaper]


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """The sheet of a report that was made, by its key."""

    year: int
    report: str
    sheet: int
