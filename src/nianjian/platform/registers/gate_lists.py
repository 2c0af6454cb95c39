"""Lists of numbers too long for the database: what was built for the gate, from which file, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record


class GateList(models.Model):
    """In use until ``superseded_at``. ``kind`` do-not-call | consents; ``sha256`` names its file in the snapshot."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes
    entries = models.BigIntegerField()
    purposes: models.JSONField[Any, Any] = models.JSONField()  # names of the purpose numbers, the first is ""
    words = models.CharField(max_length=64, default="")  # sha256 of the purposes and words it was read by; "": unknown
    file = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    recorded_by = models.CharField(max_length=160)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """One list of a kind in use."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=models.Q(superseded_at=None), name="registers_gatelist_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file} {self.entries}"


def list_gate_lists(enterprise: str | None = None) -> list[GateList]:
    """The lists in use of one enterprise, or of all, by enterprise and kind."""
    of_one = {} if enterprise is None else {"enterprise_id": enterprise}
    return list(GateList.objects.filter(superseded_at=None, **of_one).order_by("enterprise_id", "kind"))


@dataclass(frozen=True, slots=True)
class BuiltList:
    """A list that stands in the snapshot's folder, and the file that it was made from."""

    kind: str
    sha256: str
    size: int
    entries: int
    purposes: Sequence[str]
    words: str
    file: str
    file_sha256: str
    rejected: int


def use_gate_list(*, enterprise: str, built: BuiltList, actor: Actor) -> GateList:
    """Take a list into use; one transaction, one audit entry with both hashes."""
    with transaction.atomic():
        now = clock.now()
        GateList.objects.filter(enterprise_id=enterprise, kind=built.kind, superseded_at=None).update(superseded_at=now)
        values = {name: value for name, value in asdict(built).items() if name != "rejected"}
        row = GateList.objects.create(enterprise_id=enterprise, recorded_by=str(actor), recorded_at=now, **values)
        names = ("kind", "file", "file_sha256", "sha256", "entries", "rejected", "words")
        data = {name: getattr(built, name) for name in names}
        record(verb="gate.list", enterprise=enterprise, actor=actor, data=data)
    return row
