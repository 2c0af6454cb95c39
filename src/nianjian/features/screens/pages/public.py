"""The screens that a kiosk's secret address opens: to read, of one enterprise, until the link ends."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from nianjian.features.screens.operations import links
from nianjian.features.screens.operations import live_figures as flow
from nianjian.features.screens.pages.screen import PARTS, screen
from nianjian.platform.web.access import public

GONE = 410


@require_safe
@public
@sensitive_variables("secret")
def kiosk(request: HttpRequest, secret: str, part: str) -> HttpResponse:
    """Show a screen; 410 for a link that has ended, or never was one."""
    if part not in PARTS:
        raise Http404
    tenant = links.find_enterprise_by_secret(secret)
    if tenant is None:
        return render(request, "screens/ended.html", status=GONE)
    other = reverse("screens-kiosk", kwargs={"secret": secret, "part": PARTS[part == PARTS[0]]})
    if part == "office":
        return screen(request, part, lambda _: flow.told_office(tenant.code), tenant, other)
    return screen(request, part, lambda wanted: flow.told_gateway(tenant.code, wanted), tenant, other)


urlpatterns = [path("<str:secret>/<str:part>/", kiosk, name="screens-kiosk")]
