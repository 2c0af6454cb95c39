"""The season: what is due, both reports, the plan; what people say of it; calendar feeds."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.dossier.operations.package import ZIP
from nianjian.features.season import closing, feeds, operations
from nianjian.features.season.operations import read_picture, record_entry_test, roll_over
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Number, Text, attached
from nianjian.platform.home.http import as_attachment
from nianjian.platform.registers.attachments import ROW_LIMIT, TYPES

router = Router(tags=["season"])
HERE = "/enterprises/{code}/season"
DataYear = Annotated[int, Field(ge=clock.FIRST_DAY.year, lt=clock.LAST_DAY.year)]
Track = Literal["licence", "code_number"]


MEDIA_TYPES = sorted({media for _begins, media in TYPES.values()})


class SeasonOf(Schema):
    """Of one data year (none: the one whose season runs), as it stands on a day (none: today)."""

    year: DataYear | None = None
    today: Day | None = None


class SeasonLeft(Schema):
    """Days to go; ``provisional``: the holidays of a year on the way are not published yet."""

    days: int
    workdays: int
    provisional: bool


class SeasonDeadline(Schema):
    """A day with its source. ``last_day``: later than ``date`` where the law moves it off a holiday."""

    track: str
    template: str
    template_name: str
    kind: Literal["opens", "closes"]
    name: str
    name_en: str
    date: Day
    last_day: Day
    provisional: bool
    printed: bool
    passed: bool
    days: int
    citation: str
    level: str
    rule: str | None


class SeasonEarliest(SeasonDeadline):
    """The one that drives alarms and plan."""

    left: SeasonLeft


class SeasonTrack(Schema):
    """One report of one licence (null: the register names none); ``light`` red when it is late."""

    licence: str | None
    track: Track
    state: Literal["on_time", "late", "filed", "filed_late", "undated"]
    path: Literal["report", "late_report"]
    light: str | None
    due: date | None
    filed_on: date | None
    deadlines: list[SeasonDeadline]


class SeasonSteps(Schema):
    """How many of how many."""

    done: int
    total: int


class SeasonMilestone(Schema):
    """A module of the guide in the reverse plan."""

    module: str
    name: str
    begins: date
    due: date
    provisional: bool
    progress: SeasonSteps


class SeasonTask(Schema):
    """A task. ``by_hand``: a person says that it is done; all others are computed. ``effects``: sentences (D5).

    ``status``: how it stands, whatever it waits for; an empty register is ``not_proved``, never ``passed``.
    """

    task: str
    module: str
    track: str | None
    state: Literal["done", "not_applicable", "snoozed", "late", "blocked", "open", "ahead"]
    status: Literal["passed", "failed", "not_proved", "not_applicable", "in_progress", "overdue"]
    finished: bool
    begins: date
    due: date
    provisional: bool
    workdays: int
    after: list[str]
    source: str
    by_hand: bool
    owner: str
    steps: SeasonSteps
    figures: dict[str, Any]
    effects: list[str]
    done_on: date | None
    note: str
    snoozed_until: date | None
    reason: str


class SeasonFlag(Schema):
    """What must be known: a text, never a probability."""

    code: str
    text: str
    citation: str | None
    level: str | None


class SeasonObstacle(Schema):
    """What has waited too long already: late reports of earlier years, complaints past a limit, open differences.

    A code, its sentence, its values.
    """

    code: str
    text: str
    values: dict[str, Any]


class SeasonPackage(Schema):
    """The package that went out with the licence report."""

    number: int
    handed_on: date
    manifest: str


class SeasonTold(Schema):
    """A season as it stands on ``today``; ``package`` null: the licence report went out without one, or not yet."""

    enterprise: str
    year: int
    today: date
    earliest: SeasonEarliest | None
    start: date | None
    tracks: list[SeasonTrack]
    milestones: list[SeasonMilestone]
    tasks: list[SeasonTask]
    progress: SeasonSteps
    risk_flags: list[SeasonFlag]
    obstacles: list[SeasonObstacle] = Field([])
    package: SeasonPackage | None = None


class ReportNoted(Schema):
    """A report of a data year; ``licence`` null: of every one that reports; ``day`` null: it is taken back.

    ``text``: number of the receipt, or name of the notice; ``place``: where the package was handed in that goes out
    with the licence report, "" where nobody says it; a notice has none.
    """

    year: DataYear
    track: Track
    licence: Annotated[str, Field(max_length=80)] | None = None
    day: Day | None = None
    text: Annotated[Text, Field(max_length=200)] = ""
    place: Annotated[Text, Field(max_length=200)] = ""


class TaskSaid(Schema):
    """``act``: assign an owner (``text``), snooze until a day with a reason, done on a day, noted; no day: undo."""

    year: DataYear
    task: Annotated[Text, Field(min_length=1, max_length=32)]
    act: Literal["assign", "snooze", "done"]
    day: Day | None = None
    text: Annotated[Text, Field(max_length=200)] = ""


class FeedTold(Schema):
    """A feed of one's own; its secret is not kept."""

    feed: str
    made_at: datetime


