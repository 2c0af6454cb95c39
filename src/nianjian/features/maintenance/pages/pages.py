"""``/healthz`` for load balancers, ``/metrics`` for Prometheus. Neither tells anything of a person."""

from __future__ import annotations

import hmac
import ipaddress
import os
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.views.decorators.http import require_safe

from nianjian.features.maintenance.operations.watch import figures
from nianjian.features.maintenance.pages import prometheus
from nianjian.platform.home import env
from nianjian.platform.web.access import public

BEARER: Final = "Bearer "
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 where the database or the lake's folder fails. A silent worker is told, pages work without."""
    del request
    told = figures.health()
    data = {"status": "ok" if told.well else "fail", "checks": told.checks}
    return JsonResponse(data, status=200 if told.well else 503)


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything in Prometheus' text form, for the holder of NIANJIAN_METRICS_TOKEN; without one set for loopback."""
    token = env.text("NIANJIAN_METRICS_TOKEN", os.environ)
    if token:
        given = request.headers.get("Authorization", "")
        if not (given.startswith(BEARER) and hmac.compare_digest(given.removeprefix(BEARER).encode(), token.encode())):
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    elif not _local(request):
        return HttpResponse(status=403)
    return HttpResponse(prometheus.text(), content_type=prometheus.CONTENT_TYPE)


def _local(request: HttpRequest) -> bool:
    """Whether it was asked for on this machine; behind a proxy that speaks TLS everybody seems to be, so nobody is."""
    if env.read().https or split_domain_port(request.get_host())[0] not in LOCAL:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
