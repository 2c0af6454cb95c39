"""The web server: waitress in front of Django, WhiteNoise for style sheets and scripts."""

import resource
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import django_htmx
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext, override
from whitenoise import WhiteNoise

from nianjian.doors.site.connections import create_server
from nianjian.engines import paper
from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import FIRST_DAY
from nianjian.platform.home import http
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web.policy import HEADERS

STATIC: Final = Path(paper.__file__).parent / "assets"  # the style sheets are shared with paper
HTMX: Final = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
THREADS: Final = 4
FILES: Final = 65_536  # as the units of systemd allow
# Waitress drops what a proxy says unless it trusts the proxy; only one on this machine is trusted, and only with this.
PROXY: Final[dict[str, Any]] = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"},
}


def _policy(headers: object, path: str, url: str) -> None:
    """Give static files the same policy headers as pages; WhiteNoise calls this for each file."""
    del path, url
    for name, value in HEADERS.items():
        if name != "Cache-Control":
            headers[name] = value  # type: ignore[index]


def application() -> WhiteNoise:
    """Build the WSGI application; settings must be ready."""
    app = WhiteNoise(
        get_wsgi_application(),
        root=STATIC,
        prefix="static/",
        add_headers_function=_policy,
        allow_all_origins=False,
    )
    app.add_file_to_dictionary("/static/htmx.min.js", str(HTMX))
    return app


def warm() -> None:
    """Load what every page needs, before the first one is asked for: views, templates, the rulebook, both languages."""
    reverse("overview", args=["x"])
    for folder in map(Path, engines["django"].dirs):
        for template in folder.rglob("*.html"):
            get_template(template.relative_to(folder).as_posix())
    rulebook(day=max(clock.today(), FIRST_DAY), province=None, enterprise=None)
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext(language)


def _allow_files() -> None:
    """Let the process have as many files as it is allowed: a connection holds one, and a second for a large body."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # a sandbox may forbid it
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, FILES), hard))


def serve(host: str, port: int, *, ready: Callable[[], None]) -> None:
    """Serve until interrupted; ``ready`` is called once the port is open."""
    warm()
    proxy_args = PROXY if settings.SECURE_PROXY_SSL_HEADER else {}
    _allow_files()
    server = create_server(
        application(),
        http.read_limits(),
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=http.largest_body(),
        **proxy_args,
    )
    ready()
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
