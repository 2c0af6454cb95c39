"""The answer cards in words: the question, the sentence, what may be said instead, how it becomes true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.words import Words, mark

CARDS: Final[Mapping[str, str]] = {
    "own_numbers": mark("Which numbers do your outbound calls show?"),
    "robot_abilities": mark("What can your AI robots do?"),
    "tickets_in_time": mark("How soon are complaints answered and closed?"),
    "ai_outbound": mark("Do you call by AI?"),
    "predictive": mark("Do you dial predictively?"),
    "one_click": mark("Is there a one-click complaint button?"),
    "logs_kept": mark("How long are logs kept?"),
    "number_filing": mark("Are all your numbers filed?"),
    "number_use": mark("Where do your numbers land?"),
    "resources": mark("Which lines do you rent, and from whom?"),
    "conduct": mark("How do you keep your calls in order?"),
    "control": mark("What stops a call that must not be made?"),
    "consent": mark("How do you prove that people agreed?"),
}
SENTENCES: Final[Mapping[str, str]] = {
    "own_numbers": mark("All our outbound calls show filed 95/96 numbers."),
    "robot_abilities": mark("Our AI robots recognise what a user wants and transfer at once to a human."),
    "tickets_in_time": mark("Complaints are responded to within 2 hours and closed within 24 hours."),
    "ai_outbound": mark("We do not call by AI."),
    "predictive": mark("We do not dial predictively."),
    "one_click": mark("Every number has a one-click complaint address, and it works."),
    "logs_kept": mark("Every kind of log is kept for the time that is asked for, without a hole."),
    "number_filing": mark("All our numbers are filed and agree with the number-resource system."),
    "number_use": mark("All our numbers land on their assigned gateways."),
    "resources": mark("Every line that we use is registered with its carrier, every outsourced team by agreement."),
    "conduct": mark("Complaint rate and closing rate are green, and we do not dial predictively."),
    "control": mark("The gate is asked before every dialling and refuses what must not be called."),
    "consent": mark("Every consent has its time, its way and its proof."),
}
INSTEAD: Final[Mapping[str, str]] = {
    "own_numbers": mark("Of {delivered} outbound calls {own} showed our filed numbers; here are the others."),
    "robot_abilities": mark(
        "{seats} robot seats are open, {filed} of them filed; of {asked} transfers {in_time} were at once."
    ),
    "tickets_in_time": mark(
        "Of {tickets} tickets {response_late} were answered late and {close_late} closed late; 95 of 100 were answered "
        "within {response_95} minutes and closed within {close_95}."
    ),
    "ai_outbound": mark("{seats} robot seats are open, and robots made {robot_calls} calls."),
    "predictive": mark("Of {calls} calls {over} were dialled while more rang than agents were free."),
    "one_click": mark("{alive} of {doors} one-click addresses work; {without} of {numbers} numbers have none."),
    "logs_kept": mark("Of {logs} kinds of logs {proved} are proved; here is how far each reaches."),
    "number_filing": mark("{filed} of {numbers} numbers in force are filed by our register."),
    "number_use": mark("Of {calls} calls {elsewhere} went over another gateway, and of {untold} it is not known."),
    "resources": mark("We use {lines} lines; the calls name {strange} that our register does not know."),
    "conduct": mark("{green} of {metrics} lights are green; here are the figures."),
    "control": mark("Here is the gate's state as it is now, and its journal."),
    "consent": mark("Of {consents} consents {proved} name their time, way and proof."),
}
LACKS: Final[Mapping[str, str]] = {
    "no_calls": mark("no outbound calls are counted"),
    "other_numbers_shown": mark("calls show other numbers"),
    "no_robot_seats": mark("no robot seat stands in the register"),
    "robot_seats_unfiled": mark("robot seats are not filed"),
    "algorithm_form_missing": mark("the form of algorithm filing is not ready"),
    "intents_unproved": mark("no record tells what the robots understood"),
    "intents_incomplete": mark("some robot calls do not tell what was understood"),
    "transfers_unproved": mark("no transfer to a human is recorded"),
    "transfers_slow": mark("transfers to a human were not at once, or came to nothing"),
    "no_tickets": mark("there are no tickets in the period"),
    "tickets_running": mark("the clocks of all tickets run still"),
    "responses_late": mark("tickets were answered late"),
    "closes_late": mark("tickets were closed late"),
    "arrival_unknown": mark("tickets without a moment of arrival"),
    "ai_outbound_found": mark("robots call"),
    "ai_outbound_untold": mark("the records cannot rule it out: there are none, or answered calls name nobody"),
    "predictive_found": mark("predictive dialling is found"),
    "predictive_untold": mark("the records cannot tell of every team"),
    "no_doors": mark("no one-click address is open"),
    "doors_dead": mark("one-click addresses do not work"),
    "doors_untried": mark("one-click addresses were not tried"),
    "numbers_without_door": mark("numbers without a one-click address"),
    "logs_untold": mark("no log was looked at"),
    "log_calls": mark("call records are not proved"),
    "log_gateway": mark("the gate's journal is not proved"),
    "log_system": mark("the operation log is not proved"),
    "log_complaints": mark("complaint records are not proved"),
    "log_consents": mark("consent records are not proved"),
    "log_recordings": mark("recordings are not proved"),
    "no_numbers": mark("no number is in force"),
    "numbers_unfiled": mark("numbers are not filed"),
    "numbers_differ": mark("the register differs from the number-resource system"),
    "numbers_not_compared": mark("not compared with the number-resource system, or not to the end"),
    "other_gateway": mark("calls went over another gateway"),
    "gateway_untold": mark("calls without a gateway, or numbers without an assigned one"),
    "no_lines": mark("no line stands in the register"),
    "lines_unregistered": mark("lines that the register does not know"),
    "lines_without_carrier": mark("lines without a carrier"),
    "teams_without_agreement": mark("outsourced teams without an agreement"),
    "light_complaint_rate": mark("the light of the complaint rate is not green"),
    "light_closing_rate": mark("the light of the closing rate is not green"),
    "gate_missing": mark("the gate knows nothing of the firm"),
    "gate_stale": mark("the gate's snapshot is not fresh"),
    "gate_looks_on": mark("the gate only looks on"),
    "gate_silent": mark("the gate's process does not answer, or is alarmed"),
    "gate_unasked": mark("the gate's journal shows no decision"),
    "no_consents": mark("no consent stands in the register"),
    "consents_unproved": mark("consents without time, way or proof"),
}
STEPS: Final[Mapping[str, str]] = {
    "no_calls": mark("Import the call records of the period."),
    "other_numbers_shown": mark(
        "Move the lines that show other numbers to filed ones, and let the gate refuse the rest."
    ),
    "no_robot_seats": mark("Enter the robot seats into the register."),
    "robot_seats_unfiled": mark("File the robot seats, or close them."),
    "algorithm_form_missing": mark("Upload the form of algorithm filing, or say why it does not apply."),
    "intents_unproved": mark("Let the robot's records name the intent, and import them."),
    "intents_incomplete": mark("Have the robot's supplier name the intent on every answered call."),
    "transfers_unproved": mark(
        "Make test calls to the robot, ask for a human, and import the records with agents' legs."
    ),
    "transfers_slow": mark("Give robots more agents to transfer to; the rows show when it took long."),
    "no_tickets": mark("Enter the complaints of the period, or hold a drill and show it."),
    "tickets_running": mark("Respond to the tickets and close them in time, then look anew."),
    "responses_late": mark("Show the real figures and have warnings sent before a clock runs out."),
    "closes_late": mark("Show the real figures and have warnings sent before a clock runs out."),
    "arrival_unknown": mark("Enter when each ticket arrived."),
    "ai_outbound_found": mark("Say yes, and show the robot seats, their filing and their transfers."),
    "ai_outbound_untold": mark("Import records that name the agent of each answered call."),
    "predictive_found": mark("Say yes with these figures, or dial only for agents who are free."),
    "predictive_untold": mark("Import records that name the agent of each answered call."),
    "no_doors": mark("Open a one-click address for every number."),
    "doors_untried": mark("Close the addresses that nobody needs; so many are not tried at once."),
    "doors_dead": mark("Open the address on a telephone and look what is wrong with the server."),
    "numbers_without_door": mark("Open a one-click address for each of these numbers."),
    "logs_untold": mark("Look at the logs."),
    "log_calls": mark("Fetch the missing call records from switch or carrier, and import them."),
    "log_gateway": mark("Let every call ask the gate; keep its journals, and bring back those in a backup."),
    "log_system": mark("Bring back a backup in which the audit chain holds; it grows by itself from then on."),
    "log_complaints": mark("Enter the complaints of the missing time, from 12321, 12300 and your own desk."),
    "log_consents": mark("Enter the consents of the missing time."),
    "log_recordings": mark(
        "Import records that name their recordings, name the folder in which these lie (NIANJIAN_RECORDINGS), and look"
        " why calls or files are missing."
    ),
    "no_numbers": mark("Enter the numbers into the register."),
    "numbers_unfiled": mark("File these numbers, or stop calling with them."),
    "numbers_differ": mark("Settle the differences and hand in the correction sheet."),
    "numbers_not_compared": mark("Export the number-resource system and compare it."),
    "other_gateway": mark("Have the carrier route these numbers over their assigned gateway, or file the change."),
    "gateway_untold": mark("Enter the assigned gateways, and import records that name the gateway."),
    "no_lines": mark("Enter the lines into the register."),
    "lines_unregistered": mark("Enter these lines into the register, or stop them."),
    "lines_without_carrier": mark("Enter the carrier of each line."),
    "teams_without_agreement": mark("Enter the agreement of each outsourced team."),
    "light_complaint_rate": mark("Follow the advice of the portrait."),
    "light_closing_rate": mark("Follow the advice of the portrait."),
    "gate_missing": mark("Feed the gate."),
    "gate_stale": mark("Look why the gate is not fed."),
    "gate_looks_on": mark("Let the gate refuse."),
    "gate_silent": mark("Start the gate, or look at its alarms."),
    "gate_unasked": mark("Connect the switches to the gate."),
    "no_consents": mark("Enter the consents into the register."),
    "consents_unproved": mark("Enter time, way and proof of each consent."),
}
CARD_STATES: Final[Mapping[str, str]] = {
    "released": mark("may be said"),
    "refused": mark("must not be said"),
    "unknown": mark("not proved, must not be said"),
}
FIGURES: Final[Mapping[str, str]] = {
    "delivered": mark("outbound calls delivered"),
    "own": mark("with own filed number"),
    "other_short": mark("with another short number"),
    "landline": mark("with a landline number"),
    "mobile": mark("with a mobile number"),
    "shared_400_800": mark("with a 400 or 800 number"),
    "other": mark("with another kind of number"),
    "unknown": mark("with an unknown number"),
    "seats": mark("robot seats open"),
    "filed": mark("of them filed"),
    "calls": mark("calls"),
    "robot_calls": mark("calls of robots"),
    "answered": mark("answered"),
    "intents": mark("with a recorded intent"),
    "asked": mark("transfers asked for"),
    "put_through": mark("put through"),
    "in_time": mark("at once"),
    "tickets": mark("tickets"),
    "response_late": mark("answered late"),
    "close_late": mark("closed late"),
    "undecided": mark("with a running clock"),
    "no_arrival": mark("without a moment of arrival"),
    "response_95": mark("95 of 100 answered within (minutes)"),
    "close_95": mark("95 of 100 closed within (minutes)"),
    "overdue": mark("still open past a limit"),
    "response_limit": mark("limit of the first response (minutes)"),
    "close_limit": mark("limit of the close (minutes)"),
    "over": mark("dialled over"),
    "alone": mark("answered without an agent"),
    "doors": mark("one-click addresses"),
    "alive": mark("of them working"),
    "numbers": mark("numbers in force"),
    "without": mark("without an address"),
    "logs": mark("kinds of logs"),
    "proved": mark("of them proved"),
    "elsewhere": mark("over another gateway"),
    "untold": mark("without a known gateway"),
    "lines": mark("lines in use"),
    "bare": mark("without a carrier"),
    "strange": mark("not in the register"),
    "teams": mark("outsourced teams without an agreement"),
    "metrics": mark("lights"),
    "green": mark("of them green"),
    "enforced": mark("the gate refuses"),
    "answers": mark("its process answers"),
    "decisions": mark("its journal shows decisions"),
    "consents": mark("consents"),
}


def format_answer(card: Mapping[str, Any], _: Words) -> str:
    """What may be said now: the sentence while it holds, else the truth in figures; "–" stands for what is unknown."""
    if card["state"] == "released":
        return _(SENTENCES[card["card"]])
    figures = {name: "–" if count is None else count for name, count in card["figures"].items()}
    return _(INSTEAD[card["card"]]).format(**figures)


def figures(card: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """The figures in words."""
    return [(_(FIGURES[name]), "–" if count is None else str(count)) for name, count in card["figures"].items()]


def lacks(card: Mapping[str, Any], _: Words) -> list[str]:
    """What stands against the sentence."""
    return [_(LACKS[one["code"]]) + (f" ({one['count']})" if one["count"] else "") for one in card["lacks"]]


def steps(card: Mapping[str, Any], _: Words) -> Sequence[str]:
    """The shortest way to make it true."""
    return list(dict.fromkeys(_(STEPS[one["code"]]) for one in card["lacks"]))
