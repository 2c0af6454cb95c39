"""The ways of test calls, and the addresses of gateways."""

from __future__ import annotations

from typing import Any

from ninja import Router

from nianjian.features.test_calls.api.shapes import (
    CallbackGateway,
    CallbackGatewaySet,
    CallbackRoute,
    CallbackRouteNamed,
    CallbackRouteSet,
    CallbackWays,
)
from nianjian.features.test_calls.operations import routes
from nianjian.features.test_calls.routes.service import RouteInput
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write

router = Router(tags=["callback"])
HERE = "/enterprises/{code}/callback"


@read(router, f"{HERE}/ways", act=Act.READ, answer=CallbackWays)
def callback_ways(request: Request, code: str) -> dict[str, object]:
    """Ways and gateways."""
    return routes.list_routes(enterprise=code, actor=request.actor)


@write(router, f"{HERE}/ways", act=Act.ADMINISTER, answer=CallbackRoute)
def callback_way_set(request: Request, code: str, given: CallbackRouteSet) -> dict[str, object]:
    """Make a way or change it."""
    held: dict[str, Any] = given.dict()
    made = RouteInput(**{**held, "daily_at": routes.daily(given.daily_at)})
    return routes.save(enterprise=code, given=made, actor=request.actor)


@write(router, f"{HERE}/ways/remove", act=Act.ADMINISTER, answer=CallbackRouteNamed)
def callback_way_remove(request: Request, code: str, given: CallbackRouteNamed) -> dict[str, object]:
    """Remove a way; the test calls that went over it stay."""
    routes.remove(enterprise=code, name=given.name, actor=request.actor)
    return {"name": given.name}


@write(router, f"{HERE}/gateways", act=Act.ADMINISTER, answer=CallbackGateway)
def callback_gateway_set(request: Request, code: str, given: CallbackGatewaySet) -> dict[str, object]:
    """Say from which addresses a gateway of the ledger answers."""
    return routes.name_gateway(enterprise=code, name=given.name, hosts=" ".join(given.hosts), actor=request.actor)
