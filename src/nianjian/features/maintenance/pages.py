"""For whoever runs the house: whether it is well, its figures for Prometheus, and a line for each request."""

import hmac
import ipaddress
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.maintenance import RECORD_CLASSES, UNITS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, mark, words
from nianjian.features.calls.operations import ERASE
from nianjian.features.maintenance import health
from nianjian.features.maintenance.health import RecordClass
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.models import Entry
from nianjian.platform.home import env
from nianjian.platform.home.http import Middleware
from nianjian.platform.jobs import flow as jobs
from nianjian.platform.jobs import query as queue
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web.access import Request, everywhere, page, public
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import MACHINE, RETENTION, Place, Scope
from nianjian.platform.web.menu import Entry as Line
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.rule_values import titles
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)  # seconds

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REQUESTS: Final = Counter(
    "nianjian_requests", "Requests answered, by address pattern.", ("method", "route", "status"), registry=REGISTRY
)
SECONDS: Final = Histogram(
    "nianjian_request_seconds", "Time to answer.", ("route",), buckets=BUCKETS, registry=REGISTRY
)


class House(Collector):
    """What the database, the lake and the kept portraits say at the moment of the scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family; where the database does not answer only ``nianjian_up`` 0."""
        yield _one("nianjian_build", "The program's version.", 1, {"version": version("nianjian")})
        try:
            gauges = health.gather_figures()
        except Error:
            yield _one("nianjian_up", "Whether the database answers.", 0)
            return
        yield _one("nianjian_up", "Whether the database answers.", 1)
        yield _one("nianjian_audit_head", "Number of the last entry of the audit chain.", gauges.audit_head)
        yield _one("nianjian_intents_open", "Acts over database and lake under way or broken off.", gauges.intents)
        jobs = [((state,), count) for state, count in gauges.jobs.items()]
        yield _many("nianjian_jobs", "Jobs.", ("state",), jobs)
        yield _many("nianjian_imports", "Batches of call records.", ("enterprise", "state"), gauges.imports.items())
        yield _many("nianjian_rows", "Rows of call records in the lake.", ("enterprise", "kind"), gauges.rows.items())
        lights = [((code, str(year), light), 1) for code, year, light, _age in gauges.portraits]
        yield _many("nianjian_light", "The light of each kept portrait.", ("enterprise", "year", "light"), lights)
        ages = [((code, str(year)), age) for code, year, _light, age in gauges.portraits if age is not None]
        yield _many("nianjian_portrait_age_seconds", "Since the portrait was computed.", ("enterprise", "year"), ages)
        if gauges.backup_age is not None:
            yield _one("nianjian_backup_age_seconds", "Since the last backup.", gauges.backup_age)
        if gauges.worker_age is not None:
            yield _one("nianjian_worker_beat_age_seconds", "Since a worker was heard of.", gauges.worker_age)


REGISTRY.register(House())


def _one(name: str, about: str, value: float, labels: dict[str, str] | None = None) -> GaugeMetricFamily:
    tags = labels or {}
    return _many(name, about, tuple(tags), [(tuple(tags.values()), value)])


def _many(
    name: str, about: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=labels)
    for key, value in sorted(values):
        family.add_metric(key, value)
    return family


ERASED: Final[Mapping[str, tuple[str, str]]] = {  # field of an entry -> (field of its day or month, sentence)
    "calls": ("month", mark("{rows} call records before {day}")),
    "rejects": ("day", mark("{rows} rejected rows imported before {day}")),
    "older_files": ("month", mark("{rows} files kept only by older versions, before {day}")),
    "complaints": ("accepted_before", mark("{rows} rows of closed complaints accepted before {day}")),
    "posted": ("before", mark("{rows} files of posted call records before {day}")),
    "legs": ("before", mark("{rows} posted call records before {day}")),
    "files": ("", mark("{rows} attachments of removed rows")),
}


@require_safe
@page(Permission.AUDIT)
def retention(request: Request, code: str) -> HttpResponse:
    """The classes, and past erasures fifty at a time."""
    _ = words(current())
    status = health.get_retention_status(enterprise=code, actor=request.actor)
    entry_page: Page[Entry] = paged(request, audit.filter_entries(enterprise=code, verb=ERASE))
    context = {
        "table": _classes(status.items, code, _),
        "counted": format_moment(status.counted_at),
        "due": figures.count_text(status.over) if status.over else "",
        "counting": [one.id for one in queue.under_way(code, kind=jobs.COUNT_OVER)],
        "may_erase": has_permission(request.actor, code, Permission.ADMINISTER),
        "under_way": [one.id for one in queue.under_way(code, kind=jobs.ERASE_OVER)],
        "page": entry_page,
        "erased": [
            {
                "day": datetime.fromisoformat(act.at).astimezone(clock.ZONE).date(),
                "by": person(act.actor),
                "rows": list(_gone(act.data, _)),
            }
            for act in map(audit.act, entry_page.rows)
        ],
    }
    return render(request, "operation/retention.html", context)


