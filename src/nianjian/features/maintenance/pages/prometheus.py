"""The figures in Prometheus' text form: requests as this process counts them, the rest as it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Final

from django.db import Error
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nianjian.features.maintenance.operations.watch import figures

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
            told = figures.gather()
        except Error:
            yield _one("nianjian_up", "Whether the database answers.", 0)
            return
        yield _one("nianjian_up", "Whether the database answers.", 1)
        yield _one("nianjian_audit_head", "Number of the last entry of the audit chain.", told.audit_head)
        yield _one("nianjian_intents_open", "Acts over database and lake under way or broken off.", told.intents)
        jobs = [((state,), count) for state, count in told.jobs.items()]
        yield _many("nianjian_jobs", "Jobs.", ("state",), jobs)
        yield _many("nianjian_imports", "Batches of call records.", ("enterprise", "state"), told.imports.items())
        yield _many("nianjian_rows", "Rows of call records in the lake.", ("enterprise", "kind"), told.rows.items())
        lights = [((one.enterprise, str(one.year), one.light), 1) for one in told.portraits]
        yield _many("nianjian_light", "The light of each kept portrait.", ("enterprise", "year", "light"), lights)
        ages = [((one.enterprise, str(one.year)), one.age) for one in told.portraits if one.age is not None]
        yield _many("nianjian_portrait_age_seconds", "Since the portrait was computed.", ("enterprise", "year"), ages)
        if told.backup_age is not None:
            yield _one("nianjian_backup_age_seconds", "Since the last backup.", told.backup_age)
        if told.worker_age is not None:
            yield _one("nianjian_worker_beat_age_seconds", "Since a worker was heard of.", told.worker_age)


REGISTRY.register(House())


def text() -> bytes:
    """The whole page."""
    return generate_latest(REGISTRY)


def _one(name: str, about: str, value: float, labels: dict[str, str] | None = None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=list(labels or ()))
    family.add_metric(list((labels or {}).values()), value)
    return family


def _many(
    name: str, about: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=labels)
    for key, value in sorted(values):
        family.add_metric(key, value)
    return family
