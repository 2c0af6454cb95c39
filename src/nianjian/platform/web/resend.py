"""Forms that arrived and could not be taken: the session was over, or the page too old.

The fields wait in the browser's session, sealed, until the same person has signed in there again; that person then
sends them with a fresh token by a click. A form says by a signed mark who wrote it, so nobody sends another's.
"""

import base64
import json
import re
import secrets
from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.memo import per_request
from nianjian.platform.home.http import FORMS, PENDING_BODY, READS_FORM, has_files
from nianjian.platform.vault import keyring

WRITER: Final = "writer"  # the form's field for who wrote it
TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105 -- the name of Django's field
WAITING: Final = "nianjian_waiting_form"  # in a session
SECONDS: Final = 3600
LONGEST: Final = 64 << 10  # characters of all fields
_SALT: Final = "nianjian.writer"
_SECRET: Final = re.compile(r"(?i)pass|secret|token|credential|otp")
_CONTEXT: Final = b"nianjian.waiting_form"


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """A form that was not taken: where it goes, its fields in their order, who wrote it, the page it was on."""

    id: str
    address: str
    fields: list[tuple[str, str]]
    writer: str
    back: str

    @property
    def texts(self) -> list[str]:
        """What was typed, for the person to look at; short codes are choices of the page."""
        return [value for _name, value in self.fields if len(value) >= 8 or not value.isascii()]  # noqa: PLR2004 -- as said


def identify_writer(name: str) -> str:
    """Return what stands for a person in a page: tells no login, and differs between two people."""
    return salted_hmac(_SALT, name).hexdigest()[:16]


@per_request
def sign_writer(name: str) -> str:
    """Return the mark of a form that this person writes."""
    return signing.Signer(salt=_SALT).sign(identify_writer(name))


def read_form(request: HttpRequest) -> WaitingForm | None:
    """Return the form that a request brings; None for files, secrets, too much, and what no page of this site sent."""
    view = getattr(request.resolver_match, "func", None)
    if request.method != "POST" or request.content_type not in FORMS or PENDING_BODY in request.META:
        return None
    if hasattr(view, READS_FORM) or has_files(request) or not _is_from_here(request):
        return None
    try:
        writer = signing.Signer(salt=_SALT).unsign(request.POST.get(WRITER, ""))
    except signing.BadSignature:
        return None
    fields = [
        (name, str(value)) for name, values in request.POST.lists() if name not in {TOKEN, WRITER} for value in values
    ]
    secret = any(value and (_SECRET.search(name) or "-----BEGIN" in value) for name, value in fields)
    if secret or sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return None
    back = find_page_address(request, request.headers.get("Referer", "")) or "/"
    return WaitingForm(secrets.token_hex(8), request.get_full_path(), fields, writer, back)


def keep_form(request: HttpRequest) -> bool:
    """Let the form of a request wait in the session until its writer has signed in; whether there is one to keep."""
    form = read_form(request)
    if form is None:
        return False
    text = json.dumps([form.id, form.address, form.fields, form.writer, form.back])
    sealed = base64.b64encode(keyring.current().encrypt(text.encode(), _CONTEXT)).decode("ascii")
    request.session[WAITING] = [clock.now().timestamp() + SECONDS, sealed]
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)
    return True


def find_form(request: HttpRequest, name: str) -> WaitingForm | None:
    """Return the form that waits for this person; one that is too old or another's is dropped."""
    until, sealed = request.session.get(WAITING, (0, ""))
    if not sealed:
        return None
    text = keyring.decrypt(base64.b64decode(sealed), _CONTEXT).decode()
    id_, address, fields, writer, back = json.loads(text)
    if clock.now().timestamp() > until or writer != identify_writer(name):
        drop_form(request)
        return None
    return WaitingForm(id_, address, [(field, value) for field, value in fields], writer, back)


def drop_form(request: HttpRequest) -> None:
    """Let nothing wait any more."""
    request.session.pop(WAITING, None)


def claim_form(request: HttpRequest, form: WaitingForm) -> bool:
    """Take the form out of the session; False where another click was faster, so that it is sent once."""
    drop_form(request)
    return bool(cache.add(f"resend:{form.id}", "", SECONDS))


def find_page_address(request: HttpRequest, address: str) -> str:
    """Return the address if it leads to a page of this site, without its host; else ""."""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return ""
    return "/" + address.split("://", 1)[-1].partition("/")[2].partition("#")[0] if "://" in address else address


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it; without a word of it, no."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(origin) and url_has_allowed_host_and_scheme(origin, allowed_hosts={request.get_host()})