class FeedMade(Schema):
    """``path`` below the server's address, with the secret in it."""

    feed: str
    secret: str
    path: str


class FeedClosed(Schema):
    """The feed that is closed."""

    feed: str


@read(router, HERE, act=Permission.READ, answer=SeasonTold)
def season_get(request: Request, code: str, of: Query[SeasonOf]) -> dict[str, Any]:
    """Deadlines with their sources, both reports, the plan with its tasks, what must be known."""
    return _summarize(request, code, of.year, of.today)


@write(router, f"{HERE}/reports", act=Permission.REPORT, answer=SeasonTold)
def season_report(request: Request, code: str, noted: ReportNoted) -> dict[str, Any]:
    """Note that a report was handed in on a day."""
    of = noted.dict(exclude={"text"})
    operations.note_report(enterprise=code, receipt=noted.text, actor=request.actor, **of)
    return _summarize(request, code, noted.year, None)


@write(router, f"{HERE}/notices", act=Permission.REPORT, answer=SeasonTold)
def season_notice(request: Request, code: str, noted: ReportNoted) -> dict[str, Any]:
    """Note the last day that a notice to the enterprise names; it wins over the templates."""
    of = noted.dict(exclude={"text", "place"})
    operations.note_notice(enterprise=code, notice=noted.text, actor=request.actor, **of)
    return _summarize(request, code, noted.year, None)


@write(router, f"{HERE}/tasks", act=Permission.MANAGE_DATA, answer=SeasonTold)
def season_task(request: Request, code: str, said: TaskSaid) -> dict[str, Any]:
    """Name who does a task, let it rest, or say that it was done."""
    operations.change_task(enterprise=code, actor=request.actor, **said.dict())
    return _summarize(request, code, said.year, None)


class EntryTestResult(Schema):
    """``result`` passed or failed on ``day`` (today if none), what was tried, and how the picture is called."""

    year: DataYear
    result: Literal["passed", "failed"]
    note: Annotated[Text, Field(min_length=1, max_length=200)]
    name: Annotated[Text, Field(min_length=1, max_length=200)]
    day: Day | None = None


@write(router, f"{HERE}/entry-test", act=Permission.MANAGE_DATA, answer=SeasonTold, held=ROW_LIMIT)
def season_entry_test(request: Request, code: str, file: Query[EntryTestResult]) -> dict[str, Any]:
    """Keep the result of the entry's test (T4) with its picture; the content is the picture, at most 20 MiB."""
    fields = file.dict() | {"day": file.day or clock.today()}
    record_entry_test(enterprise=code, content=request.content, actor=request.actor, **fields)
    return _summarize(request, code, file.year, None)


@take(router, f"{HERE}/entry-test/{{picture}}", act=Permission.VIEW_UNMASKED, media=MEDIA_TYPES)
def season_entry_picture(request: Request, code: str, picture: Number) -> HttpResponse:
    """A picture of a test as it came; the audit chain has the entry."""
    attachment, content = read_picture(enterprise=code, picture=picture, actor=request.actor)
    return attached(content, attachment.media_type, attachment.name or "")


class OfYear(Schema):
    """A data year."""

    year: DataYear


class ToClose(OfYear):
    """A data year; ``undecided``: also while the authority has not said that the last package passed.

    ``without_package``: also where no package is recorded as submitted; without it that is ``season_package_missing``.
    """

    undecided: bool = False
    without_package: bool = False


class NotTaken(Schema):
    """A paper of the year before that is no ready paper here: yearly, expired or unconfirmed."""

    item: str
    reason: str
    valid_until: date | None


class RolledOver(Schema):
    """What a season has from the one before; ``owners``: tasks that kept theirs."""

    year: int
    taken: list[str]
    owners: list[str]
    left: list[NotTaken]
    watched: list[dict[str, Any]]
    routine: list[dict[str, Any]]


class ClosingTold(Schema):
    """A closing of a season; ``opened_at``: when two people opened it again, null where it holds.

    ``opening_asked_by`` and ``opened_by``: the two.
    """

    number: int
    sha256: str
    closed_at: datetime
    closed_by: str
    opened_at: datetime | None
    opening_asked_by: str
    opened_by: str


