"""What stands on the live screens."""

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper.words import Words, mark

SCREENS: Final[Mapping[str, str]] = {
    "office": mark("Call centre: back office"),
    "gateway": mark("Code-number gateway: log"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "answered": mark("answered"),
    "busy": mark("busy"),
    "no_answer": mark("not answered"),
    "failed": mark("failed"),
    "switch": mark("answered only by the switch"),
    "undialled": mark("not dialled onwards"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "behind": mark("reading earlier records"),
    "journal_unwritten": mark("its decisions cannot be recorded"),
    "file_missing": mark("its file is not there"),
    "file_locked": mark("its file may not be read"),
    "place_refused": mark("the server does not allow this file; test the source to see why"),
    "shadowed": mark("not used: the server's setting names a switch alike"),
}
STATES: Final[Mapping[str, str]] = {"fresh": mark("live"), "stale": mark("no data"), "absent": mark("not set up")}
KINDS: Final[Mapping[str, str]] = {
    "asterisk": mark("Asterisk: records (Master.csv)"),
    "kamailio": mark("Kamailio: records (acc)"),
    "freeswitch": mark("FreeSWITCH: posts its records"),
    "ami": mark("Asterisk: calls now (AMI)"),
    "esl": mark("FreeSWITCH: calls now (ESL)"),
    "jsonrpc": mark("Kamailio: calls now (JSON-RPC socket)"),
}


def describe_reading(reading: Mapping[str, Any], _: Words) -> str:
    """What a test of a source has shown, in a sentence."""
    if reading["lines"] is None:
        return _("Reached. Calls at this moment: {calls}.").format(calls=reading["calls"])
    if reading["last_at"] is None:
        posts = _("Ready, but nothing was posted today. Let the switch post to its address, which the list shows.")
        return (
            posts
            if reading["kind"] == "freeswitch"
            else _("The folder is there, but no file of records lies in it yet.")
        )
    parts = [
        _("Read {lines} lines; {calls} calls of today have ended.").format(
            lines=reading["lines"], calls=reading["calls"]
        ),
        _("Last written {age} ago.").format(age=describe_age(reading["age_s"], _)),
    ]
    if reading["unreadable"]:
        text = _("{count} lines could not be read; the first: {file}, line {line}.")
        parts.append(text.format(count=reading["unreadable"], file=reading["file"], line=reading["line"] or "–"))
    return " ".join(parts)


def describe_age(seconds: int, _: Words) -> str:
    """Seconds, minutes, hours or days, whatever is largest."""
    for size, text in ((86400, _("{n} d")), (3600, _("{n} h")), (60, _("{n} min"))):
        if seconds >= size:
            return text.format(n=seconds // size)
    return _("{n} s").format(n=seconds)
