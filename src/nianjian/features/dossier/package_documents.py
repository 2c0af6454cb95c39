"""What interfaces say of what the firm makes: the package, its rounds and its verification, seals, signed papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nianjian.features.dossier.editions.manifest import Difference
from nianjian.features.dossier.editions.verify import ItemChanged, Note, Riding, Text
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.features.dossier.signatures import Signature
from nianjian.features.dossier.states import Verdict


@dataclass(frozen=True, slots=True)
class StoredZip:
    """A zip of files, as a job's result tells of it; ``blob``: its sealed file."""

    name: str
    sha256: str
    size: int
    blob: str


@dataclass(frozen=True, slots=True)
class GeneratedFinding:
    """What speaks against a generated item; the verdict has its weight."""

    code: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GeneratedDocument:
    """A generated item, its fields as of `GeneratedItem`."""

    item: str
    verdict: Verdict
    findings: list[GeneratedFinding]
    run: str
    sums: Sequence[Sum]
    version: int | None
    files: list[str]
    confirmed: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class GenerationOutput:
    """What the worker has generated; ``run``: of the portrait."""

    year: int
    items: list[GeneratedDocument]
    run: str


@dataclass(frozen=True, slots=True)
class GenerationFiles(GenerationOutput):
    """The same as files, in a zip as of `StoredZip`."""

    name: str
    sha256: str
    size: int
    blob: str


@dataclass(frozen=True, slots=True)
class MissingItem:
    """What is required and not in a package."""

    item: str
    state: str


@dataclass(frozen=True, slots=True)
class EditionFile:
    """A file of a package; ``edition``: as the manifest names it."""

    path: str
    edition: str
    bytes: int
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOutput:
    """What the worker has built, in a zip as of `StoredZip`; ``contents``: its files, the rest as of `BuiltPackage`.

    Results of older versions lack what has a default; ``blob`` goes with the file.
    """

    year: int
    digest: str
    draft: bool
    missing: tuple[MissingItem, ...]
    unbound: tuple[str, ...]
    pages: int
    pictures: int
    run: str
    book: str = ""
    sealed: bool = False
    blank: tuple[str, ...] = ()
    contents: tuple[EditionFile, ...]
    name: str
    sha256: str
    size: int
    blob: str = ""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file with its signature: ``sha256`` and ``bytes`` as it lies there now; ``stamped``: the moment, or ""."""

    path: str
    bytes: int
    sha256: str
    stamped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOutput:
    """What the worker has signed, in a zip as of `StoredZip`: the package that the job ``package`` has built.

    ``signed``: its files, the rest as of `SigningResult`; ``blob`` goes with the file.
    """

    year: int
    package: str
    left: tuple[str, ...]
    digest: str
    subject: str
    fingerprint: str
    valid_to: str
    named: bool
    signed: tuple[SignedFile, ...]
    name: str
    sha256: str
    size: int
    blob: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A check against a manifest: ``count`` of all ``differences``, of which it names the first.

    ``against``: number of the package that was handed in, None: the manifest came with it.
    """

    year: int
    scan: bool
    against: int | None
    intact: bool
    count: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesVerification(Verification):
    """Of a package or a file, as of `verify.Result`; ``built_at``: when it was built here, None: it was not."""

    notes: tuple[Note, ...] = ()
    files: int
    pages: int
    manifest_sha256: str
    built_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanVerification(Verification):
    """Of a scan, as of `verify.Rescan`; older results lack what has a default."""

    certainty: str
    why: tuple[str, ...] = ()
    text: Text | None = None
    riding_seal: Riding | None = None
    scanned: int
    expected: int
    by_place: tuple[int, ...] = ()
    manifest_sha256: str
    built_at: str | None


@dataclass(frozen=True, slots=True)
class RoundTold:
    """A package that was handed in; ``state``: submitted, returned, answered, resubmitted or passed.

    ``due``: the first last day, ``printed`` where the notice names it, ``provisional`` where it may move.
    ``built_here``: the audit chain holds its build. ``left_out``: answers that did not go out with a later package.
    ``files_kept``: its files are here too, not its manifest alone.
    """

    number: int
    state: str
    handed_on: date
    place: str
    reference: str
    manifest: str
    built_here: bool
    files_kept: bool
    pages: int
    passed_on: date | None
    due: date | None
    provisional: bool
    printed: bool
    late: bool
    requests: int
    answered: int
    left_out: int


@dataclass(frozen=True, slots=True)
class RoundItem:
    """An item of the package; ``version`` None: its file is no version of this checklist."""

    item: str
    version: int | None


@dataclass(frozen=True, slots=True)
class RoundAnswer:
    """An answer; ``version`` None: words alone."""

    version: int | None
    note: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RoundRequest:
    """A request; ``item`` "": about the whole package; ``state``: open, to_confirm, answered, sent or left_out."""

    id: int
    item: str
    text: str
    state: str
    answers: list[RoundAnswer]


@dataclass(frozen=True, slots=True)
class RoundNotice:
    """A notice of return."""

    id: int
    received: date
    reference: str
    due: date
    provisional: bool
    printed: bool
    late: bool
    requests: list[RoundRequest]


@dataclass(frozen=True, slots=True)
class RoundPaper:
    """A file of evidence; ``sha256`` of its plain content."""

    id: int
    kind: str
    name: str
    media_type: str
    sha256: str
    size: int
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class RoundFull(RoundTold):
    """A package with everything about it; ``acts``: what may be recorded now."""

    recorded_at: datetime
    recorded_by: str
    acts: list[str]
    items: list[RoundItem]
    notices: list[RoundNotice]
    papers: list[RoundPaper]


@dataclass(frozen=True, slots=True)
class RoundsDiffer:
    """What differs between two packages."""

    before: int
    after: int
    same: bool
    items: list[ItemChanged]


@dataclass(frozen=True, slots=True)
class SealTold:
    """A picture that may be used; ``pixels``: width and height. What it looks like is not told."""

    kind: str
    sha256: str
    width_mm: float
    pixels: list[int]
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class SealsTold:
    """All of them, and ``law``: where it stands that a printed picture of a seal is no electronic seal."""

    law: str
    seals: list[SealTold]


@dataclass(frozen=True, slots=True)
class SealWithdrawn:
    """What was deleted."""

    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SealUseAsked:
    """The request that a second person decides, and the document's SHA-256."""

    approval: str
    state: str
    impression: str
    document: str


@dataclass(frozen=True, slots=True)
class SealUseTold:
    """A print on one page of one document; ``approved_at`` null: nobody has agreed, nothing is placed."""

    impression: str
    kind: str
    picture_sha256: str
    withdrawn: bool
    item: str
    version: int
    document_sha256: str
    mark: str
    page: int
    x_mm: float
    y_mm: float
    reason: str
    approval: str
    asked_by: str
    asked_at: datetime
    approved_by: str
    approved_at: datetime | None
    placed: int
    placed_at: datetime | None
    placed_in: str


@dataclass(frozen=True, slots=True)
class SignedTold:
    """A paper, with its signatures as they were when it came."""

    paper: int
    item: str
    name: str
    sha256: str
    size: int
    standing: str
    signatures: list[Signature]
    recorded_at: datetime
    recorded_by: str
