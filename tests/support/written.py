"""Rows as people have left them: licences that report, and values of their own that two persons approved."""

from datetime import date
from typing import Any
from uuid import uuid4

from nianjian.engines.kernel import clock
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.overlays import Overlay


def licences(enterprise: str, *numbers: str, issued: date = date(2020, 1, 1)) -> None:
    """Licences of one day."""
    for number in numbers:
        Licence(
            enterprise_id=enterprise, key=number, number=number, issued_on=issued, valid_from=issued,
            recorded_at=clock.now(), recorded_by="os:root",
        ).save()  # fmt: skip


def overlay(key: str, value: object, since: date, enterprise: str = "demo", **more: Any) -> None:
    """A value in force, also of a rule that can no longer be overlaid: such rows are in old databases."""
    Overlay(
        id=uuid4().hex, key=key, value=value, enterprise=enterprise, valid_from=since, reason="自定",
        proposed_by="user:anna", proposed_at=clock.now(), approval="A1", approved_by="user:bo",
        approved_at=clock.now(), **more,
    ).save(force_insert=True)  # fmt: skip
