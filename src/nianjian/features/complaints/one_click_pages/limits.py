"""How often strangers may complain: by network address and by the number they name, counted in the shared cache.

One count holds over threads, processes and machines, as that of the sign-in page. What is kept is a digest and times.
"""

from __future__ import annotations

from typing import Final

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from nianjian.features.complaints.operations.one_click import limits

APP: Final = "one_click"


def allowed(request: HttpRequest, enterprise: str, complainant: str) -> bool:
    """Count one complaint; False if there were more than the rulebook lets through, of whichever kind."""
    most = limits(enterprise)
    rates = {"address": f"{most.address}/h/ip", "number": f"{most.number}/d/key"}
    key = salted_hmac(APP, f"{enterprise}\n{complainant}", settings.SECRET_KEY, algorithm="sha256").hexdigest()
    for action, more in (("address", None), ("number", key)):
        if ratelimit.consume(request, app=APP, action=action, config=rates, key=more) is None:
            return False
    return True
