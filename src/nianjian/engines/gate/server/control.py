"""Everything of the gate's process that is no question: health, state, policy, counters, decisions, metrics."""

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nianjian.engines.gate.policy import Slot
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.connections import Connections
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.http import HttpRequest, http_reply
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.gate.snapshot.read import ALARM, STALE
from nianjian.engines.gate.snapshot.tenant import Tenant
from nianjian.engines.kernel.numbers import mask

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"


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
        routes = [
            Route("/health", self._health),
            Route("/v1/state", self._closed(self._state)),
            Route("/v1/policy", self._closed(self._policy)),
            Route("/v1/counters", self._closed(self._counters)),
            Route("/v1/decisions", self._closed(self._decisions)),
            Route("/metrics", self._closed(self._metrics)),
        ]
        self.application = Starlette(routes=routes)

    async def answer(self, received: HttpRequest) -> bytes:
        """One request through the application, whole."""
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": received.method,
            "scheme": "http",
            "path": received.target.decode("latin-1"),
            "raw_path": received.target,
            "query_string": received.query,
            "root_path": "",
            "headers": received.headers,
            "client": (received.peer, 0),
            "server": None,
        }
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": received.body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        headers = dict(sent[0]["headers"])
        body = b"".join(message.get("body", b"") for message in sent[1:])
        status = HTTPStatus(sent[0]["status"])
        return http_reply(f"{status:d} {status.phrase}".encode(), headers.get(b"content-type", b"text/plain"), body)

    # ------------------------------------------------------------ pages

    def _closed(self, page: Callable[[Request, str], Response]) -> Callable[[Request], Awaitable[Response]]:
        """A page of one enterprise: whoever has its token, or, without tokens, whoever is on this machine."""

        async def shown(request: Request) -> Response:
            whose = self._admission.whose(request.headers.get("authorization", "").encode("latin-1"))
            if whose is None:
                return JSONResponse({"status": 401, "title": "Unauthorized"}, 401)
            try:
                return page(request, whose)
            except wire.MalformedError as fault:
                return JSONResponse({"status": 400, "title": "Bad Request", "detail": str(fault)}, 400)

        return shown

    async def _health(self, _request: Request) -> Response:
        """For who watches the process: nothing of an enterprise."""
        told = self._told()
        return JSONResponse(told, 503 if told["status"] == "refusing" else 200)

    def _told(self) -> dict[str, object]:
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

    def _state(self, _request: Request, whose: str) -> Response:
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
        told = {**self._told(), "refused": refused}
        told |= {"decisions": reasons, "gate": figures, "connections": connections, "doors": self._doors()}
        return JSONResponse(told)

    def _refused(self) -> dict[str, str]:
        """Enterprises that the feed could not tell of, and why (an error's code)."""
        snapshot = self._gate.held.snapshot
        return {} if snapshot is None else {code: one.problem for code, one in snapshot.tenants.items() if one.problem}

    def _tenant(self, request: Request, whose: str) -> Tenant | None:
        snapshot = self._gate.held.snapshot
        code = self._admission.enterprise(request.query_params.get("enterprise", ""), whose)
        return None if snapshot is None else snapshot.tenants.get(code)

    def _policy(self, request: Request, whose: str) -> Response:
        tenant = self._tenant(request, whose)
        if tenant is None:
            return JSONResponse({"status": 404, "title": "Not Found"}, 404)
        policy = tenant.policy
        return JSONResponse(
            {
                "enterprise": policy.enterprise,
                "version": policy.version,
                "enforce": policy.enforce,
                "caps": [{**asdict(cap), "semantics": cap.semantics} for cap in policy.caps],
                "channels": [asdict(one) for one in policy.channels.values()],
                "purposes": [asdict(one) for one in policy.purposes.values()],
            }
        )

    def _counters(self, request: Request, whose: str) -> Response:
        """What the channels have used of their caps."""
        tenant = self._tenant(request, whose)
        if tenant is None:
            return JSONResponse({"status": 404, "title": "Not Found"}, 404)
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
        return JSONResponse({"enterprise": policy.enterprise, "counters": rows})

    def _decisions(self, _request: Request, whose: str) -> Response:
        rows = [
            {
                "at": at,
                "enterprise": asked.enterprise,
                "channel": asked.channel,
                "display": mask(asked.display),
                "callee": mask(asked.callee),
                "purpose": asked.purpose,
                **msgspec.to_builtins(wire.to_answer(verdict)),
            }
            for at, asked, verdict in reversed(self._gate.recent)
            if whose in {"", asked.enterprise}
        ]
        for row in rows:  # a counter of callees names them
            counter = row["counter"]
            if isinstance(counter, dict) and str(counter["key"]).startswith(("callee:", "caller_callee:")):
                counter["key"] = mask(str(counter["key"]))
        return JSONResponse({"decisions": rows})

    def _metrics(self, _request: Request, whose: str) -> Response:
        if whose:
            return JSONResponse({"status": 401, "title": "Unauthorized"}, 401)
        return Response(self._metrics_of(), media_type=KIND)
