"""What the two live screens show of an enterprise now: figures of today, each with when it was last known to be true.

Nothing is carried on: a figure whose source gives no sign of life is stale, and says since when. Numbers are masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any, Final

from django.db.models import QuerySet

from nianjian.engines.gate import decision_search
from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import get_or_raise
from nianjian.engines.kernel.numbers import classify, normalise
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import ClockReading, Hand
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.complaints.states import State
from nianjian.features.dial_policy.decisions import decision_to_document
from nianjian.features.screens import posted, sources
from nianjian.features.screens.counts import OUTCOMES
from nianjian.features.screens.documents import (
    ClockLeft,
    CodeCount,
    CurrentCalls,
    EndedCalls,
    GateAnswers,
    GatewayFigures,
    OfficeFigures,
    OpenTickets,
    ScreenLinkTold,
    SourceEntry,
    TicketClocks,
)
from nianjian.features.screens.models import ScreenLink, ScreenSource
from nianjian.features.screens.sources import Switch, today
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import USER, Actor, Enterprise, digest
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.registers.publish import list_roots
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.rulebook.rulebooks import rulebook


def open_links(enterprise: str) -> QuerySet[ScreenLink]:
    """An enterprise's links that are neither over nor ended, newest first."""
    rows = ScreenLink.objects.filter(enterprise_id=enterprise, revoked_at=None, expires_at__gt=clock.now())
    return rows.order_by("-made_at", "id")


Json = dict[str, Any]

LAST: Final = 8  # decisions on the back office's screen
STREAM: Final = 40  # decisions on the gateway's screen
LINES: Final = 5_000  # of the journal that one look at the stream reads; all enterprises write into one
TICKETS: Final = 6
OPEN: Final = frozenset({State.NEW, State.RESPONDED, State.CALLED_BACK, State.REOPENED})
FRESH, STALE, ABSENT = "fresh", "stale", "absent"


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions the stream shows; ``reason`` "refused": every refusal, "": all."""

    reason: str = ""
    channel: str = ""


def office_screen(*, enterprise: str, actor: Actor) -> OfficeFigures:
    """The screen of the back office (呼叫中心系统管理后台); ``role_missing``, ``live_malformed``."""
    require_permission(actor, enterprise, Permission.READ)
    return office_figures(enterprise)


def gateway_screen(*, enterprise: str, query: DecisionFilter, actor: Actor) -> GatewayFigures:
    """The screen of the gateway's log (码号网关日志平台); ``role_missing``, ``live_malformed``."""
    require_permission(actor, enterprise, Permission.READ)
    return gateway_figures(enterprise, query)


def office_figures(enterprise: str) -> OfficeFigures:
    """The same for who has come by a kiosk's link."""
    view = _View.of(enterprise)
    decisions, _ended = _decisions(enterprise, DecisionFilter(), LAST)
    return OfficeFigures(
        **view.around(),
        now=view.now(),
        calls=view.calls(),
        gate=view.gate(),
        displays=view.displays(),
        complaints=_complaints(enterprise),
        decisions=decisions,
    )


def gateway_figures(enterprise: str, query: DecisionFilter) -> GatewayFigures:
    """The same for who has come by a kiosk's link."""
    view = _View.of(enterprise)
    decisions, ended = _decisions(enterprise, query, STREAM)
    return GatewayFigures(**view.around(), gate=view.gate(), displays=view.displays(), decisions=decisions, ended=ended)


