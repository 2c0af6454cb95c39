"""The checklist: what is asked for, files that the worker checks, their pages, who stands for them, downloads."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import materials, states
from nianjian.features.dossier.check import CheckResult, Watch, check
from nianjian.features.dossier.documents import CheckedPage, CheckOutcome, DrawingOutcome, ItemTold, PageMark
from nianjian.features.dossier.ingest.receive import DPI, SmallPicture, receive, render_pages, shrink_page
from nianjian.features.dossier.kinds import ITEMS, KNOWN, Form, get_item
from nianjian.features.dossier.materials import ALGORITHM, File, Line, Place, list_marks
from nianjian.features.dossier.models import Comment, Version
from nianjian.features.dossier.operations.sealed_book import refuse_own_pages
from nianjian.features.dossier.reading.readers import SheetReading
from nianjian.features.dossier.states import DONE, Verdict
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env, folders
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.seats import robot_rules_apply
from nianjian.platform.registers.staff import Person
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook import optional_items
from nianjian.platform.rulebook.deadlines import calendars, data_year
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.vault import blobs

Json = dict[str, Any]
ItemKind = TypeVar("ItemKind", bound=ItemTold)
A4: Final = (210.0, 297.0)  # mm, where nobody has drawn the page yet
STEP: Final = 8  # pages that are shown at once: pictures of one answer have a megabyte
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}


@dataclass(frozen=True, slots=True)
class Page:
    """``facts``: as the check told them; ``findings`` of this page as the report stores them.

    ``jpeg`` None: there is no picture, or it was not asked for. Sides in mm.
    """

    page: int
    wide_mm: float
    high_mm: float
    facts: CheckedPage
    findings: list[Json]
    marks: list[PageMark]
    jpeg: bytes | None


@dataclass(frozen=True, slots=True)
class Pages:
    """Some pages of a version; ``has_pictures``: pictures are kept."""

    version: Version
    pages: list[Page]
    has_pictures: bool


def require_writable(actor: Actor, enterprise: str, year: int, act: Permission = Permission.MANAGE_DATA) -> None:
    """Whether somebody may change a season; ``role_missing``, and the refusal of one that is closed."""
    require_permission(actor, enterprise, act)
    refuse_closed(enterprise, year)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder closed to others, soon gone."""
    with tempfile.TemporaryDirectory(dir=folders.folder(env.read().home)) as folder:
        yield Path(folder)


@contextmanager
def wrap_folder_errors(folder: Path) -> Iterator[None]:
    """What the system says of a folder as ``dossier_folder_unusable``."""
    try:
        yield
    except OSError as error:
        raise NianjianError("dossier_folder_unusable", folder=str(folder), reason=error.strerror or "") from error


def preview_pages(
    *, enterprise: str, year: int, item: str, number: int, actor: Actor, first: int = 1, most: int = STEP
) -> Pages:
    """Pages from the ``first`` on, without pictures; NianjianError role_missing, dossier_version_unknown."""
    require_permission(actor, enterprise, Permission.READ)
    row = materials.get_version(enterprise, year, item, number)
    return Pages(row, _pages(row, first, most, {}), row.pictures.exists())


def reveal_pages(
    *, enterprise: str, year: int, item: str, number: int, actor: Actor, first: int = 1, most: int = STEP
) -> Pages:
    """The same with their pictures, which may show personal values in full; the chain has an entry.

    NianjianError role_missing, dossier_version_unknown, blob_missing.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    row = materials.get_version(enterprise, year, item, number)
    pictures = materials.read_pictures(row, first, min(first + most - 1, row.pages))
    contents = {one.page: one.jpeg for one in pictures}
    if contents:
        seen = {"version": row.number, "first": min(contents), "last": max(contents)}
        materials.note("looked_at", row.material, actor, seen)
    return Pages(row, _pages(row, first, most, contents), bool(contents) or row.pictures.exists())


def reveal_picture(*, enterprise: str, year: int, item: str, number: int, page: int, actor: Actor) -> bytes:
    """One page's picture (JPEG), with its entry; as `reveal_pages`, and ``dossier_picture_unknown``."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    row = materials.get_version(enterprise, year, item, number)
    content = materials.read_picture(row, page)
    materials.note("looked_at", row.material, actor, {"version": row.number, "first": page, "last": page})
    return content


