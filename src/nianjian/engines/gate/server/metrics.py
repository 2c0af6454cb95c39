"""Figures for Prometheus, read at the moment they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.gate import Gate

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"


def of(gate: Gate, connections: Connections) -> Callable[[], bytes]:
    """What makes the page of this gate."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Figures(gate, connections))
    return lambda: generate_latest(registry)


class _Figures(Collector):
    """The gate's figures at the moment they are asked for."""

    def __init__(self, gate: Gate, connections: Connections) -> None:
        self._gate = gate
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        """All families."""
        gate, now = self._gate, self._gate.moment()
        decided = CounterMetricFamily(
            "nianjian_gate_decisions", "Questions decided, by reason", labels=("enterprise", "reason")
        )
        for (enterprise, reason), number in gate.reasons.items():
            decided.add_metric((enterprise, reason), number)
        yield decided
        refused = CounterMetricFamily(
            "nianjian_gate_connections_refused",
            "Connections refused because too many were open: of the address, or in all",
            labels=("limit",),
        )
        for limit, number in self._connections.refused.items():
            refused.add_metric((limit,), number)
        yield refused
        for name, about, value in (
            ("asked_again", "Questions answered from memory", gate.again),
            ("shed", "Questions refused because too many were waiting", gate.shed),
            ("late", "Questions refused because the counters were too slow", gate.pending.late),
            ("given_back", "Units given back", gate.given_back),
            ("connections_expired", "Connections closed at a deadline", self._connections.expired),
            ("decisions_lost", "Decisions that no journal has: it could not be written for long", gate.lost),
        ):
            yield CounterMetricFamily(f"nianjian_gate_{name}", about, value=value)
        snapshot, counters = gate.held.snapshot, gate.counters.state()
        usable = snapshot is not None and not snapshot.stale(now)
        age = -1 if snapshot is None else snapshot.age(now)
        generation = 0 if snapshot is None else snapshot.generation
        untold = 0 if snapshot is None else sum(bool(one.problem) for one in snapshot.tenants.values())
        for name, about, level in (
            ("snapshot_usable", "1: the snapshot is there and not too old", int(usable)),
            ("snapshot_age_seconds", "Since the feed last looked; -1: no snapshot", age),
            ("snapshot_generation", "Number of the snapshot in force", generation),
            (
                "enterprises_refused",
                "Enterprises that the feed could not tell of: all their calls are refused",
                untold,
            ),
            ("counters_available", "1: the counters can count", int(bool(counters.get("available")))),
            ("journal_written", "1: the decision journal can be written", int(not gate.unwritten)),
            ("connections", "Connections open on all doors", len(self._connections)),
            ("waiting", "Questions that wait for their counters", len(gate.open)),
        ):
            yield GaugeMetricFamily(f"nianjian_gate_{name}", about, value=level)
