"""`dossier check` from the shell: with an enterprise the paper is held against what the registers know of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nianjian.doors.cli.main import main
from nianjian.features.dossier.generated.document import Document, pdf

pytestmark = pytest.mark.django_db
OTHER = "杭州云桥通信技术有限公司"


@pytest.mark.long
@pytest.mark.usefixtures("anna")
def test_another_firms_licence_is_told_where_the_enterprise_is_named(
    demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = (("统一社会信用代码", "91110000600037341L"), ("名称", OTHER), ("法定代表人", "刘垚"))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(Document("business_licence", "营业执照", facts, "")))
    words = ["dossier", "check", str(path), "--item", "business_licence", "--json"]

    def codes(*more: str) -> set[str]:
        assert main([*words, *more]) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["fields"]["name"] == OTHER
        return {one["code"] for one in told["findings"]}

    assert "field_differs" not in codes()
    assert "field_differs" in codes("--enterprise", demo, "--season", "2026")
    assert main([*words, "--enterprise", "nobody"]) == 2
