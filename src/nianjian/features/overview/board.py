"""What the board shows of a day: the verdict with its cause and act, four tiles, the list of what is to be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from nianjian.engines.paper.charts import figure_text
from nianjian.engines.paper.days import day_text
from nianjian.engines.paper.figures import count_text, declaration_text, find_headroom, own_values_text, proven
from nianjian.engines.paper.rectification import ChannelNames, channel_text
from nianjian.engines.paper.sections import html_headroom, missing_lines
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.texts.season import TRACKS
from nianjian.engines.paper.words import Words
from nianjian.features.inbox.obstacles import OVERDUE
from nianjian.features.inbox.pages import obstacle_address
from nianjian.features.overview import attention
from nianjian.features.overview import texts as said
from nianjian.features.overview.facts import Overview
from nianjian.features.overview.verdict import Cause, Trouble, find_cause, gravest, rank_metrics
from nianjian.features.portrait import bases, causes
from nianjian.features.portrait.causes import ORDER, order_metrics
from nianjian.features.portrait.portraits import list_years
from nianjian.features.portrait.remedies import list_last_days
from nianjian.features.rectification.models import Order
from nianjian.features.rectification.queries import list_channel_names, list_isolations, map_orders
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission

Json = Mapping[str, Any]

GUIDE: Final = frozenset({"over_limit", "below_limit"})  # flags that the sentence of the limit says already
BESIDE: Final = frozenset({"today", "own_limit", "internal_limit", "low_volume"})  # no cause of a light
PARTS: Final = {"complaint_rate": "complaints", "closing_rate": "open"}  # the figure whose rows are a metric's cause


@dataclass(frozen=True, slots=True)
class Act:
    """A button: its word and where it leads."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """A further light in one line."""

    light: str
    word: str
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The verdict: the light, one sentence, what causes it, what can be done; what else is bad follows in lines."""

    light: str
    word: str
    sentence: str
    cause: str = ""
    channel: Act | None = None  # the name of the cause, which ends its sentence, and its rows
    after: str = ""  # what follows from it
    acts: Sequence[Act] = ()
    others: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A metric with its light, and once it was computed its value, the way to its page, its head-room and its cause.

    ``own``: the word of its light by the enterprise's own values where that is another one.
    """

    title: str
    light: str
    word: str
    unit: str = ""
    value: str = ""
    spelt: str = ""
    address: str = ""
    bar: str = ""
    distance: str = ""
    cause: str = ""
    own: str = ""
    own_light: str = ""


def _own_light(metric: Json) -> str:
    """A metric's light by the enterprise's own limit, or by the stricter one of a watched licence."""
    second = metric.get("own") or metric.get("internal") or {}
    return str(second.get("light") or metric["light"])


@dataclass(frozen=True)
class Board:
    """What a page of the day is drawn from; ``team``: whose rows alone the reader sees."""

    code: str
    overview: Overview
    actor: Actor
    acts: frozenset[Permission]
    team: str | None
    today: date
    _: Words
    metrics: Sequence[Json] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", order_metrics(self.overview.portrait) if self.overview.portrait else [])

    @cached_property
    def names(self) -> ChannelNames:
        """Names of lines and teams as of today."""
        return list_channel_names(self.code, self.today)

    @cached_property
    def last_days(self) -> Mapping[str, date | None]:
        """Step -> the last day on which it can still change the figures that are shown; none without figures."""
        portrait = self.overview.portrait
        return list_last_days({**portrait, "enterprise": self.code}) if portrait else {}

    @cached_property
    def orders(self) -> Mapping[str, Order]:
        """Orders that the requests waiting for the reader are about, by request."""
        waiting = [str(point.values["approval"]) for point in self.overview.tasks if point.code == attention.APPROVAL]
        return map_orders(waiting) if waiting else {}

    def channel(self, split: str, key: str) -> str:
        """A channel with its name."""
        return channel_text(split, key, self.names)

    def metric_address(self, slug: str) -> str:
        """The page that explains a metric."""
        return reverse("portrait-metric", kwargs={"code": self.code, "year": self.overview.year, "slug": slug})

    # ---- the verdict

    def build_verdict(self) -> Said:
        """The one verdict that is written out."""
        _, overview, late = self._, self.overview, list(self._list_late())
        troubles = rank_metrics(self.metrics, overview.year or self.today.year, self.today, self.last_days)
        if late and not (troubles and troubles[0].light == "red"):
            head, others = late[0], [*late[1:], *self._list_others(troubles), *self._list_own(), *self._list_bases()]
            return Said(head.light, head.word, head.text, acts=[Act(_(said.REPORT), head.address)], others=others)
        if not self.metrics:
            return Said("insufficient", code_name("light", "insufficient", _), _(said.NOTHING_YET))
        if not troubles:
            light = gravest(str(metric["light"]) for metric in self.metrics)
            sentence = _(said.ALL_GREEN if light == "green" else said.EXPLAINED)
            return Said(light, code_name("light", light, _), sentence, others=[*self._list_own(), *self._list_bases()])
        first = troubles[0]
        metric = self._metric(first.slug)
        cause = None if self.team else self._find_cause(metric)
        text = said.CAUSES.get(first.slug) if cause else None
        if cause and first.slug == causes.TESTED and not cause.stands_out:
            text = said.LARGEST_SHARE  # chance may explain it: nobody is blamed
        return Said(
            light=first.light,
            word=code_name("light", first.light, _),
            sentence=self._sentence(metric),
            cause=self._cause_text(text, cause) if text and cause else "",
            channel=self._cause_rows(metric, cause) if text and cause else None,
            after=self._join_consequences(metric, cause, first, begun=bool(text)),
            acts=self._list_acts(metric, cause),
            others=[*late, *self._list_others(troubles[1:]), *self._list_own(), *self._list_bases()],
        )

    def _find_cause(self, metric: Json) -> Cause | None:
        """The channel that stands out beyond chance; else the one with the largest share, which causes nothing yet."""
        if self.overview.portrait and metric["slug"] == causes.TESTED:
            result = causes.find_named_channel(metric, causes.get_level(self.overview.portrait))
            if result is not None:
                ranking, cause = result
                return Cause(ranking.split, str(cause.key), cause.count, ranking.total, stands_out=True)
        return find_cause(metric)

    def _list_late(self) -> Iterator[Line]:
        """The reports whose last day is over: nothing that a metric shows is as grave."""
        _ = self._
        for values in (point.values for point in self.overview.blockers if point.code == attention.LATE):
            words = {"report": _(TRACKS[values["track"]]), "due": day_text(values["due"], self.today, _)}
            address = f"{reverse('season', kwargs={'code': self.code})}?year={values['year']}"
            text = _(said.MISSED).format(year=values["year"], **words)
            yield Line("red", code_name("light", "red", _), text, address)

    def _metric(self, slug: str) -> Json:
        return next(metric for metric in self.metrics if metric["slug"] == slug)

    def _sentence(self, metric: Json) -> str:
        _, slug, light = self._, str(metric["slug"]), str(metric["light"])
        title, word = code_name("metric", slug, _), code_name("light", light, _)
        if light == "insufficient" and self.overview.portrait:
            return _(said.UNPROVEN).format(metric=title, why=self.missing_text(metric))
        flag = self._flag(metric)
        if flag is not None:
            reason = code_name("flag", flag["code"], _)
            return _(said.FLAGGED).format(metric=title, word=word, reason=reason, n=count_text(flag.get("count")))
        room = find_headroom(metric)
        if room is None:
            return _(said.PLAIN).format(metric=title, word=word)
        values = {"limit": room.limit, "used": room.used, "all": metric["denominator"]}
        return _(said.SENTENCES[slug]).format(**{name: count_text(value) for name, value in values.items()})

    def _flag(self, metric: Json) -> Json | None:
        """What makes the light graver than its limit would."""
        light, skipped = metric["light"], GUIDE | BESIDE
        flags = [flag for flag in metric.get("flags") or () if flag["light"] == light and flag["code"] not in skipped]
        return next((flag for flag in flags if flag["code"] != "evasion"), None)

    def missing_text(self, metric: Json) -> str:
        """What would prove a metric."""
        portrait = self.overview.portrait or {}
        title = code_name("metric", str(metric["slug"]), self._)
        lines = missing_lines(portrait, self._) if portrait.get("light") else ()
        line = next(
            (line for line in lines if line.startswith(title)), code_name("light", str(metric["light"]), self._)
        )
        return line.removeprefix(title).lstrip(":： ")

    def _cause_text(self, text: str, cause: Cause) -> str:
        """The sentence of the cause, up to its channel's name, which stands at its end."""
        values = {"n": count_text(cause.count), "all": count_text(cause.total), "share": cause.percent}
        return self._(text).format(**values, channel="").strip()

    def _cause_rows(self, metric: Json, cause: Cause) -> Act:
        name = self.channel(cause.split, cause.key)
        part = PARTS.get(str(metric["slug"]))
        if part is None or cause.split == "display":  # a number stands in no address
            return Act(name, self.metric_address(str(metric["slug"])))
        place = {"code": self.code, "year": self.overview.year, "slug": metric["slug"]}
        return Act(
            name, f"{reverse('portrait-rows', kwargs=place)}?{urlencode({'class': part, cause.split: cause.key})}"
        )

    def _join_consequences(self, metric: Json, cause: Cause | None, trouble: Trouble, *, begun: bool) -> str:
        """What follows, as the rest of a sentence that may have begun with the cause."""
        texts = list(self._list_consequences(metric, cause, trouble))
        if not texts:
            return self._(".") if begun else ""
        return (self._("; ") if begun else "") + self._("; ").join(texts) + self._(".")

    def _list_consequences(self, metric: Json, cause: Cause | None, trouble: Trouble) -> Iterator[str]:
        _, room = self._, None if self.team else find_headroom(metric)
        if room and cause and cause.stands_out and not room.least and room.used - cause.count > room.limit:
            yield _(said.WITHOUT_IT).format(n=count_text(room.used - cause.count))
        if papers := self._list_papers(metric):
            yield _(said.TO_ATTACH).format(papers=said.papers_text(papers, _))
        if trouble.over:
            yield _(said.OVER)
        elif trouble.last_day and metric["slug"] != "complaint_rate":
            yield _(said.ONLY_THIS_YEAR).format(day=day_text(trouble.last_day, self.today, _))

    def _list_papers(self, metric: Json) -> Sequence[str]:
        """The papers of which one would explain the light, as long as none is on file."""
        points = (point for point in self.overview.blockers if point.code == attention.ATTACHMENT)
        return next((point.values["kinds"] for point in points if point.values["metric"] == metric["slug"]), ())

    def _list_acts(self, metric: Json, cause: Cause | None) -> list[Act]:
        """What can be done first, then the page that says why."""
        _, slug = self._, str(metric["slug"])
        why = Act(_("See why"), self.metric_address(slug))
        act = None
        if self.team:
            return [why]
        if slug == causes.TESTED and cause is not None and cause.stands_out:
            act = self._find_isolation(cause)
        elif slug == "closing_rate" and self.overview.queue.tickets and Permission.MANAGE_DATA in self.acts:
            act = Act(_("Close overdue tickets"), obstacle_address(self.code, OVERDUE, {}))
        elif slug == "seat_vacancy" and metric["light"] == "yellow":
            act = Act(
                _("What-if"), reverse("portrait-simulate", kwargs={"code": self.code, "year": self.overview.year})
            )
        return [act, why] if act else [why]

    def _find_isolation(self, cause: Cause) -> Act | None:
        """Decide on isolating the cause, or ask for it; None where it is isolated or the reader may do neither."""
        _, place = self._, {"code": self.code}
        for approval, order in self.orders.items():
            if (order.key, order.channel, order.kind) == (cause.split, cause.key, Order.ISOLATE):
                label = _("Decide on isolating {channel}").format(channel=cause.key)
                return Act(label, reverse("approvals-decide-here", kwargs={**place, "approval": approval}))
        isolated = set(list_isolations(self.code).values_list("key", "channel"))
        if (cause.split, cause.key) in isolated or Permission.REQUEST not in self.acts:
            return None
        query = causes.build_isolation_query(cause.split, cause.key)
        address = f"{reverse(causes.ISOLATE, kwargs=place)}?{urlencode(query)}"
        return Act(_("Isolate {channel}").format(channel=cause.key), address)

    def _list_others(self, troubles: Sequence[Trouble]) -> Iterator[Line]:
        for trouble in troubles:
            word = code_name("light", trouble.light, self._)
            sentence = self._sentence(self._metric(trouble.slug))
            yield Line(trouble.light, word, sentence, self.metric_address(trouble.slug))

    def _list_own(self) -> Iterator[Line]:
        """Metrics that have another light by the enterprise's own values than by the guide's."""
        _ = self._
        for metric in self.metrics:
            light = _own_light(metric)
            if light != metric["light"]:
                name, which = code_name("metric", str(metric["slug"]), _), own_values_text([metric], _)
                text = _(said.BY_OWN_VALUES).format(metric=name, which=which)
                yield Line(light, code_name("light", light, _), text)

    def _list_bases(self) -> Iterator[Line]:
        """The light on each basis of the last data year, as long as the two stand side by side."""
        _, year = self._, self.today.year - 1
        if self.team or year not in list_years(self.code) or not bases.list_open_bases(self.code, year, self.today):
            return
        year_bases = bases.list_bases(self.code, year)
        for result in year_bases.results if year_bases and any(result.run for result in year_bases.results) else ():
            light = result.light or "insufficient"
            address = reverse("portrait", kwargs={"code": self.code, "year": year})
            text = f"{year} · {code_name('basis', result.basis.value, _)}"
            yield Line(light, code_name("light", light, _), text, address)

    # ---- the tiles

    def build_tiles(self) -> list[Tile]:
        """Each metric with its light, its room to the limit and its top cause; all of them not proved before a run."""
        _ = self._
        if not self.metrics:
            word = code_name("light", "insufficient", _)
            return [Tile(code_name("metric", slug, _), "insufficient", word) for slug in ORDER]
        return [self._tile(metric) for metric in self.metrics]

    def _tile(self, metric: Json) -> Tile:
        _, slug, light = self._, str(metric["slug"]), str(metric["light"])
        value, limit, own = proven(metric), metric.get("limit"), _own_light(metric)
        known = value not in (None, "")
        return Tile(
            title=code_name("metric", slug, _),
            light=light,
            word=code_name("light", light, _),
            unit=metric["unit"],
            value=figure_text(Decimal(str(value)), Decimal(str(limit)) if limit else None) if known else "",
            spelt=_(said.PER_TEN_THOUSAND) if known and metric["unit"] == "‱" else "",
            address=self.metric_address(slug),
            bar=SafeString(html_headroom(metric, _)),
            distance=self._distance(metric),
            cause="" if self.team else self._short_cause(metric),
            own=code_name("light", own, _) if own != light and not self.team else "",
            own_light=own,
        )

    def _distance(self, metric: Json) -> str:
        room = find_headroom(metric) if metric["value"] not in (None, "") else None
        if room is None:
            return ""
        spare = room.used - room.limit if room.least else room.limit - room.used
        beyond, level, free = said.DISTANCES[str(metric["slug"])]
        return self._(beyond if spare < 0 else free if spare else level).format(n=count_text(abs(spare)))

    def _short_cause(self, metric: Json) -> str:
        _, slug = self._, str(metric["slug"])
        if metric.get("declared"):
            return declaration_text(metric, _)
        if metric["light"] in {"insufficient", "na"}:
            return self.missing_text(metric)
        if (flag := self._flag(metric)) is not None:
            return f"{code_name('flag', flag['code'], _)} {count_text(flag.get('count'))}"
        if slug == "seat_vacancy":
            return self._vacant_text(metric)
        if slug == "number_consistency":
            return self._evasion_text(metric)
        cause = self._find_cause(metric)
        values = {"n": count_text(cause.count), "all": count_text(cause.total)} if cause else {}
        return (
            _(said.SHORT_CAUSES[slug]).format(**values, channel=self.channel(cause.split, cause.key)) if cause else ""
        )

    def _vacant_text(self, metric: Json) -> str:
        _ = self._
        papers = said.papers_text(metric.get("attachments") or (), _)
        values = {"n": count_text(metric["numerator"]), "all": count_text(metric["denominator"]), "papers": papers}
        return _(said.VACANT_EXPLAINED if papers else said.VACANT).format(**values)

    def _evasion_text(self, metric: Json) -> str:
        flags = (flag for flag in metric.get("flags") or () if flag["code"] == "evasion" and flag.get("limit"))
        flag = next(flags, None)
        if flag is None or flag.get("value") is None:
            return ""
        value, limit = Decimal(str(flag["value"])), Decimal(str(flag["limit"]))
        return self._(said.EVASION).format(value=figure_text(value, limit), limit=f"{limit.normalize():f}")
