"""Delete the files of a table that only older versions name: those versions cannot be read any more."""

from __future__ import annotations

from nianjian.lake.tables import Lake, ever_named


def vacuum(lake: Lake, table: str) -> int:
    """Keep the newest version's files alone; the number of files deleted. Hold the lake's lock."""
    folder = lake.path(table)
    if not folder.is_dir():
        return 0
    standing = {old.path for old in lake.old_files(table)}
    gone = [folder / name for name in sorted(ever_named(folder) - standing) if (folder / name).exists()]
    for path in gone:
        path.unlink()
    return len(gone)


def forget(lake: Lake, table: str, *, now_ms: int) -> None:
    """Empty a rollup and delete all its files; whoever needs it next builds it anew. Hold the lake's lock."""
    if old := lake.old_files(table):
        lake.commit(table, remove=old, metadata={"act": "forget"}, now_ms=now_ms)
    vacuum(lake, table)