@require_POST
@page(Permission.ADMINISTER)
def erase(request: Request, code: str) -> HttpResponse:
    """Ask the worker to erase what is over its time."""
    job = jobs.enqueue(kind=jobs.ERASE_OVER, enterprise=code, payload={}, actor=request.actor)
    messages.success(request, gettext("Records past their retention period will be erased."))
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Permission.AUDIT)
def count(request: Request, code: str) -> HttpResponse:
    """Let the worker count what is over its time."""
    return redirect("data-job", code=code, job=health.enqueue_count(enterprise=code, actor=request.actor))


def _classes(classes: Sequence[RecordClass], code: str, _: Words) -> Table:
    heads = (
        gettext("records"), gettext("kept for"), gettext("past retention"), gettext("kept from"), gettext("oldest"),
        gettext("level"), gettext("rule"), gettext("source"),
    )  # fmt: skip
    names = titles(rulebook(day=None, province=None, enterprise=code))
    columns = [Column(head, figure=place == 2) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the count
    rows = [_class(one, code, names, _) for one in classes]
    return Table(gettext("Classes of records"), columns, rows, wrap=True, cards=True)


def _class(one: RecordClass, code: str, names: Mapping[str, str], _: Words) -> list[Cell]:
    duration = _(UNITS[str(one.unit)]).format(count=one.value)
    there = reverse("rules-one-here", kwargs={"code": code, "key": one.rule}) if one.rule else ""
    return [
        Cell(_(RECORD_CLASSES.get(one.record_class, one.record_class))),
        Cell(duration if one.since else _("for ever; at least {period}").format(period=duration)),
        Cell(figures.DASH if one.over is None else figures.count_text(one.over), figure=True),
        Cell(one.since.isoformat() if one.since else figures.DASH),
        Cell(one.oldest or figures.DASH),
        Cell(code_name("level", one.level, _)),
        Cell(names.get(one.rule or "", figures.DASH), href=there),
        Cell(one.citation),
    ]


def _gone(data: Mapping[str, Any], _: Words) -> Iterator[str]:
    for field, (until, text) in ERASED.items():
        if rows := data.get(field):
            yield _(text).format(rows=figures.count_text(rows), day=data.get(until, ""))
    for kind, rows in data.get("people", {}).items():
        values = {"rows": figures.count_text(rows), "register": translate_value("kind", kind, _)}
        yield _("{rows} rows of {register} that ended before {day}").format(**values, day=data["ended_before"])


BEARER: Final = "Bearer "
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 where the database or the lake's folder fails. A silent worker is told, pages work without."""
    del request
    result = health.get_health()
    data = {"status": "ok" if result.well else "fail", "checks": result.checks}
    return HttpResponse(to_json(data), status=200 if result.well else 503, content_type="application/json")


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything in Prometheus' text form, for the holder of NIANJIAN_METRICS_TOKEN; without one set for loopback."""
    token = env.text("NIANJIAN_METRICS_TOKEN", os.environ)
    if token:
        header = request.headers.get("Authorization", "")
        if not (
            header.startswith(BEARER) and hmac.compare_digest(header.removeprefix(BEARER).encode(), token.encode())
        ):
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    elif not _local(request):
        return HttpResponse(status=403)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE)


def _local(request: HttpRequest) -> bool:
    """Whether it was asked for on this machine; behind a proxy that speaks TLS everybody seems to be, so nobody is."""
    if env.read().https or split_domain_port(request.get_host())[0] not in LOCAL:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


LOG: Final = logging.getLogger("nianjian.requests")
UNKNOWN: Final = "-"  # an address that leads nowhere may hold anything
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Requests(Middleware):
    """Stands first, so that what others refuse is counted as well."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, count, log."""
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        route = UNKNOWN if match is None else f"/{match.route}"
        method = request.method if request.method in METHODS else UNKNOWN
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(seconds)
        values = {"method": method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1)}
        LOG.info("request", extra=values)
        return response


@require_safe
@everywhere(Permission.ADMINISTER)
def show_backups(request: Request) -> HttpResponse:
    """Show the last backup, and say how they are made."""
    newest, context = health.find_last_backup(), dict[str, Any]()
    if newest is not None:
        at = datetime.fromisoformat(newest.at)
        days = (clock.now() - at).days
        said = {
            "at": format_moment(at),
            "by": person(newest.actor),
            **{name: newest.data.get(name) for name in ("archive", "keys")},
        }
        context = {"newest": said, "days": days, "old": days > health.OLD_BACKUP}
    return render(request, "operation/backup.html", context)


urlpatterns = [
    path("backup/", show_backups, name="backup"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("e/<str:code>/retention/", retention, name="retention"),
    path("e/<str:code>/retention/count/", count, name="retention-count"),
    path("e/<str:code>/retention/erase/", erase, name="retention-erase"),
]


ENTRIES: Final = (
    Line(Place.SETTINGS, mark("Retention periods"), "retention", Permission.AUDIT, group=RETENTION),
    Line(Place.SETTINGS, mark("Audit log"), "audit", Permission.AUDIT, scope=Scope.BOTH, group=RETENTION),
    Line(Place.SETTINGS, mark("Backups"), "backup", Permission.ADMINISTER, scope=Scope.INSTALLATION, group=MACHINE),
)