def _pages(row: Version, first: int, most: int, contents: Mapping[int, bytes]) -> list[Page]:
    report = materials.read_report(row)
    facts = {one.page: one for one in msgspec.convert(report.get("sheets", []), list[CheckedPage])}
    findings: dict[int, list[Json]] = {}
    for one in report.get("findings", ()):
        if one["page"]:
            findings.setdefault(int(one["page"]), []).append(one)
    last = min(first + most - 1, row.pages)
    sizes = {one.page: (one.wide_mm, one.high_mm) for one in row.pictures.filter(page__range=(first, last))}
    pages = []
    for page in range(first, last + 1):
        wide, high = sizes.get(page, A4)
        sheet, page_findings = facts.get(page, CheckedPage(page)), findings.get(page, [])
        weighed = [{**one, "weight": states.Weight.NOTE} if states.is_overruled(one) else one for one in page_findings]
        marks = list_marks(sheet, weighed, wide, high)
        pages.append(Page(page, wide, high, sheet, page_findings, marks, contents.get(page)))
    return pages


def enqueue_drawing(*, enterprise: str, year: int, item: str, number: int, actor: Actor) -> str:
    """Put the drawing of a version's pages; its job. NianjianError role_missing, dossier_version_unknown."""
    require_permission(actor, enterprise, flow.NEEDS[flow.DRAW_PAGES])
    materials.get_version(enterprise, year, item, number)
    payload = {"year": year, "item": item, "version": number}
    return flow.enqueue_once(kind=flow.DRAW_PAGES, enterprise=enterprise, payload=payload, actor=actor)


def run_drawing(
    *, enterprise: str, year: int, item: str, version: int, actor: Actor, progress: Progress
) -> DrawingOutcome:
    """The work of `enqueue_drawing`."""
    require_permission(actor, enterprise, flow.NEEDS[flow.DRAW_PAGES])
    row = materials.get_version(enterprise, year, item, version)
    progress("", 0, row.pages)
    if row.media_type in ENDINGS and not row.pictures.exists():
        pictures = draw_pictures(materials.read_content(row), row.media_type, progress)
        with transaction.atomic():
            if not row.pictures.exists():  # nobody has drawn them meanwhile
                materials.store_pictures(of=row, pictures=pictures)
                materials.note("drawn", row.material, actor, {"version": version, "pages": len(pictures)})
    return DrawingOutcome(year, item, version, row.pages)


def draw_pictures(body: bytes, media_type: str, progress: Progress = silent) -> list[SmallPicture]:
    """Pictures of a file's pages, drawn by the limited child from a clean copy; what it refuses is raised."""
    with temporary_folder() as room:
        source = room / f"pages.{ENDINGS[media_type]}"
        source.write_bytes(body)
        got = receive(source, room)
        if got.clean is None:
            return []
        pictures: list[SmallPicture] = []
        for one in render_pages(got.clean, got.pages, name=got.name, dpi=DPI):
            progress("", len(pictures), got.pages)
            pictures.append(shrink_page(one))
        return pictures


def find_drawing(enterprise: str, year: int, item: str, number: int) -> JobValue | None:
    """The drawing of a version's pages that waits or runs."""
    payload = {"year": year, "item": item, "version": number}
    return queue.newest(enterprise, flow.DRAW_PAGES, payload, *queue.UNDER_WAY)


HELD: Final = "paper"  # under which a job's payload names the sealed file
KEPT: Final = timedelta(hours=1)  # of a file whose work failed or was stopped


def delete_job_file(job: JobValue) -> None:
    """Delete the file that a job which is over has held; a row names it to the end. Its name may tell a person's."""
    blobs.remove(str(job.payload[HELD]))
    queue_service.forget(job=job.id, name="name")
    queue_service.forget(job=job.id, name=HELD)


def delete_expired_job_files(kind: str) -> int:
    """Delete the files of work of a kind that failed or was stopped `KEPT` ago; how many."""
    jobs = queue.over_before(kind, clock.now() - KEPT, HELD)
    for one in jobs:
        delete_job_file(one)
    return len(jobs)


def list_further_items(enterprise: str) -> tuple[str, ...]:
    """Items that are asked of an enterprise besides, today; enterprise_unknown."""
    return optional_items.list_requested_items(get_rulebook(enterprise))


