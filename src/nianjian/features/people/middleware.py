"""How long a session holds: 12 hours without use, 7 days in all; an inspector's as long as its link."""

from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from nianjian.engines.kernel import clock
from nianjian.platform.accounts import links
from nianjian.platform.home.http import Middleware
from nianjian.platform.web.access import INSPECTION

IDLE: Final = 12 * 3600  # seconds
WHOLE: Final = 7 * 24 * 3600
STEP: Final = 600  # a session in use is written down again only so often
BEGAN: Final = "nianjian_began"
SEEN: Final = "nianjian_seen"
UNATTENDED: Final = "X-Nianjian-Unattended"  # says a page that fetches itself anew: nobody uses it by that
REASON: Final = "nianjian.reason"  # in a request's META: why the session is being ended, for the audit entry


class Limits(Middleware):
    """Middleware: ends what has become too old before any page is asked."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, as nobody if the session is over."""
        if not request.path.startswith("/static/") and request.user.is_authenticated:  # a file of every page is no use
            reason = session_end(request)
            if reason:
                request.META[REASON] = reason
                logout(request)
            elif UNATTENDED not in request.headers:
                now = clock.now().timestamp()
                if now - request.session.get(SEEN, 0) > STEP:
                    request.session[SEEN] = now  # changed, so it is saved and its 12 hours begin anew
                    UserSession.objects.create_from_request(request)
        return self.get_response(request)


def session_end(request: HttpRequest) -> str:
    """Return why the session has ended: ``age``, ``revoked``, or "" if it holds."""
    if clock.now().timestamp() - request.session.get(BEGAN, 0) > WHOLE:
        return "age"
    link = request.session.get(INSPECTION)
    return "revoked" if link and links.find_inspection_end(link) is None else ""
