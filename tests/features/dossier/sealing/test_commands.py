"""Signed papers at the shell: kept, listed, given back as they came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.features.dossier.sealing.conftest import YEAR
from tests.support import certificates
from tests.support.paper_scans import a4

from nianjian.doors.cli.main import main

pytestmark = pytest.mark.django_db


def test_a_signed_paper_is_kept_listed_and_fetched(
    demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["dossier", "signature", *words, "--enterprise", demo, "--season", str(YEAR), "--json"])
        return code, json.loads(capsys.readouterr().out)

    file, back = tmp_path / "章程.pdf", tmp_path / "back.pdf"
    assert told("add", str(file), "--item", "articles")[1]["error"]["code"] == "file_missing"
    file.write_bytes(certificates.signed(a4(7)))
    code, kept = told("add", str(file), "--item", "articles")
    assert (code, kept["standing"], kept["signatures"][0]["subject"]) == (0, "unknown", "示例科技有限公司")
    assert [one["sha256"] for one in told("list")[1]["papers"]] == [kept["sha256"]]
    number = str(kept["paper"])
    assert told("fetch", "--paper", number, "--output", str(back))[0] == 0
    assert back.read_bytes() == file.read_bytes()
    code, refused = told("fetch", "--paper", number, "--output", str(back))
    assert (code, refused["error"]["code"]) == (2, "signed_file_exists"), "no file is written over"
    assert (
        told("fetch", "--paper", "99999", "--output", str(tmp_path / "no.pdf"))[1]["error"]["code"]
        == "signed_paper_unknown"
    )
