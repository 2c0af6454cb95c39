"""The mail server that reminders leave by, as an administrator has set it on a page."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.notifications.models import MailServer

ONLY: Final = 1  # key of the one row
MODES: Final = ("ssl", "starttls", "insecure")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """``mode``: how the connection is encrypted; ``password`` "": the present one stays."""

    host: str
    port: int
    mode: str
    user: str
    password: str
    sender: str


def find_mail_server() -> MailServer | None:
    """The server that is set, None: none on a page."""
    return MailServer.objects.filter(pk=ONLY).first()


def save_mail_server(*, settings: MailSettings, actor: Actor) -> MailServer:
    """Set the server; the audit entry holds neither user nor password. The caller has checked who may."""
    with transaction.atomic():
        row = find_mail_server() or MailServer(pk=ONLY)
        row.host, row.port, row.mode = settings.host, settings.port, settings.mode
        row.user, row.sender = settings.user, settings.sender
        row.password = settings.password or row.password
        row.changed_by, row.changed_at = str(actor), clock.now()
        row.save()
        record(verb="mail.set", enterprise="", actor=actor, data={"host": row.host, "port": row.port})
    return row


def remove_mail_server(*, actor: Actor) -> None:
    """Set no server; what the environment names counts again."""
    with transaction.atomic():
        if MailServer.objects.filter(pk=ONLY).delete()[0]:
            record(verb="mail.removed", enterprise="", actor=actor, data={})


def get_mail_address() -> str:
    """The Apprise address of the server that is set, ""."""
    row = find_mail_server()
    if row is None:
        return ""
    scheme = "mailto" if row.mode == "insecure" else "mailtos"
    login = f"{quote(row.user, safe='')}:{quote(row.password or '', safe='')}@" if row.user else ""
    more = urlencode({"mode": row.mode, "from": row.sender, "smtp": row.host})
    return f"{scheme}://{login}{row.host}:{row.port}?{more}"
