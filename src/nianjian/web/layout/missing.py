"""The page for an address that leads nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a way back; why it is missing is not told, a stranger could learn the tenants from it."""
    del exception
    return render(request, "layout/missing.html", status=404)
