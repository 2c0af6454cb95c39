"""Middleware: counts every request and writes one line for it; the address as a pattern, never what was asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from nianjian.features.maintenance.pages import prometheus

LOG: Final = logging.getLogger("nianjian.requests")
UNKNOWN: Final = "-"  # an address that leads nowhere may hold anything
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Requests:
    """Stands first, so that what others refuse is counted as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, count, log."""
        began = time.perf_counter()
        response = self._get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        route = UNKNOWN if match is None else f"/{match.route}"
        method = request.method if request.method in METHODS else UNKNOWN
        prometheus.REQUESTS.labels(method, route, str(response.status_code)).inc()
        prometheus.SECONDS.labels(route).observe(seconds)
        values = {"method": method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1)}
        LOG.info("request", extra=values)
        return response
