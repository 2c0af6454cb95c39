"""Drafts of forms on the server: stored while a person types, gone once the form was sent or after a week.

They are sealed, bounded in size and number, and no record: nothing is audited, since nothing has been said yet.
"""

import hashlib
from datetime import timedelta
from typing import ClassVar, Final

from django.db import models, transaction
from django.db.models import Q

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.vault.fields import SealedText

LONGEST: Final = 32 << 10  # bytes of a draft
MOST: Final = 20  # of a person; the oldest goes
AGE: Final = timedelta(days=7)


class FormDraft(models.Model):
    """The changed fields of one form, as the browser stores them; ``form``: sha256 of its page's address and itself."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=64)
    fields = SealedText()
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        """One a form."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "form"], name="web_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.form[:8]}"


def save_draft(*, user: str, form: str, fields: str) -> None:
    """Store what was typed into a form; nothing typed deletes it. ``api_too_large``."""
    if len(fields.encode()) > LONGEST:
        raise NianjianError("api_too_large")
    rows = FormDraft.objects.filter(user_id=user)
    with transaction.atomic():
        if not fields:
            rows.filter(form=_digest(form)).delete()
            return
        stored = {"fields": fields, "saved_at": clock.now()}
        FormDraft.objects.update_or_create(user_id=user, form=_digest(form), defaults=stored)
        surplus = rows.order_by("-saved_at", "-pk").values_list("pk", flat=True)[MOST:]
        FormDraft.objects.filter(pk__in=list(surplus)).delete()


def find_draft(user: str, form: str) -> FormDraft | None:
    """The draft of a form, if there is one that is not too old."""
    return FormDraft.objects.filter(user_id=user, form=_digest(form), saved_at__gt=clock.now() - AGE).first()


def delete_expired_drafts() -> None:
    """Delete what is too old, and the drafts of people whose account is closed."""
    FormDraft.objects.filter(Q(saved_at__lte=clock.now() - AGE) | Q(user__is_active=False)).delete()


def _digest(form: str) -> str:
    return hashlib.sha256(form.encode()).hexdigest()
