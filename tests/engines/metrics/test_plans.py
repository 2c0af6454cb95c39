"""Plans of a portrait: the next one that asks the same is answered by the SQL of the last."""

from pathlib import Path

from tests.support.sample_portrait import portrait

from nianjian.engines.lake import duckdb_engine


def test_a_second_portrait_of_the_same_year_compiles_nothing(tmp_path: Path) -> None:
    first = portrait(tmp_path / "first")
    compiled = duckdb_engine._compile.cache_info().misses
    assert portrait(tmp_path / "second", "other") == {**first, "enterprise": "other"}
    assert duckdb_engine._compile.cache_info().misses == compiled
