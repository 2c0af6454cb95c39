"""What people do in a season: a report handed in, a notice, who does a task, one that rests or is done, roll-over.

In a season that is closed nothing is done any more: ``season_archived``.
"""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.season.deadlines import LICENCE, TRACKS
from nianjian.engines.season.plan import BY_HAND, TRACK, Reminder, TaskState, settled, waiting
from nianjian.engines.season.plan import TASK as PLANNED
from nianjian.features.archives import closed_seasons as archives
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import materials
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.operations import checklist, rounds
from nianjian.features.dossier.operations.rounds import Handover
from nianjian.features.portrait.bases import due_year
from nianjian.features.rectification import operations as rectification
from nianjian.features.season import feeds
from nianjian.features.season import queries as notes
from nianjian.features.season.models import Feed, Note
from nianjian.features.season.queries import (
    FAILED,
    PASSED,
    TASK,
    SeasonFacts,
    get_season_facts,
    list_pictures,
    list_tasks,
)
from nianjian.features.season.reminders import build_notifications
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.notifications import outbox
from nianjian.platform.registers import attachments, filings
from nianjian.platform.registers.attachments import RowAttachment

SECRET_BYTES: Final = 32
MOST_FEEDS: Final = 10  # open feeds a person and enterprise
EMPTY_NOTE: Final[dict[str, Any]] = {"owner": "", "done_on": None, "note": "", "snoozed_until": None, "reason": ""}


def _write_note(
    enterprise: str, year: int, task: str, fields: dict[str, Any], *, verb: str, actor: Actor, event: date | None = None
) -> None:
    """Write the fields; the same again writes nothing. What people wrote stays out of the chain.

    ``event``: the day of something that happens anew each time, so that it is written again, with its day.
    """
    here: dict[str, Any] = {"enterprise_id": enterprise, "year": year, "task": task}
    stamp: dict[str, Any] = {"recorded_at": clock.now(), "recorded_by": str(actor)}
    with transaction.atomic():
        existing = Note.objects.select_for_update().filter(**here).first()
        row = existing or Note(**here, **EMPTY_NOTE)
        if event is None and all(getattr(row, name) == value for name, value in fields.items()):
            return
        if existing is None:  # a second writer of the same moment meets the first one's row
            row, _made = Note.objects.get_or_create(**here, defaults=EMPTY_NOTE | stamp)
        for name, value in (fields | stamp).items():
            setattr(row, name, value)
        row.save()
        days = {name: value.isoformat() for name, value in fields.items() if isinstance(value, date)}
        days |= {} if event is None else {"day": event.isoformat()}
        record(verb=verb, enterprise=enterprise, actor=actor, data={"year": year, "task": task, **days})


def note_report(
    *,
    enterprise: str,
    year: int,
    track: str,
    licence: str | None,
    day: date | None,
    receipt: str = "",
    place: str = "",
    actor: Actor,
) -> None:
    """Note that a report was handed in on a day (None: take it back); ``licence`` None: of every one that reports.

    The licence report goes out with the package: noting it hands in the newest complete package that was built by that
    day, by whoever may keep files of the season, at ``place`` ("": nobody said where); the report alone is noted where
    there is none. Another day for all licences that went out with the package is the package's too; taken back, it is
    withdrawn while nothing came of it.

    ``role_missing``, ``season_track_unknown``, ``season_licence_unknown``, ``season_day_ahead``, ``season_day_early``,
    and those of `withdraw_submission` and `correct_handover_day`.
    """
    require_permission(actor, enterprise, Permission.REPORT)
    facts = _season(enterprise, year, track)
    if day is not None and day > clock.today():
        raise NianjianError("season_day_ahead", day=day.isoformat())
    _require_after_year(day, facts)
    seasons = _select_seasons(facts, licence)
    with transaction.atomic():
        if track == LICENCE:
            handed = None if day is None else Handover(day, place=place, reference=receipt)
            _match_package(facts, seasons, handed, actor)
        for season in seasons:
            filings.record_submission(
                enterprise=enterprise, season=season, track=track, day=day, receipt=receipt, actor=actor
            )


