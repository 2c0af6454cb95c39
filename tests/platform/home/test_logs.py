"""No telephone or identity number gets into a log line, whichever way it comes there."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest

from nianjian.platform.home import logs

NUMBERS = (
    "13800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000", "8613800138000", "008613800138000",
    "021-62345678", "02162345678", "0571 8765 4321", "(010)62345678", "+442071234567",
    "11010519491231002X", "110105194912310021", "11010519491231002x",
)  # fmt: skip
HARMLESS = (
    "B20261125192320a851", "2026-11-25T19:29:00+00:00", "95013", "job 01JD3 took 1380013 ms", "version 2026.11.6",
    "af762b9f6d33bd7728e306609a32bd43f7ac647919f183218cdbf3accdf5ff02", "127.0.0.1:54321", "batch of 2000000 rows",
)  # fmt: skip


def _quoting(row: str) -> None:
    """Raise as a database does, with the row in the message."""
    message = f"Key (number)=({row}) already exists"
    raise ValueError(message)


@pytest.fixture(params=["json", "text"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the handler writes, in one of the two forms."""
    stream = io.StringIO()
    config: dict[str, Any] = dict(logs.settings(request.param))
    config["handlers"]["stderr"]["stream"] = stream
    logger = logging.getLogger("nianjian")
    before = (logger.handlers[:], logger.level, logger.propagate)
    logging.config.dictConfig({**config, "loggers": {"nianjian": config["loggers"]["nianjian"]}})
    yield stream
    logger.handlers[:], logger.level, logger.propagate = before


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_hidden_wherever_it_stands(lines: io.StringIO, number: str) -> None:
    log = logging.getLogger("nianjian.anything")
    log.info("row of %s, %r", number, {"caller": number, number: [number]})
    log.warning(f"来电{number}。" if number[0] != "+" else f"来电 {number}。")
    try:
        _quoting(number)
    except ValueError:
        log.exception("broke at %s", number)
    output = lines.getvalue()
    digits = "".join(sign for sign in number if sign.isdigit())[-8:]
    assert digits not in "".join(sign for sign in output if sign not in " -")
    assert output.count("***") >= 4
    assert "already exists" not in output
    assert "ValueError" in output
    assert "test_logs.py" in output  # where it broke is told


def test_whole_numbers_are_looked_at_as_well(lines: io.StringIO) -> None:
    logging.getLogger("nianjian.x").info("called %s", 13800138000)
    assert "13800138000" not in lines.getvalue()
    assert logs.scrubbed({"n": [13800138000, 42, True, None, 1.5]}) == {"n": ["***", 42, True, None, 1.5]}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    assert logs.scrubbed(text) == text


def test_a_line_is_an_object_with_its_own_fields_only() -> None:
    stream = io.StringIO()
    config: dict[str, Any] = dict(logs.settings("json"))
    options = config["formatters"]["house"]
    formatter = options.pop("()")(**options)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    values = {"method": "GET", "route": "/e/<str:code>/", "status": 200, "ms": 3.5, "body": "张三"}
    record = logging.getLogger("nianjian.requests").makeRecord(
        "nianjian.requests", logging.INFO, __file__, 1, "request", (), None, extra=values
    )
    handler.handle(record)
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request", "level": "info", "logger": "nianjian.requests", "method": "GET",
        "route": "/e/<str:code>/", "status": 200, "ms": 3.5,
    }  # fmt: skip