def build_reader(*, enterprise: str, year: int, day: date, actor: Actor) -> tuple[SheetReading, Rulebook]:
    """The reader for a file that is only looked at, and the rulebook of the enterprise; role_missing."""
    require_permission(actor, enterprise, Permission.READ)
    book = get_rulebook(enterprise)
    return build_sheet_reading(enterprise, year, book, day), book


def build_sheet_reading(enterprise: str, year: int, book: Rulebook, day: date) -> SheetReading:
    """The reader of an enterprise's papers for a data year, on a day."""
    return SheetReading(book, day, expected_values(enterprise, year, day))


def expected_values(enterprise: str, year: int, day: date) -> dict[str, str]:
    """Values that papers should show, under the readers' names; what several licences tell otherwise is left out."""
    rows = list(versions_on(Licence, enterprise, day))
    candidates = {
        "name": {row.holder for row in rows} - {None} or {accounts.enterprise(enterprise).name},
        "credit_code": {row.credit_code for row in rows},
        "number": {row.number for row in rows},
        "legal_representative": {row.representative for row in rows},
    }
    values_by_name = {name: {one for one in values if one} for name, values in candidates.items()}
    result = {name: values.pop() for name, values in values_by_name.items() if len(values) == 1}
    staff = versions_on(Person, enterprise, day).exclude(left_on__lte=day)
    people = sorted({row.person for row in staff if row.person})
    return result | {"year": str(year)} | ({"people": "\n".join(people)} if people else {})


MEDIA: Final = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "ofd": "application/ofd",
}
LIMIT: Final = 200 << 20  # bytes of one file: a long scan at 300 dpi


def list_items(enterprise: str, year: int, actor: Actor, on: date | None = None) -> list[Line]:
    """The list as it stands for a package that is handed in on a day (None: today)."""
    require_permission(actor, enterprise, Permission.READ)
    return list_all_items(enterprise, year, on or clock.today())


def list_all_items(enterprise: str, year: int, on: date) -> list[Line]:
    """Every item that is asked for, the province's further ones too, as it stands for a day."""
    robots = uses_robots(enterprise, year)
    return materials.list_items(enterprise, year, on=on, robots=robots, further=list_further_items(enterprise))


def uses_robots(enterprise: str, year: int) -> bool:
    """Whether robot seats were filed or open in the data year, or are today (M13)."""
    return robot_rules_apply(accounts.enterprise(enterprise).code, year, clock.today())


def add(
    *,
    enterprise: str,
    year: int,
    item: str,
    path: Path,
    actor: Actor,
    watch: Watch = lambda _done, _total: None,
    source: Json | None = None,
) -> tuple[Version, CheckResult]:
    """Check a file and keep it as the item's newest version, whatever the verdict: the list shows it.

    The pages are read and held against the registers. ``watch`` as of `check`; ``source`` as of `File`.

    NianjianError role_missing, file_missing, file_too_large, and those of the check, of `store_version` and of
    `refuse_own_pages`.
    """
    require_writable(actor, enterprise, year)
    kind, place = get_item(item), Place(enterprise, year, item)
    with files.wrap_read_errors(path):
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=path.name, limit=LIMIT)
        body = path.read_bytes()
    refuse_own_pages(place, path, hashlib.sha256(body).hexdigest())
    rules = get_rulebook(enterprise)
    reader = build_sheet_reading(enterprise, year, rules, clock.today())
    seen: list[SmallPicture] = []
    checked = check(path, kind, reading=reader, book=rules, watch=watch, keep=lambda one: seen.append(shrink_page(one)))
    report = {  # codes and values, no sentences
        "verdict": checked.verdict.value,
        "findings": to_builtins(checked.findings),
        "fields": dict(checked.fields),
        "pages": len(checked.pages),
        "sheets": to_builtins([CheckedPage.of(one) for one in checked.pages]),
    }
    file = File(path.name, MEDIA[checked.kind], body, len(checked.pages), checked.verdict, report, seen, source)
    return materials.store_version(place=place, file=file, actor=actor), checked


