"""The policy headers that every answer carries."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from nianjian.platform.home.http import Middleware

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class PolicyHeaders(Middleware):
    """Middleware: pages load and run nothing from elsewhere and nothing inline, stand in no frame and no cache."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers added; a page that set one of them keeps its own."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
