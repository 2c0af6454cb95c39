"""What a person has typed into a form and not sent yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


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
