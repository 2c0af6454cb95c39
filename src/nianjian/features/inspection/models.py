"""The tables of the on-site check; those of screens and test calls belong to the same Django app."""

from typing import ClassVar

from django.db import models

from nianjian.features.screens.models import ScreenLink, ScreenSource
from nianjian.features.test_calls.models import Gateway, Landing, Route, Trial
from nianjian.platform.vault.fields import SealedText


class ScreensSeen(models.Model):
    """``stand``: both screens stood there and showed live data on ``seen_on``; ``noted_by`` signs by account.

    Notes are only added: of one day the last one counts.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField()
    stand = models.BooleanField()
    noted_by = models.CharField(max_length=160)
    noted_at = models.DateTimeField()

    class Meta:
        """Asked for by enterprise, newest first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "-seen_on"], name="inspection_screens_seen")
        ]

    def __str__(self) -> str:
        return self.seen_on.isoformat()


class Visit(models.Model):
    """An inspection day of an enterprise. ``notice``: name or number of the notice (现场检查通知书), "": none came yet.

    ``agenda`` and ``posts``: lines as `states.parse_lines` reads them; sealed, for they may name people.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    notice = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=120, blank=True)
    received_on = models.DateField(null=True)
    place = models.CharField(max_length=200, blank=True)
    agenda = SealedText()
    posts = SealedText()
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        """One a day."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "day"], name="inspection_visit_once")
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class NoticeScan(models.Model):
    """A file of the notice (现场检查通知书); it goes with its day. ``sha256`` and ``size`` are of the plain content."""

    visit = models.ForeignKey("inspection.Visit", on_delete=models.CASCADE, related_name="scans")
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes
    blob = models.CharField(max_length=32)
    pages = models.PositiveIntegerField()  # 0: a format that is kept and not read (OFD)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """A content once a day."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "sha256"], name="inspection_notice_scan_once")
        ]

    def __str__(self) -> str:
        return self.sha256


class RoomItem(models.Model):
    """Something of an inspection day that the firm has released to the inspection room (检查室); ``key``: of `room`."""

    visit = models.ForeignKey("inspection.Visit", on_delete=models.CASCADE, related_name="room_items")
    key = models.CharField(max_length=60)
    released_by = models.CharField(max_length=160)
    released_at = models.DateTimeField()

    class Meta:
        """Each once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "key"], name="inspection_room_item_once")
        ]

    def __str__(self) -> str:
        return self.key


class RoomEntry(models.Model):
    """A line of the room's log: who looked at which row of the guide, or asked to be shown which original.

    ``subject``: the original that is ``asked`` for, sealed, for it may name a person; None where somebody looked.
    """

    visit = models.ForeignKey("inspection.Visit", on_delete=models.CASCADE, related_name="room_entries")
    rule = models.CharField(max_length=4)
    asked = models.BooleanField()
    subject = SealedText(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=160, blank=True)

    class Meta:
        """Asked for by visit, newest first."""

        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["visit", "-at"], name="inspection_room_entries")]

    def __str__(self) -> str:
        return self.rule


__all__ = [
    "Gateway", "Landing", "NoticeScan", "RoomEntry", "RoomItem", "Route", "ScreenLink", "ScreenSource", "ScreensSeen",
    "Trial", "Visit",
]  # fmt: skip
