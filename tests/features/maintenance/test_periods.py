"""How long a class of records is kept: the longest of its own setting and of every rule it is measured by."""

from __future__ import annotations

from datetime import date

from nianjian.engines.intake.ledger import RetentionLimits
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.maintenance.retention import first_kept_day, list_periods

TODAY = date(2026, 8, 31)


def _overlay(key: str, value: object) -> dict[str, object]:
    return {
        "key": key, "value": value, "province": None, "enterprise": None, "valid_from": date(2026, 1, 1),
        "valid_to": None, "reason": "test", "when": "2026-01-01T00:00:00",
    }  # fmt: skip


def test_every_class_has_a_period_and_the_audit_chain_has_no_end() -> None:
    found = {one.record_class: one for one in list_periods(Rulebook.on(TODAY), TODAY)}
    assert set(found) == {"calls", "rejects", "complaints", "people", "audit", "portraits"}
    assert found["calls"].since == date(2023, 8, 31)
    assert found["rejects"].since == date(2025, 8, 31)
    assert (found["audit"].since, found["audit"].rule) == (None, "retention.data_provision")
    assert (found["audit"].value, found["audit"].unit) == (3, "years")


def test_a_shorter_setting_gives_way_to_the_law() -> None:
    book = Rulebook.on(TODAY, overlays=[_overlay("retention.keep.calls", 1)])
    (calls,) = (one for one in list_periods(book, TODAY) if one.record_class == "calls")
    assert (calls.rule, calls.level) == ("retention.network_logs", "law")
    assert calls.since == date(2026, 2, 28)  # six calendar months back from 31 August, not 180 days


def test_a_longer_setting_of_an_enterprise_acts() -> None:
    book = Rulebook.on(TODAY, overlays=[_overlay("retention.keep.rejects", 60)])
    (rejects,) = (one for one in list_periods(book, TODAY) if one.record_class == "rejects")
    assert (rejects.rule, rejects.since) == ("retention.keep.rejects", date(2021, 8, 31))


def test_days_are_counted_as_days() -> None:
    assert first_kept_day(Rulebook.on(TODAY).rule("retention.outbound_consented"), TODAY) == date(2026, 8, 1)


def test_calls_go_by_whole_months_and_rejects_by_their_import() -> None:
    limits = RetentionLimits("2026-03", date(2026, 3, 15))
    assert limits.over("part=2026-02/B202601011200001234-abc-1.parquet", "2026-02")
    assert not limits.over("part=2026-03/B202001011200001234-abc-1.parquet", "2026-03")
    assert limits.over("part=rejected/B202603142359591234-abc-0.parquet", "rejected")
    assert not limits.over("part=rejected/B202603150000001234-abc-0.parquet", "rejected")
    assert not limits.over("part=rejected/other.parquet", "rejected")
    assert not limits.over("part=__HIVE_DEFAULT_PARTITION__/x.parquet", "__HIVE_DEFAULT_PARTITION__")
