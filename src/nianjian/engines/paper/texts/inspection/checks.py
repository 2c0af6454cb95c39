"""What the codes of logs, dialling and readiness are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.texts.inspection.answers import CARDS, LACKS
from nianjian.engines.paper.words import mark

PARTS: Final[Mapping[str, str]] = {
    "readiness": mark("Readiness"),
    "answers": mark("Answer cards"),
    "dialling": mark("How calls are dialled"),
    "retention": mark("How far logs reach back"),
}
LOGS: Final[Mapping[str, str]] = {
    "calls": mark("call records"),
    "gateway": mark("gate's journal of the gateway"),
    "system": mark("operation log (audit chain)"),
    "complaints": mark("complaint tickets"),
    "consents": mark("consents"),
    "recordings": mark("recordings (references, and files by sample)"),
}
LOG_STATES: Final[Mapping[str, str]] = {
    "ok": mark("reaches back without a hole"),
    "gap": mark("has holes"),
    "too_short": mark("does not reach back far enough"),
    "unknown": mark("cannot be told"),
}
LOG_WHYS: Final[Mapping[str, str]] = {
    "reaches": mark("proved by the records themselves"),
    "days_missing": mark("days without a record and without a reason"),
    "begins_late": mark("the first record is later than the day to which it must reach"),
    "no_record": mark("there is no record at all"),
    "long_silence": mark("a silence that is too long to prove anything"),
    "no_reference": mark("no call record names a recording"),
    "calls_without": mark("answered calls without a recording"),
    "references_only": mark("every call names a recording, but no folder is known in which to look for one"),
    "folder_unreadable": mark("the folder of the recordings cannot be read"),
    "files_kept": mark("every call names a recording, and every sampled file is there and long enough"),
    "files_missing": mark("sampled recordings are missing, empty or too short"),
    "files_unproved": mark("sampled recordings could not be read or told apart"),
    "chain_broken": mark("the audit chain does not hold"),
}
EXCUSES: Final[Mapping[str, str]] = {
    "rest_day": mark("days of rest"),
    "gate_asked_nothing": mark("days on which the gate ran and was asked nothing"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "found": mark("found in the records"),
    "not_found": mark("not found in the records"),
    "unknown": mark("the records cannot tell"),
}
SUGGESTED: Final[Mapping[str, str]] = {
    "suggested": mark("some look like a robot that nobody registered: to be looked at"),
    "none": mark("an agent was on every answered call"),
    "unknown": mark("the records cannot tell"),
}
EVIDENCE: Final[Mapping[str, str]] = {
    "context": mark("in a context of the dial plan that is named as robots'"),
    "application": mark("no agent; its last application is a program's"),
    "no_agent": mark("no agent and no second channel; the dial plan answered itself"),
    "talk_alone": mark("a long talk without an agent, in a source that else names its agents"),
}
DIALLING_WHYS: Final[Mapping[str, str]] = {
    "dialled_over": mark("more calls rang than agents were free"),
    "agents_free": mark("an agent was free for every ringing call"),
    "over_seldom": mark("few calls were dialled while more rang than agents were free, no hour reaches the limits"),
    "over_scattered": mark("no hour shows it, yet over all hours too many calls rang while no agent was free"),
    "no_agents": mark("no agent is named in the records"),
    "agents_seldom_named": mark("too few answered calls name their agent"),
    "too_few": mark("too few calls"),
    "robots_only": mark("robots alone called"),
}
PEOPLE_NUMBERS_SYSTEM: Final[Mapping[str, str]] = {
    "all": mark("everything that is checked"),
    "people": mark("people (人)"),
    "numbers": mark("numbers (号)"),
    "system": mark("system (系统)"),
}
STATES: Final[Mapping[str, str]] = {
    "passed": mark("check passed"),
    "failed": mark("check not passed"),
    "unknown": mark("not proved: counts as not passed"),
}
CHECKS: Final[Mapping[str, str]] = {
    "reconcile_people": mark("People three ways"),
    "reconcile_seats": mark("Seats against the number-resource system"),
    "reconcile_numbers": mark("Numbers against the number-resource system"),
    "reconcile_lines": mark("Lines against the number-resource system"),
    "reconcile_sources": mark("Call sources against each other"),
    "callback": mark("Test calls to every filed number"),
    "predictive": mark("Predictive dialling"),
    "dossier": mark("Package of materials"),
    **{f"log_{name}": text for name, text in LOGS.items()},
    **CARDS,
}
CHECKS_WHYS: Final[Mapping[str, str]] = {
    "run_passed": mark("the newest comparison has passed"),
    "run_failed": mark("the newest comparison has open differences"),
    "run_insufficient": mark("the newest comparison proves nothing yet"),
    "run_never": mark("never compared"),
    "callback_green": mark("every number was answered in time on its gateway"),
    "callback_red": mark("a number has failed its test call"),
    "callback_open": mark("numbers have no test that counts"),
    "callback_no_numbers": mark("no filed number is in force"),
    "card_holds": mark("the answer may be given"),
    "predictive_untold": mark("the records cannot tell of every team"),
    "items_missing": mark("items are missing"),
    "items_ready": mark("every item is ready"),
    **LOG_WHYS,
    **DIALLING_WHYS,
    **LACKS,
}
