"""The files of `deploy` name real settings and commands, and keep the program shut in."""

import argparse
import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from nianjian.doors.cli.main import VERBS, load_verb
from nianjian.platform.home.env import DEFAULTS, SETTINGS

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE_ONLY = {"NIANJIAN_TLS_PORT"}  # read by compose, not by the program
CLOSED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "RestrictNamespaces": "yes", "CapabilityBoundingSet": "", "UMask": "0077",
}  # fmt: skip


def _unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


def _compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return document


def test_every_setting_that_is_named_exists() -> None:
    setting_names = {one.name for one in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS} | COMPOSE_ONLY
    mentions = {
        (name, path.name)
        for path in DEPLOY.rglob("*")
        if path.is_file()
        for name in re.findall(r"\bNIANJIAN_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    assert {one for one in mentions if one[0] not in setting_names} == set()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_shut_in_and_runs_a_verb(path: Path) -> None:
    service = _unit(path)["Service"]
    assert {name: service.get(name) for name in CLOSED} == CLOSED
    assert service["User"] == "nianjian"
    assert shlex.split(service["ExecStart"])[1] in VERBS


def _read(name: str, words: list[str]) -> argparse.Namespace:
    """A command as the program takes it apart."""
    parser = argparse.ArgumentParser()
    load_verb(name).configure(parser)
    assert words[0] == name
    return parser.parse_args(words[1:])


def test_only_one_of_a_homes_units_and_containers_is_the_gate() -> None:
    """A second gate over the same counters would be refused, and the switches would ask one that is not there."""
    pages = shlex.split(_unit(DEPLOY / "systemd" / "nianjian.service")["Service"]["ExecStart"])
    gate = shlex.split(_unit(DEPLOY / "systemd" / "nianjian-gate.service")["Service"]["ExecStart"])
    services = _compose()["services"]
    for page, other in ((pages[1:], gate[1:]), (services["app"]["command"], services["gate"]["command"])):
        assert _read("serve", page).no_gate
        args = _read("gate", other)
        assert (args.no_feed, args.listen.rpartition(":")[2], args.fastagi) == (False, "18431", 18433)
    assert services["app"]["environment"]["NIANJIAN_GATE_URL"].endswith(":18431")


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.timer")), ids=lambda path: path.name)
def test_a_timer_has_its_service(path: Path) -> None:
    assert path.with_suffix(".service").exists()
    assert _unit(path)["Timer"]["OnCalendar"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is missing")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    program = tmp_path / "nianjian"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in [*UNITS, *(DEPLOY / "systemd").glob("*.timer")]:
        text = path.read_text(encoding="utf-8").replace("/opt/nianjian/bin/nianjian", str(program))
        (tmp_path / path.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.glob("nianjian*.*"))
    done = subprocess.run(
        [str(shutil.which("systemd-analyze")), "verify", "--man=no", "--recursive-errors=no", *units],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "nianjian" in line and "Failed to" not in line]
    assert ours == []


def test_the_image_has_a_user_and_keeps_keys_apart() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    home, keys = (re.search(rf"{name}=(\S+)", text) for name in ("NIANJIAN_HOME", "NIANJIAN_KEYS"))
    assert home is not None
    assert keys is not None
    assert not Path(keys[1]).is_relative_to(home[1])


@pytest.mark.parametrize("name", ["app", "gate"])
def test_the_container_cannot_write_its_root(name: str) -> None:
    app = _compose()["services"][name]
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert {mount.split(":")[0] for mount in app["volumes"]} <= set(_compose()["volumes"])
    assert all(port.startswith(("127.0.0.1:", "${NIANJIAN_TLS_PORT:-127.0.0.1")) for port in app["ports"])
    assert set(app["secrets"]) <= set(_compose()["secrets"])
    assert _compose()["services"]["proxy"]["network_mode"] == "service:app"
    assert _compose()["networks"]["inside"]["internal"] is True


def test_the_proxy_lets_the_programs_own_limit_decide_and_keeps_nothing_on_a_disk() -> None:
    text = (DEPLOY / "nginx" / "nianjian.conf").read_text(encoding="utf-8")
    lets = re.search(r"client_max_body_size (\d+)m;", text)
    assert lets is not None
    assert int(lets[1]) > int(DEFAULTS["NIANJIAN_UPLOAD_MIB"])  # the form around the file
    assert "proxy_request_buffering off;" in text
    place = re.search(r"client_body_temp_path (\S+);", text)
    assert place is not None
    assert Path(place[1]).parent == Path("/run")
    assert "/run" in _compose()["services"]["proxy"]["tmpfs"]