def _match_package(facts: SeasonFacts, seasons: Sequence[Season], handed: Handover | None, actor: Actor) -> None:
    """Hand the built package in with the licence report, move its day or withdraw it with its last licence."""
    enterprise, year = facts.enterprise, facts.year
    first = rounds.find_first_submission(enterprise, year)
    if first is None:
        if handed is not None and has_permission(actor, enterprise, Permission.MANAGE_DATA):
            rounds.file_built_package(enterprise=enterprise, year=year, handed=handed, actor=actor)
        return
    reporting = {season.licence for season in _select_seasons(facts, None)}
    rows = [row for row in filings.list_filings(enterprise, year) if row.track == LICENCE and row.licence in reporting]
    packed = {row.licence for row in rows if row.submitted_on == first.handed_on}
    day = None if handed is None else handed.on
    if day == first.handed_on or not packed or not packed <= {season.licence for season in seasons}:
        return
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    if day is None:
        rounds.withdraw_submission(first, actor)
    else:
        rounds.correct_handover_day(first, day, actor)


def note_notice(
    *, enterprise: str, year: int, track: str, licence: str | None, day: date | None, notice: str = "", actor: Actor
) -> None:
    """Note the last day that a notice to the enterprise names (None: take it back); it wins over the templates.

    ``role_missing``, ``season_track_unknown``, ``season_licence_unknown``, ``season_day_early``,
    ``season_reason_missing`` without the notice's name.
    """
    require_permission(actor, enterprise, Permission.REPORT)
    facts = _season(enterprise, year, track)
    _require_after_year(day, facts)
    _require_reason(day, notice, track)
    for season in _select_seasons(facts, licence):
        filings.record_notice(enterprise=enterprise, season=season, track=track, day=day, notice=notice, actor=actor)


def assign_task(*, enterprise: str, year: int, task: str, owner: str, actor: Actor) -> None:
    """Name who does a task; ``role_missing``, ``season_task_unknown``."""
    _task(enterprise, year, task, actor)
    _write_note(enterprise, year, task, {"owner": owner.strip()}, verb="season.task_assigned", actor=actor)


def mark_task_done(*, enterprise: str, year: int, task: str, day: date | None, note: str = "", actor: Actor) -> None:
    """Say that a task was done on a day (None: take it back), with a note.

    ``role_missing``, ``season_task_unknown``, ``season_task_computed``, ``season_reason_missing``,
    ``season_day_ahead``, ``entry_test_by_picture`` for the entry's test, which passes with a picture only.
    """
    _task(enterprise, year, task, actor)
    if day is not None and day > clock.today():
        raise NianjianError("season_day_ahead", day=day.isoformat())
    if task not in BY_HAND:
        raise NianjianError("season_task_computed", task=task)
    if task == TASK and day is not None:
        raise NianjianError("entry_test_by_picture")
    fields = {"done_on": day, "note": _require_reason(day, note, task)}
    _write_note(enterprise, year, task, fields, verb="season.task_done" if day else "season.task_reopened", actor=actor)


def note_test_result(
    *, enterprise: str, year: int, task: str, day: date, passed: bool, note: str, actor: Actor
) -> None:
    """Note that a test ended on a day: passed, which ends its task, or failed, which leaves it open; with a note.

    ``role_missing``, ``season_task_unknown``, ``season_reason_missing``, ``season_day_ahead``, ``season_day_early``.
    """
    facts = _task(enterprise, year, task, actor)
    if day > clock.today():
        raise NianjianError("season_day_ahead", day=day.isoformat())
    _require_after_year(day, facts)  # the entry for a data year opens after it
    fields = {"done_on": day if passed else None, "note": _require_reason(day, note, task)}
    verb = "season.task_done" if passed else "season.task_failed"
    _write_note(enterprise, year, task, fields, verb=verb, actor=actor, event=None if passed else day)


def snooze_task(*, enterprise: str, year: int, task: str, until: date | None, reason: str = "", actor: Actor) -> None:
    """Let a task rest until a day (None: wake it), with a reason, not beyond the season's earliest last day.

    ``role_missing``, ``season_task_unknown``, ``season_reason_missing``, ``season_snooze_too_long``.
    """
    facts = _task(enterprise, year, task, actor)
    fields = {"snoozed_until": until, "reason": _require_reason(until, reason, task)}
    last = facts.plan.end if facts.plan else clock.today()
    if until is not None and until > last:
        raise NianjianError("season_snooze_too_long", task=task, last=last.isoformat())
    _write_note(
        enterprise, year, task, fields, verb="season.task_snoozed" if until else "season.task_woken", actor=actor
    )