def confirm(
    *, enterprise: str, year: int, item: str, number: int, actor: Actor, effective_on: date | None = None,
    valid_until: date | None = None, explanation: str = "",
) -> Version:  # fmt: skip
    """A person has looked at the newest version and stands for it: only findings that stop and nobody overruled block.

    Without a last day that of the paper, as it was read, holds. ``explanation``: of people whom the paper does not
    cover (without it refused) and of blanks (without it the item is not ready); it stands with the finding and in the
    manifest. ``role_missing``, ``dossier_version_unknown``,
    ``dossier_version_old``, ``dossier_version_returned``, ``dossier_not_ready``, ``dossier_days_reversed``,
    ``dossier_explanation_missing``.
    """
    require_writable(actor, enterprise, year)
    read = materials.read_report(materials.get_version(enterprise, year, item, number)).get("fields", {})
    until = valid_until or _day(read.get("expiry") or read.get("valid_until"))
    if effective_on is not None and until is not None and until < effective_on:
        raise NianjianError("dossier_days_reversed", effective=str(effective_on), until=str(until))
    with transaction.atomic():
        row = hold_newest(enterprise, year, item, number)
        if row.verdict == Verdict.NOT_READY:
            raise NianjianError("dossier_not_ready", item=item, version=number)
        _explain_findings(row, explanation.strip(), actor)
        row.effective_on, row.valid_until = effective_on, until
        row.confirmed_at, row.confirmed_by = clock.now(), str(actor)
        row.save(update_fields=["effective_on", "valid_until", "confirmed_at", "confirmed_by"])
        days = {"effective_on": _iso(effective_on), "valid_until": _iso(until)}
        materials.note("confirmed", row.material, actor, {"version": number, **days})
    return row


def _explain_findings(row: Version, text: str, actor: Actor) -> None:
    report = materials.read_report(row)
    if not (findings := states.list_unanswered(report.get("findings", ()))):
        return
    if not text:
        if not (unexplained := states.list_unexplained(findings)):
            return
        entries = ({"code": one["code"], **one["values"]} for one in unexplained)
        raise NianjianError(
            "dossier_explanation_missing", item=row.material.item, version=row.number, findings=tuple(entries)
        )
    for one in findings:
        one[states.EXPLANATION] = {"text": text, "by": str(actor), "at": clock.now().isoformat()}
    materials.store_report(row, report, Verdict(row.verdict))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:  # "long-term" and the like: no last day
        return None


def hold_newest(enterprise: str, year: int, item: str, number: int) -> Version:
    """The newest version, held for writing, if it is the one that is meant."""
    row = materials.list_versions(enterprise, year, item).select_for_update(of=("self",)).first()
    if row is None or number > row.number or number < 1:
        raise NianjianError("dossier_version_unknown", item=item, version=number)
    if row.number != number:
        raise NianjianError("dossier_version_old", item=item, version=number, newest=row.number)
    if row.returned_at is not None:
        raise NianjianError("dossier_version_returned", item=item, version=number)
    return row


def send_back(*, enterprise: str, year: int, item: str, number: int, reason: str, actor: Actor) -> Version:
    """The newest version is not good enough: another one must come. As `confirm`, and ``dossier_reason_missing``."""
    require_writable(actor, enterprise, year)
    plain = materials.required_text(reason)
    with transaction.atomic():
        row = hold_newest(enterprise, year, item, number)
        row.returned_at, row.returned_by, row.returned_reason = clock.now(), str(actor), plain
        row.save(update_fields=["returned_at", "returned_by", "returned_reason"])
        materials.withdraw_requests(row, actor)
        materials.note("returned", row.material, actor, {"version": number, "reason": plain})
    return row


def not_applicable(*, enterprise: str, year: int, item: str, reason: str, actor: Actor) -> None:
    """Say why the algorithm filing need not be there; an empty reason takes it back.

    ``role_missing``, ``dossier_item_required``: every other item must be there.
    """
    require_writable(actor, enterprise, year)
    if item != ALGORITHM:
        raise NianjianError("dossier_item_required", item=item)
    with transaction.atomic():
        row = materials.hold_material(Place(enterprise, year, item), actor)
        row.not_applicable = reason.strip()[: materials.TEXT_LENGTH]
        row.save(update_fields=["not_applicable"])
        act = "not_applicable" if row.not_applicable else "applicable"
        materials.note(act, row, actor, {"reason": row.not_applicable})


def assign(*, enterprise: str, year: int, item: str, owner: str, due: date | None, actor: Actor) -> None:
    """Name who brings the item, and until when; an empty name: nobody. ``role_missing``."""
    require_writable(actor, enterprise, year)
    with transaction.atomic():
        row = materials.hold_material(Place(enterprise, year, item), actor)
        row.owner, row.due = owner.strip()[:160], due
        row.save(update_fields=["owner", "due"])
        materials.note("assigned", row, actor, {"owner": row.owner, "due": _iso(due)})


