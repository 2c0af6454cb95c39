"""Everything of the gate's process that is no question: health, state, policy, counters, decisions, metrics."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nianjian.engines.gate.policy import Slot
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import JSON, TEXT, HttpRequest, http_reply
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.gate.snapshot.read import ALARM, STALE
from nianjian.engines.gate.snapshot.tenant import Tenant
from nianjian.engines.kernel.numbers import mask

KIND: Final = b"text/plain; version=0.0.4; charset=utf-8"
HEALTH: Final = b"/health"
Page = Callable[[Mapping[str, str], str], bytes]
"""The fields of the query and whose token came with it -> the whole answer."""


def _reply(status: int, body: bytes = b"", kind: bytes = TEXT) -> bytes:
    """Without a body the status' own words."""
    code = HTTPStatus(status)
    return http_reply(f"{code:d} {code.phrase}".encode(), kind, body or code.phrase.encode())


def _json(value: object, status: int = 200) -> bytes:
    return _reply(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def _refusal(status: int, **more: str) -> bytes:
    return _json({"status": status, "title": HTTPStatus(status).phrase, **more}, status)


def metrics_page(gate: Gate, connections: Connections) -> Callable[[], bytes]:
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


class Control:
    """The pages; ``doors`` tells figures of further doors (leases in a switch), by name."""

    def __init__(
        self,
        gate: Gate,
        admission: Admission,
        doors: Callable[[], dict[str, object]] = dict,
        problem: Callable[[], str] = str,
        *,
        connections: Connections,
    ) -> None:
        """``problem``: why the newest snapshot could not be taken, "" where it was."""
        self._gate = gate
        self._admission = admission
        self._doors = doors
        self._problem = problem
        self._connections = connections
        self._metrics_of = metrics_page(gate, connections)
        self._pages: Mapping[bytes, Page] = {
            HEALTH: lambda _query, _whose: self._health(),
            b"/v1/state": self._state,
            b"/v1/policy": self._policy,
            b"/v1/counters": self._counters,
            b"/v1/decisions": self._decisions,
            b"/metrics": self._metrics,
        }

    async def answer(self, received: HttpRequest) -> bytes:
        """A page of one enterprise: whoever has its token, or, without tokens, whoever is on this machine."""
        target = received.target.rstrip(b"/")
        page = self._pages.get(target)
        if page is None:
            return _reply(404)
        if received.method not in {"GET", "HEAD"}:
            return _reply(405)
        if target == HEALTH:  # for who watches the process
            return page({}, "")
        proof = next((value for name, value in received.headers if name == b"authorization"), b"")
        whose = self._admission.whose(proof)
        if whose is None:
            return _refusal(401)
        try:
            return page(dict(parse_qsl(received.query.decode("latin-1"), keep_blank_values=True)), whose)
        except wire.MalformedError as fault:
            return _refusal(400, detail=str(fault))

    # ------------------------------------------------------------ pages

    def _health(self) -> bytes:
        """Nothing of an enterprise."""
        health = self._build_health()
        return _json(health, 503 if health["status"] == "refusing" else 200)

    def _build_health(self) -> dict[str, object]:
        """How the gate is; ``alarms``: what is wrong though it answers, each by a code of its own."""
        gate, now = self._gate, self._gate.moment()
        snapshot, counters = gate.held.snapshot, gate.counters.state()
        state = "missing" if snapshot is None else snapshot.state(now)
        here = (
            ("snapshot_old", state == ALARM),
            ("snapshot_untaken", bool(self._problem())),
            ("enterprise_refused", bool(self._refused())),
            ("journal_unwritten", bool(gate.unwritten)),
        )
        alarms = [code for code, holds in here if holds]
        if snapshot is None or state == STALE or not counters.get("available"):
            status = "refusing"
        else:
            status = "alarm" if alarms else "ok"
        return {
            "status": status,
            "alarms": alarms,
            "snapshot": {
                "state": state,
                "generation": None if snapshot is None else snapshot.generation,
                "age_s": None if snapshot is None else snapshot.age(now),
                "problem": self._problem(),
            },
            "counters": counters,
            "journal": {"problem": gate.unwritten, "lost": gate.lost},
        }

    def _state(self, _query: Mapping[str, str], whose: str) -> bytes:
        gate = self._gate
        reasons: dict[str, dict[str, int]] = {}
        for (enterprise, reason), number in sorted(gate.reasons.items()):
            if whose in {"", enterprise}:
                reasons.setdefault(enterprise, {})[reason] = number
        figures = {
            "asked_again": gate.again,
            "shed": gate.shed,
            "late": gate.pending.late,
            "given_back": gate.given_back,
            "remembered": len(gate.answers),
            "waiting": len(gate.open),
        }
        connections = {
            "open": len(self._connections),
            "refused": self._connections.refused,
            "expired": self._connections.expired,
        }
        refused = {code: why for code, why in self._refused().items() if whose in {"", code}}
        state = {**self._build_health(), "refused": refused}
        state |= {"decisions": reasons, "gate": figures, "connections": connections, "doors": self._doors()}
        return _json(state)

    def _refused(self) -> dict[str, str]:
        """Enterprises that the feed could not tell of, and why (an error's code)."""
        snapshot = self._gate.held.snapshot
        return {} if snapshot is None else {code: one.problem for code, one in snapshot.tenants.items() if one.problem}

    def _tenant(self, query: Mapping[str, str], whose: str) -> Tenant | None:
        snapshot = self._gate.held.snapshot
        code = self._admission.enterprise(query.get("enterprise", ""), whose)
        return None if snapshot is None else snapshot.tenants.get(code)

    def _policy(self, query: Mapping[str, str], whose: str) -> bytes:
        tenant = self._tenant(query, whose)
        if tenant is None:
            return _refusal(404)
        policy = tenant.policy
        return _json(
            {
                "enterprise": policy.enterprise,
                "version": policy.version,
                "enforce": policy.enforce,
                "caps": [{**asdict(cap), "semantics": cap.semantics} for cap in policy.caps],
                "channels": [asdict(one) for one in policy.channels.values()],
                "purposes": [asdict(one) for one in policy.purposes.values()],
            }
        )

    def _counters(self, query: Mapping[str, str], whose: str) -> bytes:
        """What the channels have used of their caps."""
        tenant = self._tenant(query, whose)
        if tenant is None:
            return _refusal(404)
        now, policy = self._gate.moment(), tenant.policy
        rows = [
            {
                "channel": name,
                "cap": cap.name,
                "window": cap.semantics,
                "used": self._gate.counters.used(policy.enterprise, Slot(cap, name), now),
                "limit": cap.limit,
            }
            for name in policy.channels
            for cap in policy.caps
            if cap.key == "channel" and cap.only in {"", name}
        ]
        return _json({"enterprise": policy.enterprise, "counters": rows})

    def _decisions(self, _query: Mapping[str, str], whose: str) -> bytes:
        rows = [
            {
                "at": at,
                "enterprise": request.enterprise,
                "channel": request.channel,
                "display": mask(request.display),
                "callee": mask(request.callee),
                "purpose": request.purpose,
                **msgspec.to_builtins(wire.to_answer(verdict)),
            }
            for at, request, verdict in reversed(self._gate.recent)
            if whose in {"", request.enterprise}
        ]
        for row in rows:  # a counter of callees names them
            counter = row["counter"]
            if isinstance(counter, dict) and str(counter["key"]).startswith(("callee:", "caller_callee:")):
                counter["key"] = mask(str(counter["key"]))
        return _json({"decisions": rows})

    def _metrics(self, _query: Mapping[str, str], whose: str) -> bytes:
        if whose:
            return _refusal(401)
        return _reply(200, self._metrics_of(), KIND)
