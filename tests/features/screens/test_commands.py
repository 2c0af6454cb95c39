"""The sources of the screens at the shell, in a home that keeps them from one call to the next."""

from pathlib import Path

from tests.support.fixtures import Shell
from tests.support.switch_files import asterisk_row

HOUSE = ("--enterprise", "demo")


def test_a_source_is_added_tested_changed_and_removed(cli: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "switch"
    folder.mkdir()
    allowed = {"NIANJIAN_LIVE_FOLDERS": f"demo={folder}", "NIANJIAN_LIVE_HOSTS": "demo=127.0.0.1"}
    (tmp_path / "word").write_text("geheim-7\n")
    options = ("--name", "pbx", "--kind", "ami", "--place", "127.0.0.1:1", "--user", "u")
    added = cli("screens", "add", *options, "--secret-file", str(tmp_path / "word"), *HOUSE, "--json", **allowed)
    assert added.code == 0, added
    key = added.json["source"]
    assert (added.json["secret"], added.json["state"]) == (True, "stale")
    refused = cli("screens", "test", key, *HOUSE, **allowed)
    assert (refused.code, "127.0.0.1:1 没有程序在监听" in refused.err) == (2, True)
    (folder / "Master.csv").write_text(asterisk_row(1))
    options = ("--name", "pbx", "--kind", "asterisk", "--place", "Master.csv")
    changed = cli("screens", "change", key, *options, *HOUSE, "--json", **allowed)
    assert (changed.json["kind"], changed.json["secret"]) == ("asterisk", False)
    assert "已读 1 行，其中今日已结束的通话 1 个" in cli("screens", "test", key, *HOUSE, **allowed).out
    assert key in cli("screens", "list", *HOUSE, **allowed).out
    assert cli("screens", "remove", key, *HOUSE, "--json").json == {"source": key}
    assert cli("screens", "list", *HOUSE, "--json").json == {"sources": []}
