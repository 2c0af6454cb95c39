"""Where a switch posts its call records (mod_json_cdr): it says who it is, no session and no script takes part."""

from __future__ import annotations

import base64
import binascii
import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens.operations import post
from nianjian.platform.home.http import reads_form_itself
from nianjian.platform.web.access import public

LOG: Final = logging.getLogger(__name__)
TOO_LARGE: Final = 413
UNAVAILABLE: Final = 503
STATUS: Final = {"live_post_refused": 401, "live_post_unreadable": 400}
SCHEME: Final = "basic"


@csrf_exempt
@require_POST
@reads_form_itself
@public
@sensitive_variables()
def record(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Answer 200 once the record is kept, for good; the switch tries again after any other answer, or keeps it."""
    try:
        folder = post.admitted(enterprise=code, name=name, credentials=_credentials(request))
        if int(request.META.get("CONTENT_LENGTH") or 0) > post.MOST:
            return _said("too large", TOO_LARGE)
        known = not post.take(folder, request.read(post.MOST))
    except NianjianError as error:
        return _said(error.code, STATUS.get(error.code, UNAVAILABLE))
    except OSError:
        LOG.exception("a posted record could not be kept")
        return _said("not kept", UNAVAILABLE)
    return _said("known" if known else "kept", 200)


def _credentials(request: HttpRequest) -> str:
    """``USER:SECRET`` of HTTP's basic scheme, "" for none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME:
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _said(word: str, status: int) -> HttpResponse:
    answer = HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == STATUS["live_post_refused"]:
        answer.headers["WWW-Authenticate"] = 'Basic realm="nianjian", charset="UTF-8"'
    return answer


urlpatterns = [path("<str:code>/<str:name>/cdr", record, name="screens-posted")]
