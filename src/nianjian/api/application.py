"""The API put together: its operations, its errors, its document."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema, get_schema

from nianjian.api.door import problems
from nianjian.api.door.access import Token
from nianjian.api.door.parsing import Readable
from nianjian.api.v1 import (
    approvals,
    audit,
    batches,
    enterprises,
    imports,
    jobs,
    overview,
    previews,
    retention,
    rules,
    webhooks,
)
from nianjian.api.v1.callback import tests as callbacks
from nianjian.api.v1.callback import ways as callback_ways
from nianjian.api.v1.complaints import forwards, one_click, tickets, worked
from nianjian.api.v1.dossier import arrivals, fill_in, items, making, pages, rounds, seals, signed, verifying, versions
from nianjian.api.v1.gate import decisions, policy
from nianjian.api.v1.inspection import checks as inspection
from nianjian.api.v1.inspection import day as inspection_day
from nianjian.api.v1.inspection import drill, notice, screens
from nianjian.api.v1.people import everywhere, folk, tokens
from nianjian.api.v1.portraits import kept, results
from nianjian.api.v1.reconcile import ask as reconcile_ask
from nianjian.api.v1.reconcile import runs as reconcile_runs
from nianjian.api.v1.rectification import cases, channel, watch
from nianjian.api.v1.registers import files, lists, papers, rows
from nianjian.api.v1.season import inbox
from nianjian.api.v1.season import told as season

PREFIX: Final = "api/v1"
VERSION: Final = "1.0.0"
ABOUT: Final = (
    "What the pages do, for programs. Every request carries `Authorization: Bearer TOKEN`; errors are"
    " `application/problem+json`, in the language of `Accept-Language`; lists have `limit`, `offset` and `next`;"
    " writes take an `Idempotency-Key`; long work answers 202 with its job."
)
ROUTERS: Final = (
    enterprises.router,
    overview.router,
    tokens.router,
    folk.router,
    everywhere.router,
    imports.router,
    previews.router,
    batches.router,
    jobs.router,
    lists.router,
    rows.router,
    files.router,
    papers.router,
    kept.router,
    results.router,
    rules.router,
    approvals.router,
    audit.router,
    retention.router,
    tickets.router,
    worked.router,
    forwards.router,
    one_click.router,
    cases.router,
    channel.router,
    watch.router,
    season.router,
    inbox.router,
    reconcile_ask.router,
    reconcile_runs.router,
    inspection.router,
    notice.router,
    inspection_day.router,
    drill.router,
    screens.router,
    callbacks.router,
    callback_ways.router,
    items.router,
    making.router,
    versions.router,
    seals.router,
    signed.router,
    rounds.router,
    fill_in.router,
    pages.router,
    arrivals.router,
    verifying.router,
    policy.router,
    decisions.router,
    webhooks.router,
)


class Api(NinjaAPI):
    """The library's, whose document says where it stands and what a problem is."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI document, made once."""
        del path_prefix, path_params
        return self._document

    @cached_property
    def _document(self) -> OpenAPISchema:
        made = get_schema(self, path_prefix=PREFIX)
        described = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        made["components"]["schemas"] |= {**described.pop("$defs"), "Problem": described}
        return made


def _made() -> Api:
    one = Api(
        title="nianjian",
        version=VERSION,
        description=ABOUT,
        docs_url=None,
        auth=Token(),
        parser=Readable(),
        urls_namespace="api",
    )
    problems.attach(one)
    for router in ROUTERS:
        one.add_router("", router)
    return one


API: Final = _made()
