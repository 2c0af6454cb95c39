"""Ctrl-C: one true sentence, one JSON object, exit code 130."""

import json
from typing import NoReturn

import pytest

from nianjian.doors.cli import main


@pytest.mark.parametrize("words", [["calls", "list"], ["calls", "list", "--json"]])
def test_an_interrupt_claims_nothing_that_is_not_so(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_given: object, **_named: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_answer", stopped)
    assert main.main(words) == 130
    said = capsys.readouterr()
    if "--json" in words:
        assert json.loads(said.out)["error"]["code"] == "interrupted"
    else:
        assert "applied completely or not at all" in said.err
        assert said.out == ""
    assert "nothing was changed" not in said.err