@dataclass(frozen=True, slots=True)
class _View:
    """What the watch has kept, read once, as one moment saw it."""

    enterprise: str
    at: int  # epoch milliseconds, as all moments here
    limit: int
    beats: Mapping[str, Any]
    switches: Sequence[sources.Switch]

    @classmethod
    def of(cls, enterprise: str) -> _View:
        switches = sources.load_switches(enterprise)
        tenant = accounts.enterprise(enterprise)
        book = rulebook(day=today(), province=tenant.province or None, enterprise=enterprise)
        # beyond what the rule says data have stopped, whatever the server is set to
        limit = min(sources.fresh_milliseconds(), book.integer("inspection.screens.freshness") * 1000)
        return cls(enterprise, clock.milliseconds(), limit, _read(posted.BEATS), switches)

    def around(self) -> Json:
        return {"enterprise": self.enterprise, "at": format_moment(self.at), "fresh_s": self.limit // 1000}

    def now(self) -> CurrentCalls:
        """Calls of this moment over all switches that tell: not known where one of them is silent."""
        having = [one for one in self.switches if one.manager is not None]
        beats = [self._beat(one) for one in having]
        life = self._life([one.get("now_at") for one in beats], names=[one.name for one in having])
        count = sum(int(one["now"]) for one in beats) if life["state"] == FRESH else None
        return CurrentCalls(**life, count=count)

    def calls(self) -> EndedCalls:
        """Ended calls that began today, by outcome, over all switches with call records."""
        counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        having = [one for one in self.switches if one.records is not None]
        damaged, gaps = 0, []
        for one in having:
            document = _read(posted.name(self.enterprise, one.name))
            counted = document.get("calls") or {}
            if counted.get("day") == today().isoformat():
                counts.update({name: int(counted["counts"].get(name, 0)) for name in OUTCOMES})
                damaged += int(counted["damaged"])
            gaps += [document["gap"]] if document.get("gap") else []
        beats = [self._beat(one) for one in having]
        heard, problems = ([one.get(name) for one in beats] for name in ("records_at", "problem"))
        life = self._life(heard, problems, [one.name for one in having])
        return EndedCalls(**life, all=counts.total(), by=counts, damaged=damaged, gap=max(gaps, default=None))

    def gate(self) -> GateAnswers:
        """Today's answers of the gate."""
        beat, counts = self.beats.get("gate") or {}, self._read_gate_counts()
        there = beat or files.decisions_folder(env.read().home).is_dir()
        life = self._life([beat.get("at")] if there else [], [beat.get("problem")])
        blocked, observed = (_ranked(counts.get(name, {})) for name in ("blocked", "observed"))
        return GateAnswers(
            **life,
            allowed=int(counts.get("allowed", 0)),
            blocked=sum(one.count for one in blocked),
            reasons=blocked,
            observed=observed,
            newest=format_moment(counts["newest"]) if counts.get("newest") else None,
        )

    def displays(self) -> list[CodeCount]:
        """The displayed numbers of today's questions by class, as the ledger has them today."""
        ledger, counts = list(list_roots(self.enterprise)), Counter[str]()
        for display, count in self._read_gate_counts().get("displays", {}).items():
            counts[classify(normalise(display), today(), ledger).value] += count
        return _ranked(counts)

    def source(self, name: str, *, records: bool) -> Json:
        """How one source of a switch is: fresh or stale, since when, and what its watch says."""
        beat = self._beat(Switch(self.enterprise, name))
        life = self._life([beat.get("records_at" if records else "now_at")], [beat.get("problem") if records else None])
        return {part: life[part] for part in ("state", "since", "problem")}

    def _read_gate_counts(self) -> Mapping[str, Any]:
        document = _read(posted.GATE)
        counts: Mapping[str, Any] = document.get("asked", {}).get(self.enterprise, {})
        return counts if document.get("day") == today().isoformat() else {}

    def _beat(self, switch: sources.Switch) -> Mapping[str, Any]:
        beat: Mapping[str, Any] = self.beats.get("switches", {}).get(f"{switch.enterprise}:{switch.name}", {})
        return beat

    def _life(
        self, heard: Sequence[int | None], problems: Sequence[str | None] = (), names: Sequence[str] = ()
    ) -> Json:
        """As old as the oldest of its sources. ``state`` absent: none is set up; ``since``: when it was last true.

        ``silent``: which of the ``names`` give no sign of life.
        """
        pairs = zip(names, heard, strict=False)
        silent = [name for name, one in pairs if one is None or self.at - one > self.limit]
        moments = [one for one in heard if one is not None]
        oldest = min(moments) if moments and len(moments) == len(heard) else None
        state = ABSENT if not heard else STALE if oldest is None or self.at - oldest > self.limit else FRESH
        since = min(moments) if moments else None
        return {
            "state": state,
            "since": None if since is None else format_moment(since),
            "age_ms": None if oldest is None else self.at - oldest,
            "problem": next((one for one in problems if one), None),
            "silent": silent if len(names) > 1 else [],
        }


def _read(name: str) -> Json:
    """What the watch has kept under a name; nothing where there is none."""
    return posted.read(posted.folder(env.read().home) / name) or {}


def _ranked(counts: Mapping[str, int]) -> list[CodeCount]:
    return [CodeCount(code, count) for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def format_moment(at: int) -> str:
    """Epoch milliseconds as ISO text in Asia/Shanghai."""
    return datetime.fromtimestamp(at / 1000, clock.ZONE).isoformat(timespec="milliseconds")


def _decisions(enterprise: str, query: DecisionFilter, limit: int) -> tuple[list[Json], str | None]:
    """The newest decisions of today, and back to when the search read, where it did not come to their end."""
    since = int(datetime.combine(today(), time(), clock.ZONE).timestamp() * 1000)
    refused = query.reason == "refused"
    reason, allow = ("", False) if refused else (query.reason, None)
    criteria = decision_search.DecisionFilter(
        enterprise=enterprise, channel=query.channel, reason=reason, allow=allow, since=since
    )
    result = decision_search.search_decisions(files.decisions_folder(env.read().home), criteria, limit, lines=LINES)
    ended = None if result.reached is None else format_moment(result.reached)
    return [asdict(decision_to_document(one)) for one in result.decisions], ended


def _complaints(enterprise: str) -> OpenTickets:
    """Open tickets with their clocks, the earliest arrival first; drills, which count nowhere, are left out."""
    at = clock.now()
    terms = load_service_levels(enterprise)
    sight = ReadScope(enterprise, today())
    rows = complaints.filter_tickets(sight, complaints.TicketFilter(states=OPEN, drills=False), terms, at)
    late = complaints.TicketFilter(states=OPEN, hands=frozenset({Hand.LATE}), drills=False)
    tickets = complaints.rows_to_tickets(enterprise, rows[:TICKETS], terms, at)
    return OpenTickets(
        state=FRESH,
        open=rows.count(),
        late=complaints.filter_tickets(sight, late, terms, at).count(),
        tickets=[
            TicketClocks(
                ticket=one.row.ticket_id,
                state=one.state.value,
                response=_clock(one.response, at, over=one.row.responded_at is not None),
                close=_clock(one.close, at),
            )
            for one in tickets
        ],
    )


def _clock(read: ClockReading, at: datetime, *, over: bool = False) -> ClockLeft:
    """``over``: what it times was done."""
    running = not over and read.hand in {Hand.RUNNING, Hand.WARNED, Hand.LATE} and read.due is not None
    left = int((read.due - at).total_seconds()) if running and read.due is not None else None
    return ClockLeft(read.hand.value, left)


def list_links(*, enterprise: str, actor: Actor) -> list[ScreenLinkTold]:
    """The open links, newest first, without their secrets; ``role_missing``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    return [ScreenLinkTold(**link_fields(row)) for row in open_links(enterprise)]


def find_enterprise_by_secret(secret: str) -> Enterprise | None:
    """The enterprise whose screens a secret opens; None: none, or its maker may not administer there any more."""
    row = ScreenLink.objects.filter(sha256=digest(secret), revoked_at=None, expires_at__gt=clock.now()).first()
    if row is None or (
        row.user and not has_permission(Actor(row.user, USER), row.enterprise_id, Permission.ADMINISTER)
    ):
        return None
    return accounts.enterprise(row.enterprise_id)


def link_fields(row: ScreenLink) -> dict[str, str]:
    """What is told of an open link, by the names of `ScreenLinkTold`."""
    return {
        "link": row.id,
        "name": row.name,
        "made_by": row.user,
        "made_at": row.made_at.isoformat(timespec="seconds"),
        "expires_at": row.expires_at.isoformat(timespec="seconds"),
    }


FIXED: Final = "setting."  # how the number of a source begins that the server's setting names
SHADOWED: Final = "shadowed"


def list_sources(*, enterprise: str, actor: Actor) -> list[SourceEntry]:
    """The sources of an enterprise, those of the setting first; ``role_missing``, ``live_malformed``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    return find_sources(enterprise)


def find_sources(enterprise: str, keys: Sequence[str] | None = None) -> list[SourceEntry]:
    """Those with these numbers, None: all."""
    view = _View.of(enterprise)
    settings = _list_fixed(enterprise)
    entries = []
    for key, switch in settings.items():
        if keys is None or key in keys:
            life, manager = view.source(switch.name, records=switch.records is not None), switch.manager
            if manager is not None:
                place = f"{manager.host}:{manager.port}" if manager.port else manager.host
            else:
                place = (
                    "" if switch.records is None or switch.records.kind == sources.POSTING else str(switch.records.path)
                )
            address: Any = switch.records or manager
            entries.append(SourceEntry(
                source=key, name=switch.name, kind=address.kind, place=place, user=address.user,
                secret=bool(address.secret), fixed=True, set_by=None, set_at=None,
                posts_to=_post_path(switch.enterprise, switch.name, address.kind), **life,
            ))  # fmt: skip
    rows = ScreenSource.objects.filter(enterprise_id=enterprise).order_by("name", "kind")
    names = {switch.name for switch in settings.values()}
    for row in rows if keys is None else rows.filter(pk__in=list(keys)):
        life = {"state": STALE, "since": None, "problem": SHADOWED}
        if row.name not in names:
            life = view.source(row.name, records=row.kind in sources.RECORDS)
        entries.append(SourceEntry(
            source=row.pk, name=row.name, kind=row.kind, place=row.place, user=row.user or "", secret=bool(row.secret),
            fixed=False, posts_to=_post_path(row.enterprise_id, row.name, row.kind),
            set_by=row.set_by.partition(":")[2], set_at=row.set_at.isoformat(timespec="seconds"), **life,
        ))  # fmt: skip
    return entries


def get_source_switch(enterprise: str, key: str) -> Switch:
    """A switch with one source alone; ``live_source_unknown``."""
    if (fixed := _list_fixed(enterprise).get(key)) is not None:
        return fixed
    rows = ScreenSource.objects.filter(enterprise_id=enterprise, pk=key)
    return sources.build_switch(get_or_raise(rows, "live_source_unknown", source=key))


def _list_fixed(enterprise: str) -> dict[str, Switch]:
    """The sources of the setting, each as a switch with this one alone, by number."""
    by_key = {}
    for switch in (each for each in sources.switches() if each.enterprise == enterprise):
        for part in ("records", "manager"):
            if (source := getattr(switch, part)) is not None:
                by_key[f"{FIXED}{switch.name}.{source.kind}"] = Switch(enterprise, switch.name, **{part: source})
    return by_key


def _post_path(enterprise: str, name: str, kind: str) -> str | None:
    return f"/live/{enterprise}/{name}/cdr" if kind == sources.POSTING else None
