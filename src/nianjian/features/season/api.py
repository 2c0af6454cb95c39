"""The season: what is due, both reports, the plan; what people say of it; calendar feeds."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.dossier.operations.package import ZIP
from nianjian.features.season import closing, feeds, operations
from nianjian.features.season.documents import (
    FeedClosed,
    FeedMade,
    FeedTold,
    ReopenAsked,
    RolledOver,
    SeasonTold,
    TrackCode,
)
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


MEDIA_TYPES = sorted({media for _begins, media in TYPES.values()})


class SeasonOf(Schema):
    """Of one data year (none: the one whose season runs), as it stands on a day (none: today)."""

    year: DataYear | None = None
    today: Day | None = None


class ReportNoted(Schema):
    """A report of a data year; ``licence`` null: of every one that reports; ``day`` null: it is taken back.

    ``text``: number of the receipt, or name of the notice; ``place``: where the package was handed in that goes out
    with the licence report, "" where nobody says it; a notice has none.
    """

    year: DataYear
    track: TrackCode
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


@read(router, HERE, act=Permission.READ, answer=SeasonTold)
def season_get(request: Request, code: str, of: Query[SeasonOf]) -> SeasonTold:
    """Deadlines with their sources, both reports, the plan with its tasks, what must be known."""
    return _summarize(request, code, of.year, of.today)


@write(router, f"{HERE}/reports", act=Permission.REPORT, answer=SeasonTold)
def season_report(request: Request, code: str, noted: ReportNoted) -> SeasonTold:
    """Note that a report was handed in on a day."""
    of = noted.dict(exclude={"text"})
    operations.note_report(enterprise=code, receipt=noted.text, actor=request.actor, **of)
    return _summarize(request, code, noted.year, None)


@write(router, f"{HERE}/notices", act=Permission.REPORT, answer=SeasonTold)
def season_notice(request: Request, code: str, noted: ReportNoted) -> SeasonTold:
    """Note the last day that a notice to the enterprise names; it wins over the templates."""
    of = noted.dict(exclude={"text", "place"})
    operations.note_notice(enterprise=code, notice=noted.text, actor=request.actor, **of)
    return _summarize(request, code, noted.year, None)


@write(router, f"{HERE}/tasks", act=Permission.MANAGE_DATA, answer=SeasonTold)
def season_task(request: Request, code: str, said: TaskSaid) -> SeasonTold:
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
def season_entry_test(request: Request, code: str, file: Query[EntryTestResult]) -> SeasonTold:
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


@write(router, f"{HERE}/roll-over", act=Permission.MANAGE_DATA, answer=RolledOver)
def season_roll_over(request: Request, code: str, of: OfYear) -> RolledOver:
    """Begin a season from the last one: papers that hold, owners of tasks, the watch list and its routine."""
    return roll_over(enterprise=code, year=of.year, actor=request.actor)


@write(router, f"{HERE}/close", act=Permission.REPORT, answer=ArchiveTold)
def season_close(request: Request, code: str, of: ToClose) -> dict[str, Any]:
    """Close a season, with its package, portrait and log; only two people open it again."""
    params = {"undecided": of.undecided, "without_package": of.without_package}
    return closing.close_season(enterprise=code, year=of.year, actor=request.actor, **params)


@write(router, f"{HERE}/reopen", act=Permission.REQUEST, answer=ReopenAsked)
def season_reopen(request: Request, code: str, asked: ReopenWanted) -> ReopenAsked:
    """Ask for a second person to open a closed season again; it stays closed until then."""
    approval = closing.reopen_season(enterprise=code, year=asked.year, reason=asked.reason, actor=request.actor)
    return ReopenAsked(approval.id, approval.state)


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
    return paged(request, cut, feeds.list_feeds(enterprise=code, actor=request.actor), lambda feed: feed)


@write(router, f"{HERE}/feeds", act=Permission.READ, answer=FeedMade, status=201, hidden=("secret", "path"))
def season_feed_add(request: Request, code: str) -> FeedMade:
    """Make a calendar feed (iCal) of one's own; its secret is told now only."""
    return operations.create_feed(enterprise=code, actor=request.actor)


@write(router, f"{HERE}/feeds/{{feed_id}}/close", act=Permission.READ, answer=FeedClosed)
def season_feed_close(request: Request, code: str, feed_id: str) -> FeedClosed:
    """Close a feed: its address opens nothing from now on."""
    operations.revoke_feed(enterprise=code, feed=feed_id, actor=request.actor)
    return FeedClosed(feed_id)


def _summarize(request: Request, code: str, year: int | None, today: date | None) -> SeasonTold:
    language = language_of(request.headers.get("accept-language", CHINESE))
    return summarize_season(
        enterprise=code, year=year, today=today or clock.today(), actor=request.actor, language=language
    )
