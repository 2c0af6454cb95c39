"""How far the package of a season is on its way: eight steps from the figures to the submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nianjian.features.dossier.models import SealedScan, Submission
from nianjian.features.dossier.operations import package as output_files
from nianjian.features.dossier.operations import rounds
from nianjian.features.dossier.operations.package import PackageStatus
from nianjian.features.dossier.states import RoundState
from nianjian.features.portrait import bases
from nianjian.features.portrait.portraits import Run
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.query import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue

FIGURES, MATERIALS, BUILD, SEAL = "figures", "materials", "build", "seal"
SCAN, CHECK, FINAL, SUBMIT = "scan", "check", "final", "submit"
STEPS: Final = (FIGURES, MATERIALS, BUILD, SEAL, SCAN, CHECK, FINAL, SUBMIT)
OPEN_AGAIN: Final = frozenset({RoundState.RETURNED, RoundState.ANSWERED})  # another package must go out


@dataclass(frozen=True, slots=True)
class PackageProgress:
    """What the steps of a package rest on.

    ``book``: the newest complete package that was not submitted yet; ``download``: who took it last, and when;
    ``scans``: the sealed pages of that book; ``submission``: the last one, None where it was returned.
    """

    status: PackageStatus
    run: Run | None
    book: JobValue | None
    download: Act | None
    scans: Sequence[SealedScan]
    submission: Submission | None

    @property
    def final(self) -> bool:
        """Whether the book's upload edition is the scan of the sealed book."""
        return self.book is not None and output_files.read_build_output(self.book).sealed

    @property
    def building(self) -> bool:
        """Whether a package is being built now."""
        return any(job.kind == flow.BUILD_PACKAGE for job in self.status.working)

    @property
    def done(self) -> frozenset[str]:
        """The steps that are done."""
        if self.submission is not None:
            return frozenset(STEPS)
        states = {
            FIGURES: self.run is not None,
            MATERIALS: not self.status.missing,
            BUILD: self.book is not None,
            SEAL: self.book is not None and bool(self.download or self.scans or self.final),
            SCAN: bool(self.scans) or self.final,
            CHECK: self.final or (bool(self.scans) and self.building),
            FINAL: self.final,
        }
        return frozenset(step for step, done in states.items() if done)

    @property
    def current(self) -> str:
        """The first step that is not done; "" where all are."""
        done = self.done
        return next((step for step in STEPS if step not in done), "")


def get_progress(*, enterprise: str, year: int, actor: Actor) -> PackageProgress:
    """How far it is. ``role_missing``, ``enterprise_unknown``."""
    status = output_files.get_generation_status(enterprise, year, actor)
    last = rounds.list_submissions(enterprise, year).first()
    returned = last is not None and rounds.evaluate_status(last).state in OPEN_AGAIN
    book = next(iter(rounds.list_built_packages(enterprise, year)), None)
    taken = () if book is None else audit.acts(enterprise=enterprise, verb="dossier.taken")
    return PackageProgress(
        status=status,
        run=bases.find_filed_run(enterprise, year),
        book=book,
        download=next((act for act in taken if book and act.data.get("job") == book.id), None),
        scans=[] if book is None else list_scans(enterprise, year, output_files.read_build_output(book).book),
        submission=None if returned else last,
    )


def list_scans(enterprise: str, year: int, book: str) -> list[SealedScan]:
    """The sealed pages of a book, the newest of each version, in the order of its items."""
    rows = SealedScan.objects.filter(version__material__enterprise_id=enterprise, version__material__year=year)
    scans = rows.filter(book=book).select_related("version__material").order_by("pk") if book else []
    newest = {row.version_id: row for row in scans}
    return list(newest.values())