def comment(*, enterprise: str, year: int, item: str, text: str, actor: Actor) -> Comment:
    """Say something about the item; ``role_missing``, ``dossier_reason_missing``."""
    require_writable(actor, enterprise, year)
    plain = materials.required_text(text)
    with transaction.atomic():
        material = materials.hold_material(Place(enterprise, year, item), actor)
        row = Comment.objects.create(material=material, text=plain, at=clock.now(), actor=str(actor))
        materials.note("commented", material, actor, {"comment": row.pk})
    return row


def reuse(*, enterprise: str, year: int, actor: Actor, say: Callable[[str], None] = lambda _: None) -> list[str]:
    """Take over from the year before what was confirmed there and is missing now; it waits for a person again.

    Items whose papers hold for one season only (`yearly`), and what was generated, are not taken. Returns the items.
    """
    require_writable(actor, enterprise, year)
    today = clock.today()
    more = list_further_items(enterprise)
    now = {line.item: line for line in materials.list_items(enterprise, year, on=today, robots=True, further=more)}
    taken: list[str] = []
    for line in materials.list_items(enterprise, year - 1, on=today, robots=True, further=more):
        old = line.newest
        if get_item(line.item).yearly or old is None or old.confirmed_at is None or now[line.item].newest is not None:
            continue
        if materials.is_generated(old):
            continue
        report, said = materials.read_report(old), {states.ANSWER, states.EXPLANATION}
        plain = [{name: one[name] for name in one if name not in said} for one in report.get("findings", ())]
        stopped = states.decide_open_verdict(plain) is Verdict.NOT_READY  # what was overruled, was so for its season
        file = File(
            old.name or "",
            old.media_type,
            materials.read_content(old),
            old.pages,
            Verdict.NOT_READY if stopped else Verdict.NEEDS_PERSON,  # a person looks again
            {**report, "findings": plain} if plain else report,
            materials.read_pictures(old, 1, old.pages),
        )
        materials.store_version(place=Place(enterprise, year, line.item), file=file, actor=actor, reused_from=year - 1)
        taken.append(line.item)
        say(line.item)
    return taken


