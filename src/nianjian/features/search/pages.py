"""The page of a search, and the same results alone for the palette that lies over every page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from nianjian.features.search.queries import Reader, read_search, search
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.access import Request, page


@require_safe
@page(Permission.READ_OWN)
def show_results(request: Request, code: str) -> HttpResponse:
    """Search what ``q`` says; without it, every page that the reader may open."""
    del code
    typed = request.GET.get("q", "")
    text = read_search(typed)
    groups = search(Reader(request.actor, request.enterprise, request.team), text)
    context = {"search": text, "typed": typed, "groups": groups}
    answer = render(request, "search/results.html" if request.htmx else "search/page.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


urlpatterns = [path("e/<str:code>/search/", show_results, name="search")]
