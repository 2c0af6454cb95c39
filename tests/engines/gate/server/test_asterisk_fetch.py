"""How the real Asterisk is fetched: what cannot be had is a skip, a fault of ours fails where all is required."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.support import asterisk

APT = """#!/bin/sh
case "$*" in
  indextargets*) (. /etc/os-release; echo "$VERSION_CODENAME http://127.0.0.1:9/debian");;
  *update*) exit {update};;
  *download*) test {download} = 0 && touch one.deb; exit {download};;
esac
"""


def fetched(folder: Path, *, update: int = 0, download: int = 0, unpack: int = 0) -> int:
    """How the script ends when apt-get and dpkg end like this."""
    tools = folder / "tools"
    tools.mkdir()
    for name, text in (
        ("apt-get", APT.format(update=update, download=download)),
        ("dpkg", f"#!/bin/sh\nexit {unpack}\n"),
    ):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    script = asterisk.HERE / "asterisk_fetch.sh"
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    command = ["/bin/sh", "-e", str(script), str(folder / "out"), "asterisk=1"]
    return subprocess.run(command, check=False, env=environment, capture_output=True).returncode


@pytest.mark.parametrize("how", [{"update": 100}, {"download": 100}])
def test_an_archive_that_cannot_be_had_is_told_apart(how: dict[str, int], tmp_path: Path) -> None:
    assert fetched(tmp_path, **how) == asterisk.UNREACHED


@pytest.mark.parametrize("how", [{"unpack": 2}, {"unpack": 0}], ids=["not unpacked", "nothing in it"])
def test_what_cannot_be_unpacked_or_started_is_a_fault(how: dict[str, int], tmp_path: Path) -> None:
    assert fetched(tmp_path, **how) not in {0, asterisk.UNREACHED}


def test_a_fault_fails_where_all_is_required_and_a_missing_archive_never(monkeypatch: pytest.MonkeyPatch) -> None:
    for required in ("0", "1"):
        monkeypatch.setenv("NIANJIAN_REQUIRE_SERVICES", required)
        with pytest.raises(pytest.skip.Exception, match="cannot be had"):
            asterisk.missing(asterisk.UNREACHED)
        with pytest.raises(pytest.fail.Exception if required == "1" else pytest.skip.Exception, match="ended with 2"):
            asterisk.missing(2)
