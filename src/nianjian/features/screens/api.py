"""The live screens as data, and the links by which kiosks show them."""

from typing import Literal

from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel.encode import to_builtins
from nianjian.features.screens import operations, queries
from nianjian.features.screens.documents import (
    GatewayFigures,
    OfficeFigures,
    ScreenLinkEnded,
    ScreenLinkMade,
    ScreenLinks,
    ScreenSources,
    ScreenTold,
)
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.routes import mount
from nianjian.platform.operations.operation import REGISTRY

router = Router(tags=["inspection"])
HERE = "/enterprises/{code}/inspection/screens"


class ScreenWanted(Schema):
    """Which screen, and of the gateway's log which decisions: a reason, ``refused`` for every refusal, a line."""

    screen: Literal["office", "gateway"] = "office"
    reason: str = Field("", max_length=40)
    channel: str = Field("", max_length=120)


class ScreenLinkAsked(Schema):
    """Where the screen stands, and for how many days the link holds."""

    name: str = Field(max_length=200)
    days: int = Field(1, ge=-1000, le=1000)


@read(router, HERE, act=Permission.READ, answer=ScreenTold)
def screens_get(request: Request, code: str, wanted: Query[ScreenWanted]) -> ScreenTold:
    """What a live screen shows now; telephone numbers masked."""
    figures: OfficeFigures | GatewayFigures
    if wanted.screen == "office":
        figures = queries.office_screen(enterprise=code, actor=request.actor)
    else:
        narrowed = queries.DecisionFilter(wanted.reason, wanted.channel)
        figures = queries.gateway_screen(enterprise=code, query=narrowed, actor=request.actor)
    return ScreenTold(wanted.screen, to_builtins(figures))


@read(router, f"{HERE}/links", act=Permission.ADMINISTER, answer=ScreenLinks)
def screen_links(request: Request, code: str) -> ScreenLinks:
    """The open links of kiosks; their secrets are not kept."""
    return ScreenLinks(queries.list_links(enterprise=code, actor=request.actor))


@write(router, f"{HERE}/links", act=Permission.ADMINISTER, answer=ScreenLinkMade, status=201, hidden=("path",))
def screen_link_make(request: Request, code: str, given: ScreenLinkAsked) -> ScreenLinkMade:
    """Make a link that shows both screens to whoever has it, read-only, until it expires; told now only."""
    return operations.create_link(enterprise=code, name=given.name, days=given.days, actor=request.actor)


@write(router, f"{HERE}/links/{{link_id}}/end", act=Permission.ADMINISTER, answer=ScreenLinkEnded)
def screen_link_end(request: Request, code: str, link_id: str) -> ScreenLinkEnded:
    """End a link at once."""
    operations.end_link(enterprise=code, link=link_id, actor=request.actor)
    return ScreenLinkEnded(link_id)


@read(router, f"{HERE}/sources", act=Permission.MANAGE_DATA, answer=ScreenSources)
def screen_sources(request: Request, code: str) -> ScreenSources:
    """The sources of the live screens, with their state; no secret."""
    return ScreenSources(queries.list_sources(enterprise=code, actor=request.actor))


mount(router, REGISTRY.of(operations.SOURCES))
