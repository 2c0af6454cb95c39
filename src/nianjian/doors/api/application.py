"""The API put together: its operations, its errors, its document."""

from collections import defaultdict
from functools import cached_property
from typing import Any, Final, cast

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.urls import URLPattern, path, re_path
from django.utils.datastructures import MultiValueDict
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema, get_schema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic import TypeAdapter

from nianjian.engines.kernel.encode import to_json
from nianjian.features.approvals import api
from nianjian.features.calls import api as calls
from nianjian.features.complaints import api as complaints
from nianjian.features.dial_policy import api as dial_policy
from nianjian.features.dossier.api import materials, package, rounds
from nianjian.features.inbox import api as inbox
from nianjian.features.inspection import api as inspection
from nianjian.features.maintenance import api as maintenance
from nianjian.features.overview import api as overview
from nianjian.features.people import api as people
from nianjian.features.portrait import api as portraits
from nianjian.features.reconciliation import api as reconciliation
from nianjian.features.rectification import api as rectification
from nianjian.features.registers import api as registers
from nianjian.features.rulebook import api as rules
from nianjian.features.screens import api as screens
from nianjian.features.search import api as searching
from nianjian.features.season import api as season
from nianjian.features.test_calls import api as callbacks
from nianjian.features.webhooks import api as webhooks
from nianjian.platform.api import jobs, problems
from nianjian.platform.api.access import Token
from nianjian.platform.api.operations import UPLOADS
from nianjian.platform.home.http import MARK

NUL = "\0"


class Readable(Parser):
    """The library's, which refuses a text with a NUL: the answer is 400, before the operation is entered."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Parse a JSON document."""
        return cast("dict[str, Any]", _readable(super().parse_body(request)))

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Parse a query or the fields of a form; files among them are not opened."""
        _readable(dict(data.lists()))
        return super().parse_querydict(data, list_fields, request)


def _readable(document: object) -> object:
    """What was found, with every text in it looked at; SuspiciousOperation."""
    waiting = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if NUL in one:
                raise SuspiciousOperation("a text holds a NUL")
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return document


PREFIX: Final = "api/v1"
VERSION: Final = "1.0.0"
ABOUT: Final = (
    "What the pages do, for programs. Every request carries `Authorization: Bearer TOKEN`; errors are"
    " `application/problem+json`, in the language of `Accept-Language`; lists have `limit`, `offset` and `next`;"
    " writes take an `Idempotency-Key`; long work answers 202 with its job."
)
ROUTERS: Final = (
    overview.router, searching.router, people.router, calls.imports_router, calls.router, jobs.router, registers.router,
    calls.registers_router, portraits.router, rules.router, api.router, maintenance.audit_router,
    maintenance.retention_router, complaints.router, rectification.router, season.router, inbox.router,
    reconciliation.router, inspection.router, screens.router, callbacks.router, materials.router, package.router,
    rounds.router, dial_policy.router, webhooks.router,
)  # fmt: skip


class Renderer(BaseRenderer):
    """Answers as `encode` writes them, as all of the product does."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: object, *, response_status: int) -> str:
        """One answer."""
        del request, response_status
        return to_json(data)


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
        schema = get_schema(self, path_prefix=PREFIX)
        described = TypeAdapter(problems.Problem).json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= {**described.pop("$defs"), "Problem": described}
        return schema


API: Final = Api(
    title="nianjian", version=VERSION, description=ABOUT, docs_url=None, auth=Token(), parser=Readable(),
    renderer=Renderer(), urls_namespace="api",
)  # fmt: skip
problems.attach(API)
for router in ROUTERS:
    API.add_router("", router)


# Every address of the API; what is none of them is answered as a problem document, not as a page.

LIBRARY = {"api-root"}  # its start page


def _operations() -> list[URLPattern]:
    """The library's addresses, one for each operation; a view knows by which methods files come to its address."""
    routes = [one for one in API.urls[0] if isinstance(one, URLPattern) and one.name not in LIBRARY]
    uploads: defaultdict[str, set[str]] = defaultdict(set)
    for one in routes:
        if one.name in UPLOADS:
            uploads[str(one.pattern)].add(UPLOADS[one.name])
    patterns = []
    for one in routes:
        view = problems.methods(one.callback)
        setattr(view, MARK, frozenset(uploads[str(one.pattern)]))
        patterns.append(URLPattern(one.pattern, view, one.default_args, one.name))
    return patterns


urlpatterns = [*_operations(), path("", problems.nowhere), re_path(r"^.*$", problems.nowhere)]
