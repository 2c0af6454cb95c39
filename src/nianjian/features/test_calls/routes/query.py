"""Read routes and gateways."""

from __future__ import annotations

from datetime import datetime

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls.routes.model import Gateway, Route


def routes(enterprise: str) -> list[Route]:
    """The enterprise's ways, by name."""
    return list(Route.objects.filter(enterprise_id=enterprise).order_by("name"))


def route(enterprise: str, name: str) -> Route:
    """One by its name; ``callback_route_unknown``."""
    found = Route.objects.filter(enterprise_id=enterprise, name=name).first()
    if found is None:
        raise NianjianError("callback_route_unknown", route=name)
    return found


def due(moment: datetime) -> list[Route]:
    """Those of all enterprises whose daily test is due."""
    return list(Route.objects.filter(next_at__lte=moment).order_by("next_at", "id"))


def gateways(enterprise: str) -> list[Gateway]:
    """The enterprise's gateways, by name."""
    return list(Gateway.objects.filter(enterprise_id=enterprise).order_by("name"))


def hosts(enterprise: str) -> dict[str, tuple[str, ...]]:
    """Name in the ledger -> addresses."""
    return {one.name: tuple(one.hosts.split(",")) for one in gateways(enterprise)}
