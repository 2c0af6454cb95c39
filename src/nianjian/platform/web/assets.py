"""The files that every page loads: one style sheet and the scripts, under addresses that change with their content."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import django_htmx
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from nianjian.engines import paper
from nianjian.platform.web.access import public

FOLDER: Final = Path(paper.__file__).parent / "assets"  # the style sheets are shared with paper
#: In the cascade's order; what is made for paper comes last.
SHEETS: Final = (
    "tokens", "frame", "parts", "layout", "pages", "overview", "portrait", "season", "complaints", "inspection",
    "callback", "settings", "print",
)  # fmt: skip
MEDIA: Final = "text/javascript; charset=utf-8"
STYLE: Final = "desk.css"
SCRIPTS: Final = {
    **{name: FOLDER / name for name in ("nianjian.js", "passkeys.js")},
    "htmx.js": Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js",
}
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it travels, and the part of its address that its content decides."""

    plain: bytes
    packed: bytes
    media: str
    digest: str


@lru_cache
def load_asset(name: str) -> Asset:
    """Read it once; ``KeyError`` for a name that is none of these."""
    if name == STYLE:
        plain, media = "".join((FOLDER / f"{one}.css").read_text("utf-8") for one in SHEETS).encode(), "text/css"
    else:
        plain, media = SCRIPTS[name].read_bytes(), MEDIA
    return Asset(plain, gzip.compress(plain, mtime=0), media, hashlib.sha256(plain).hexdigest()[:12])


def address(name: str) -> str:
    """Return the address at which the file stays for ever as it is now."""
    return f"/static/{load_asset(name).digest}/{name}"


@require_safe
@public
def serve_asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """Answer with the file; 404 for one of another version."""
    if name != STYLE and name not in SCRIPTS:
        raise Http404
    asset = load_asset(name)
    if digest != asset.digest:
        raise Http404
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {})
    return HttpResponse(asset.packed if packed else asset.plain, content_type=asset.media, headers=headers)
