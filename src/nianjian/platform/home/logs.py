"""Log lines for machines (JSON) or people (text), on stderr, without personal data.

Numbers of telephones and identity cards are replaced wherever they stand; of an exception the type and the places in
the code are written, never its message, which may quote a row. Names cannot be recognised: no code logs content.
"""

import logging
import re
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

HIDDEN: Final = "***"
# No digit or Latin letter may stand beside: ids of batches and jobs, hashes and moments are none of these.
PERSONAL: Final = re.compile(
    r"""(?<![A-Za-z0-9_.])(?:
        \d{17}[\dXx] | \d{15}                                    # identity card, of the old form too
      | (?:(?:\+|00)?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}        # mobile, in groups or not
      | (?:(?:\+|00)86[\s-]?)?\(?0?(?:10|2\d|[3-9]\d{2})\)?[\s-]?[2-9]\d{2,3}[\s-]?\d{4}  # landline with area code
      | \+\d{7,15}                                               # any number in international form
    )(?![A-Za-z0-9_])""",
    re.VERBOSE,
)
EXTRA: Final = frozenset({"method", "route", "status", "ms"})  # the only further fields a line may have


def scrubbed(value: object) -> object:
    """The value with personal numbers hidden, at any depth; a number is looked at as it is written."""
    if isinstance(value, str):
        return PERSONAL.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {str(scrubbed(str(name))): scrubbed(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(inside) for inside in value]
    if value is None or isinstance(value, bool | float):
        return value
    text = str(value)
    hidden = PERSONAL.sub(HIDDEN, text)
    return value if isinstance(value, int) and hidden == text else hidden


def _scrub(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    internal = {name: value for name, value in event.items() if name.startswith("_")}
    fields = {name: scrubbed(value) for name, value in event.items() if name not in internal}
    return internal | fields


def _where(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn an exception into its type and the places it passed; its message is dropped."""
    event.pop("exc_info", None)
    record: logging.LogRecord | None = event.get("_record")
    exc_info = None if record is None else record.exc_info
    if exc_info and exc_info[0] is not None:
        event["exception"] = exc_info[0].__name__
        event["places"] = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(exc_info[2])]
    return event


def _extra(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord | None = event.get("_record")
    if record is not None:
        event.update({name: value for name, value in vars(record).items() if name in EXTRA})
    return event


def settings(kind: str) -> dict[str, object]:
    """Django's ``LOGGING``; ``kind`` is ``json`` or ``text``."""
    plain = structlog.dev.ConsoleRenderer(colors=False)
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if kind == "json" else plain
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _extra,
            _where,
            _scrub,
            structlog.processors.TimeStamper(fmt="iso", utc=True),  # after the scrubbing: digits in rows are a moment
        ],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
    handler = {"class": "logging.StreamHandler", "formatter": "house"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"house": formatter},
        "handlers": {"stderr": handler},
        "loggers": {
            "nianjian": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
            # `nianjian.requests` tells every refusal already, with the address as a pattern
            "django": {"level": "ERROR", "handlers": ["stderr"], "propagate": False},
            "waitress": {"level": "ERROR", "handlers": ["stderr"], "propagate": False},
        },
    }