def line_to_document(line: Line, kind: type[ItemKind], **more: Any) -> ItemKind:  # noqa: ANN401 -- as the kind says
    """A line of the list; ``more``: the fields that a ``kind`` of document has besides."""
    last = line.newest
    return kind(
        item=line.item,
        state=line.state.value,
        required=line.required,
        owner=line.owner,
        due=line.due,
        not_applicable=line.not_applicable,
        versions=line.versions,
        version=last.number if last else None,
        verdict=last.verdict if last else None,
        effective_on=last.effective_on if last else None,
        valid_until=last.valid_until if last else None,
        reused_from=last.reused_from if last else None,
        **more,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def count_missing(lines: list[Line]) -> int:
    """How many items are not ready, those with blanks among them."""
    return sum(line.state not in DONE for line in lines)


def is_complete(lines: list[Line]) -> bool:
    """Whether nothing is missing or blank (M15)."""
    return not count_missing(lines)


DUTY: Final = "law.algorithm.duty"
FURTHER: Final = "further"  # the board of what only some provinces ask for


@dataclass(frozen=True, slots=True)
class ItemRequirement:
    """What the rulebook says of an item. ``beside``: a rule of the law that asks for less, or None."""

    item: str
    rule: Rule
    board: str  # general | special | further
    form: Form
    seals: tuple[str, ...]
    beside: Rule | None


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with all that hangs on it, newest first."""

    line: Line
    versions: list[Version]
    comments: list[Comment]


def due_season(enterprise: str, today: date) -> int:
    """The data year whose package is due next, by the rulebook's deadlines."""
    tenant = accounts.enterprise(enterprise)
    return data_year(calendars({tenant.code: tenant.province}, today)[tenant.code], today)


def list_seasons(enterprise: str, chosen: int, today: date) -> list[int]:
    """Data years to choose from, newest first: the one that is due, the one before it, and those with materials."""
    due = due_season(enterprise, today)
    return sorted({due, due - 1, chosen, *materials.list_years(enterprise)}, reverse=True)


def get_rulebook(enterprise: str, day: date | None = None) -> Rulebook:
    """The rulebook that holds for an enterprise on a day (None: today); ``enterprise_unknown``."""
    tenant = accounts.enterprise(enterprise)
    return rulebook(day=day, province=tenant.province or None, enterprise=tenant.code)


def list_requirements(rules: Rulebook) -> dict[str, ItemRequirement]:
    """What is asked of each item, of those that only some provinces ask for too."""
    requirements = {}
    for name, item in KNOWN.items():
        if item.rule in rules.in_force:
            rule = rules.rule(item.rule)
            board = str(rule.value.get("board", "")) if isinstance(rule.value, Mapping) else FURTHER
            beside = rules.in_force.get(DUTY) if name == ALGORITHM else None
            requirements[name] = ItemRequirement(name, rule, board, item.form(rules), item.seals(rules), beside)
    return requirements


def get_item_detail(
    *, enterprise: str, year: int, item: str, actor: Actor, first: int = 0, most: int = materials.PAGE_SIZE
) -> ItemDetail:
    """An item today, with ``most`` versions and comments from ``first`` on. role_missing, dossier_item_unknown."""
    require_permission(actor, enterprise, Permission.READ)
    get_item(item)
    line = next((one for one in list_items(enterprise, year, actor) if one.item == item), None)
    if line is None:  # of another province
        raise NianjianError("dossier_item_unknown", item=item, items=", ".join(ITEMS))
    versions = materials.list_versions(enterprise, year, item)[first : first + most]
    of = {"material__enterprise_id": enterprise, "material__year": year, "material__item": item}
    comments = Comment.objects.filter(**of).order_by("-pk")[first : first + most]
    return ItemDetail(line, list(versions), list(comments))


def download_version(*, enterprise: str, year: int, item: str, number: int, actor: Actor) -> tuple[Version, bytes]:
    """A version's file as it came, with an entry in the chain: it may show personal values in full.

    NianjianError role_missing, dossier_version_unknown, blob_missing.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    row = materials.get_version(enterprise, year, item, number)
    content = materials.read_content(row)
    materials.note("fetched", row.material, actor, {"version": row.number, "sha256": row.sha256})
    return row, content


SHOWN: Final = 20  # jobs of an item that a page tells of


def enqueue_check(
    *, enterprise: str, year: int, item: str, name: str, content: bytes, actor: Actor, source: Json | None = None
) -> str:
    """Put the check of a file; its job. ``source``: of which pages of which file it was cut.

    NianjianError role_missing, enterprise_unknown, dossier_item_unknown, file_empty, file_too_large.
    """
    require_writable(actor, enterprise, year, flow.NEEDS[flow.CHECK_PAPER])
    tenant = accounts.enterprise(enterprise)
    get_item(item)
    plain = plain_name(name)
    files.require_size(plain, len(content), LIMIT)
    payload = {"name": plain, "year": year, "item": item} | ({} if source is None else {"source": source})
    return enqueue_with_file(flow.CHECK_PAPER, tenant.code, content, payload, actor)


def enqueue_with_file(kind: str, enterprise: str, content: bytes, payload: Json, actor: Actor) -> str:
    """Put work on a file, which is sealed until it is over (`delete_job_file`); its job."""
    with blobs.put_undoable(content) as blob:
        return flow.enqueue(kind=kind, enterprise=enterprise, payload={HELD: blob.id, **payload}, actor=actor)


def run_check(
    *, enterprise: str, paper: str, name: str, year: int, item: str, source: Json | None = None, actor: Actor,
    progress: Progress,
) -> CheckOutcome:  # fmt: skip
    """The work of `enqueue_check`, on the sealed file ``paper``."""
    progress("", 0, 0)
    with temporary_folder() as folder:
        path = folder / plain_name(name)
        path.write_bytes(blobs.get(paper))
        version, checked = add(
            enterprise=enterprise, year=year, item=item, path=path, actor=actor, watch=partial(progress, ""),
            source=source,
        )  # fmt: skip
    return CheckOutcome(year, item, version.number, version.verdict, len(checked.findings))


def list_checks(enterprise: str, year: int, item: str) -> list[JobValue]:
    """Checks of an item's files that wait or run, the next first."""
    return queue.under_way(enterprise, {"year": year, "item": item}, kind=flow.CHECK_PAPER, first=SHOWN)


def find_last_check(enterprise: str, year: int, item: str) -> JobValue | None:
    """The check of a file of the item that was asked for last."""
    return queue.newest(enterprise, flow.CHECK_PAPER, {"year": year, "item": item})