def change_task(
    *, enterprise: str, year: int, task: str, act: str, day: date | None = None, text: str = "", actor: Actor
) -> None:
    """Assign an owner (``text``), snooze until a day with a reason, or say that it was done, noted; no day: undo."""
    match act:
        case "assign":
            assign_task(enterprise=enterprise, year=year, task=task, owner=text, actor=actor)
        case "snooze":
            snooze_task(enterprise=enterprise, year=year, task=task, until=day, reason=text, actor=actor)
        case _:
            mark_task_done(enterprise=enterprise, year=year, task=task, day=day, note=text, actor=actor)


def _require_reason(day: date | None, reason: str, task: str) -> str:
    """The reason without blanks, "" where no day is named; ``season_reason_missing``."""
    if day is not None and not reason.strip():
        raise NianjianError("season_reason_missing", task=task)
    return reason.strip() if day else ""


def _task(enterprise: str, year: int, task: str, actor: Actor) -> SeasonFacts:
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    refuse_closed(enterprise, year)
    facts = get_season_facts(enterprise, year, clock.today())
    if facts.plan is None or task not in {one.task for one in facts.plan.tasks}:
        raise NianjianError("season_task_unknown", year=year, task=task)
    return facts


def _season(enterprise: str, year: int, track: str) -> SeasonFacts:
    if track not in TRACKS:
        raise NianjianError("season_track_unknown", track=track, tracks=", ".join(TRACKS))
    refuse_closed(enterprise, year)
    return get_season_facts(enterprise, year, clock.today())


def _select_seasons(facts: SeasonFacts, licence: str | None) -> list[Season]:
    seasons = list(dict.fromkeys(one.season for one in facts.tracks))
    if licence is None:
        return seasons
    meant = [one for one in seasons if one.licence == licence.strip()]
    if not meant:
        raise NianjianError("season_licence_unknown", licence=licence, year=facts.year)
    return meant


def _require_after_year(day: date | None, facts: SeasonFacts) -> None:
    """A report on a data year is handed in after it; ``season_day_early``."""
    if day is not None and day <= Season("", facts.year).year_end:
        raise NianjianError("season_day_early", day=day.isoformat(), year=facts.year)


Json = dict[str, Any]
YEARLY: Final = "yearly"  # of one season only
EXPIRED: Final = "expired"
UNCONFIRMED: Final = "unconfirmed"


