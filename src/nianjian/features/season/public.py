"""The calendar that a secret address opens: for programs that cannot sign in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from nianjian.features.season import feeds as flow
from nianjian.platform.web.access import public
from nianjian.platform.web.language import current


@require_safe
@public
def calendar(_request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar away; 404 for a secret that opens nothing, or nothing any more."""
    found = flow.render_calendar(secret, current())
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type=flow.MEDIA)
    answer["Cache-Control"] = "private, no-store"
    return answer


urlpatterns = [path("<str:secret>.ics", calendar, name="season-calendar")]