class ClosingNumber(Schema):
    """An earlier closing by its number; without it the one that holds."""

    closing: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ArchiveOf(ClosingNumber):
    """A closed season, or an earlier closing of it."""

    year: DataYear


class ArchiveTold(Schema):
    """A closed season as it stood; ``sha256`` stands in the audit chain too. ``left_out``: parts that were not here.

    ``without_package``: it was closed knowing that no package is recorded as submitted.
    """

    season: SeasonTold
    package: dict[str, Any] | None
    portrait: dict[str, Any] | None
    log: dict[str, Any]
    files: list[dict[str, Any]]
    left_out: list[str] = Field([])
    without_package: bool = False
    sha256: str
    closed_at: datetime
    closed_by: str
    closings: list[ClosingTold]


class ReopenWanted(Schema):
    """Which closed season, and why."""

    year: DataYear
    reason: Text


class ReopenAsked(Schema):
    """The request that waits for a second person."""

    approval: str
    state: str


@write(router, f"{HERE}/roll-over", act=Permission.MANAGE_DATA, answer=RolledOver)
def season_roll_over(request: Request, code: str, of: OfYear) -> dict[str, Any]:
    """Begin a season from the last one: papers that hold, owners of tasks, the watch list and its routine."""
    return roll_over(enterprise=code, year=of.year, actor=request.actor)


@write(router, f"{HERE}/close", act=Permission.REPORT, answer=ArchiveTold)
def season_close(request: Request, code: str, of: ToClose) -> dict[str, Any]:
    """Close a season, with its package, portrait and log; only two people open it again."""
    params = {"undecided": of.undecided, "without_package": of.without_package}
    return closing.close_season(enterprise=code, year=of.year, actor=request.actor, **params)


@write(router, f"{HERE}/reopen", act=Permission.REQUEST, answer=ReopenAsked)
def season_reopen(request: Request, code: str, asked: ReopenWanted) -> dict[str, Any]:
    """Ask for a second person to open a closed season again; it stays closed until then."""
    approval = closing.reopen_season(enterprise=code, year=asked.year, reason=asked.reason, actor=request.actor)
    return {"approval": approval.id, "state": approval.state}


@read(router, f"{HERE}/archive", act=Permission.READ, answer=ArchiveTold)
def season_archive(request: Request, code: str, of: Query[ArchiveOf]) -> dict[str, Any]:
    """A closed season as it stood, with all its closings; an earlier one by its number."""
    return closing.get_archive(enterprise=code, actor=request.actor, **of.dict())


@take(router, f"{HERE}/archive/{{year}}/{{part}}", act=Permission.READ, media=[closing.JSON, ZIP])
def season_archive_file(
    request: Request,
    code: str,
    year: DataYear,
    part: Literal["manifest", "package", "signed", "portrait", "log"],
    of: Query[ClosingNumber],
) -> StreamingHttpResponse:
    """A file of a closed season, held against its digest; taking the log needs the chain, the others full values."""
    download = closing.download_file(enterprise=code, year=year, part=part, actor=request.actor, closing=of.closing)
    return as_attachment(StreamingHttpResponse(download.content, content_type=download.media_type), download.name)


@read(router, f"{HERE}/feeds", act=Permission.READ, answer=Page[FeedTold])
def season_feeds(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """One's own calendar feeds that are open, newest first."""
    return paged(request, cut, feeds.list_feeds(enterprise=code, actor=request.actor), dict)


@write(router, f"{HERE}/feeds", act=Permission.READ, answer=FeedMade, status=201, hidden=("secret", "path"))
def season_feed_add(request: Request, code: str) -> dict[str, Any]:
    """Make a calendar feed (iCal) of one's own; its secret is told now only."""
    return operations.create_feed(enterprise=code, actor=request.actor)


@write(router, f"{HERE}/feeds/{{feed_id}}/close", act=Permission.READ, answer=FeedClosed)
def season_feed_close(request: Request, code: str, feed_id: str) -> dict[str, Any]:
    """Close a feed: its address opens nothing from now on."""
    operations.revoke_feed(enterprise=code, feed=feed_id, actor=request.actor)
    return {"feed": feed_id}


def _summarize(request: Request, code: str, year: int | None, today: date | None) -> dict[str, Any]:
    language = language_of(request.headers.get("accept-language", CHINESE))
    return summarize_season(
        enterprise=code, year=year, today=today or clock.today(), actor=request.actor, language=language
    )