def roll_over(*, enterprise: str, year: int, actor: Actor) -> Json:
    """Begin the season of data year ``year`` from that of the year before; what was taken over, and what was not.

    ``role_missing``, ``season_year_wrong``, ``season_no_plan`` where no template names a day. A paper that is taken
    over waits for a person again, also one that has expired in the meantime, which is named.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    refuse_closed(enterprise, year)
    plan = get_season_facts(enterprise, year, clock.today()).plan
    if plan is None:
        raise NianjianError("season_no_plan", year=year)
    with transaction.atomic():
        taken = checklist.reuse(enterprise=enterprise, year=year, actor=actor)
        owners = _owners(enterprise, year, {one.task for one in plan.tasks}, actor)
        if taken or owners:
            data = {"year": year, "items": taken, "tasks": owners}
            record(verb="season.rolled_over", enterprise=enterprise, actor=actor, data=data)
    return {
        "year": year,
        "taken": taken,
        "owners": owners,
        "left": _explain_left(enterprise, year),
        "watched": to_builtins(rectification.list_watched_licences(enterprise=enterprise, year=year, actor=actor)),
        "routine": to_builtins(rectification.update_routine(enterprise=enterprise, done=None, day=None, actor=actor)),
    }


def _owners(enterprise: str, year: int, planned: set[str], actor: Actor) -> list[str]:
    """Tasks that get the owner of the year before, where nobody is named yet."""
    old, new = notes.list_notes_by_task(enterprise, year - 1), notes.list_notes_by_task(enterprise, year)
    tasks = []
    for task, said in sorted(old.items()):
        if task in planned and said.owner and not (task in new and new[task].owner):
            _write_note(enterprise, year, task, {"owner": said.owner.strip()}, verb="season.task_assigned", actor=actor)
            tasks.append(task)
    return tasks


def list_papers_left_behind(*, enterprise: str, year: int, actor: Actor) -> list[Json]:
    """Papers of the year before that are no ready papers of this season, each with its ``state`` here now.

    ``role_missing``. Nothing is taken over by asking.
    """
    require_permission(actor, enterprise, Permission.READ)
    papers = _explain_left(enterprise, year)
    if not papers:
        return []
    states = {line.item: line.state.value for line in checklist.list_items(enterprise, year, actor)}
    return [one | {"state": states.get(one["item"], "")} for one in papers]


def _explain_left(enterprise: str, year: int) -> list[Json]:
    """Papers of the year before that are no ready papers of this season, each with the reason."""
    today, more = clock.today(), checklist.list_further_items(enterprise)
    papers = []
    for line in materials.list_items(enterprise, year - 1, on=today, robots=True, further=more):
        old = line.newest
        if old is None:
            continue
        over = old.valid_until is not None and old.valid_until < today
        reason = EXPIRED if over else YEARLY if get_item(line.item).yearly else ""
        reason = reason or (UNCONFIRMED if old.confirmed_at is None else "")
        if reason:
            until = None if old.valid_until is None else old.valid_until.isoformat()
            papers.append({"item": line.item, "reason": reason, "valid_until": until})
    return papers


def create_feed(*, enterprise: str, actor: Actor) -> Json:
    """Make a calendar feed for the actor; its number and secret, told now and never again.

    ``role_missing``, ``season_feed_by_person``, ``season_feeds_too_many``.
    """
    require_permission(actor, enterprise, Permission.READ)
    if not actor.proved or actor.scopes is not None:
        raise NianjianError("season_feed_by_person")
    tenant, secret = accounts.enterprise(enterprise), secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        if len(feeds.list_own_feeds(tenant.code, actor.name)) >= MOST_FEEDS:
            raise NianjianError("season_feeds_too_many", user=actor.name, most=MOST_FEEDS)
        row = Feed.objects.create(
            id=f"F{secrets.token_hex(4)}", enterprise_id=tenant.code, user=actor.name,
            sha256=feeds.secret_digest(secret), made_at=clock.now(),
        )  # fmt: skip
        record(verb="season.feed_added", enterprise=tenant.code, actor=actor, data={"feed": row.id})
    return {"feed": row.id, "secret": secret, "path": f"/calendar/{secret}.ics"}


def revoke_feed(*, enterprise: str, feed: str, actor: Actor) -> None:
    """End a feed at once; one's own, or anybody's for who administers. ``role_missing``, ``season_feed_unknown``."""
    require_permission(actor, enterprise, Permission.READ)
    with transaction.atomic():
        row = Feed.objects.select_for_update().filter(pk=feed, enterprise_id=enterprise, revoked_at=None).first()
        if row is None or not (row.user == actor.name or has_permission(actor, enterprise, Permission.ADMINISTER)):
            raise NianjianError("season_feed_unknown")
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(verb="season.feed_revoked", enterprise=enterprise, actor=actor, data={"feed": feed, "user": row.user})


# The test of the report's entry (T4): planned, passed or failed, each result with a picture of the screen.

PICTURES: Final = (".jpeg", ".jpg", ".pdf", ".png")


def record_entry_test(
    *, enterprise: str, year: int, result: str, day: date, note: str, name: str, content: bytes, actor: Actor
) -> int:
    """Keep the result of a test with its picture; the picture's id. Passed ends the task, failed leaves it open.

    ``season_result_unknown``, ``entry_test_picture`` for what is no picture, and what `operations.note_test_result` and
    `attachments.store_paper` raise.
    """
    if result not in {PASSED, FAILED}:
        raise NianjianError("season_result_unknown", result=result, results=f"{PASSED}, {FAILED}")
    if not name.lower().endswith(PICTURES):
        raise NianjianError("entry_test_picture", file=name, types=", ".join(PICTURES))
    with transaction.atomic():
        note_test_result(
            enterprise=enterprise, year=year, task=TASK, day=day, passed=result == PASSED, note=note, actor=actor
        )
        key = f"{year}.{result}.{day.isoformat()}"
        return attachments.store_paper(
            enterprise=enterprise, register=TASK, key=key, name=name, content=content, actor=actor
        )


def read_picture(*, enterprise: str, picture: int, actor: Actor) -> tuple[RowAttachment, bytes]:
    """Give a picture out and note it; ``role_missing``, ``attachment_unknown``, ``blob_missing``."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    pictures = list_pictures(enterprise).filter(pk=picture)
    return attachments.read_paper(get_or_raise(pictures, "attachment_unknown", attachment=picture), actor)


