"""The library that makes charts interactive: Vega from the vl-convert package, so nothing comes from elsewhere.

It is put together once a version and kept in the home's cache. With Vega's own interpreter it needs no `eval`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import vl_convert
from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from nianjian.engines.kernel.files import replace_file
from nianjian.engines.paper.charts import VEGA_LITE
from nianjian.platform.home import env
from nianjian.platform.web.access import public

SNIPPET: Final = "window.vegaEmbed = vegaEmbed;"
DAY: Final = 24 * 3600


@cache
def library(home: Path) -> Path:
    """Return the library's file, made if it is not there: some seconds of work, once in a home."""
    folder = home / "cache"
    place = folder / f"charts-{version('vl-convert-python')}-{VEGA_LITE}.js"
    if not place.is_file():
        folder.mkdir(mode=0o700, exist_ok=True)
        with replace_file(place) as out:
            out.write(vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE).encode())
    return place


def _tag(request: HttpRequest) -> str:
    del request
    place = library(env.read().home)
    known = f"{place.name} {place.stat().st_mtime_ns}"
    return f'"{hashlib.sha256(known.encode()).hexdigest()[:32]}"'


@require_safe
@public
@gzip_page
@condition(etag_func=_tag)
def script(request: HttpRequest) -> HttpResponse:
    """Give the library; a browser asks again after a day and is told that nothing changed."""
    del request
    place = library(env.read().home)
    answer = HttpResponse(place.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    return answer