# What an agency does to several enterprises at once: all or none, one transaction, an entry for each enterprise.
#
# The season meant is the one that runs at each of them.

MOST: Final = 200  # enterprises at once: each costs some dozens of queries
NAMED: Final = 5  # enterprises that a sentence names
REQUESTED: Final = "asked"  # the stage of a reminder that a person wanted


def change_tasks(
    *, enterprises: Sequence[str], task: str, act: str, day: date | None = None, text: str = "", actor: Actor
) -> int:
    """Assign an owner at each, or let the task rest, with a reason (no day: wake it); how many.

    Errors of `select_enterprises` and `operations.change_task`.
    """
    codes = select_enterprises(enterprises)
    with transaction.atomic():
        for code, year in _running_seasons(codes, Permission.MANAGE_DATA, actor).items():
            change_task(enterprise=code, year=year, task=task, act=act, day=day, text=text, actor=actor)
    return len(codes)


def send_reminders(*, enterprises: Sequence[str], actor: Actor) -> int:
    """Tell the people of each now what is open: reports not handed in, tasks that are late; how many messages.

    The same once a day.
    """
    today, now, count = clock.today(), clock.now(), 0
    codes = select_enterprises(enterprises)
    with transaction.atomic():
        for code, year in _running_seasons(codes, Permission.REPORT, actor).items():
            season = get_season_facts(code, year, today)
            news = list(build_notifications(code, [(season, one) for one in _open_matters(season, actor)], now))
            count += outbox.enqueue_requested_messages(enterprise=code, day=today, news=news, now=now, actor=actor)
    return count


def record_list_export(*, enterprises: Sequence[str], actor: Actor) -> None:
    """Note that a list with where these stand was taken out; ``role_missing``."""
    codes = select_enterprises(enterprises)
    with transaction.atomic():
        for code in codes:
            require_permission(actor, code, Permission.READ)
            record(verb="portfolio.taken", enterprise=code, actor=actor, data={"rows": len(codes)})


def select_enterprises(enterprises: Sequence[str]) -> list[str]:
    """Each once; ``portfolio_none_chosen``, ``portfolio_too_many``."""
    codes = list(dict.fromkeys(enterprises))
    if not codes:
        raise NianjianError("portfolio_none_chosen")
    if len(codes) > MOST:
        raise NianjianError("portfolio_too_many", count=len(codes), most=MOST)
    return codes


def list_closed(enterprises: Sequence[str]) -> list[str]:
    """Those of them at which the season that runs is closed: nothing is done there any more."""
    return [code for code in enterprises if due_year(code, clock.today()) in archives.list_closed_years(code)]


def describe_enterprises(codes: Sequence[str]) -> str:
    """The first few by name and code, so that a person finds them in the list."""
    some = "、".join(f"{accounts.enterprise(code).name} ({code})" for code in codes[:NAMED])
    return f"{some} …" if len(codes) > NAMED else some


def _running_seasons(codes: Sequence[str], act: Permission, actor: Actor) -> dict[str, int]:
    """The data year whose season runs at each; ``role_missing``.

    ``portfolio_season_closed`` names those whose season is closed, so that a person can leave them out.
    """
    for code in codes:
        require_permission(actor, code, act)  # of all of them first, so that nobody learns which codes exist
    if shut := list_closed(codes):
        raise NianjianError("portfolio_season_closed", count=len(shut), names=describe_enterprises(shut))
    return {code: due_year(code, clock.today()) for code in codes}


def _open_matters(season: SeasonFacts, actor: Actor) -> list[Reminder]:
    """Reports that are not handed in, one a report and last day however many licences, and tasks that are late."""
    today, reminders, names = season.today, list[Reminder](), set[str]()
    for name, last, count in waiting(season.tracks):
        # A person is told a matter once a stage and day: the days after the first one are stages of their own.
        stage = f"{REQUESTED}-{last}" if name in names else REQUESTED
        names.add(name)
        reminders.append(Reminder(f"{TRACK}:{name}", stage, today, last, (last - today).days, count))
    tasks = list_tasks(season, actor)
    moot = settled(tasks)
    for task in tasks:
        if task.state is TaskState.LATE and task.plan.task not in moot:
            day, owner = task.due.day, task.said.owner or task.seen.owner
            reminders.append(
                Reminder(f"{PLANNED}:{task.plan.task}", REQUESTED, today, day, (day - today).days, owner=owner)
            )
    return reminders
