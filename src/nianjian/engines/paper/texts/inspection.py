"""Words and error messages of the on-site check: answer cards, logs, dialling, readiness, recordings."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts.claims import ANSWER, claim_text
from nianjian.engines.paper.texts.platform import STATES
from nianjian.engines.paper.words import Words, mark, pair_text

CARDS: Final[Mapping[str, str]] = {
    "own_numbers": mark("Which numbers do your outbound calls display?"),
    "robot_abilities": mark("What can your AI robots do?"),
    "tickets_in_time": mark("How soon are complaints answered and closed?"),
    "ai_outbound": mark("Do you make AI calls?"),
    "predictive": mark("Do you use predictive dialling?"),
    "one_click": mark("Is there a one-click complaint button?"),
    "logs_kept": mark("How long are logs kept?"),
    "number_filing": mark("Are all your numbers filed?"),
    "number_use": mark("Where do your numbers land?"),
    "resources": mark("Which lines do you rent, and from whom?"),
    "conduct": mark("How do you keep your calls compliant?"),
    "control": mark("What stops a call that must not be made?"),
    "consent": mark("How do you prove consent?"),
}
ANSWERS: Final[Mapping[bool | None, str]] = {
    True: mark("in place"), False: mark("not in place"), None: mark("no statement yet"),
}  # fmt: skip
LACKS: Final[Mapping[str, str]] = {
    "no_calls": mark("no outbound calls are counted"),
    "other_numbers_shown": mark("calls display other numbers"),
    "display_unknown": mark("calls whose displayed number is unknown"),
    "no_robot_seats": mark("the register contains no robot seat"),
    "robot_seats_unfiled": mark("robot seats are not filed"),
    "algorithm_form_missing": mark("the algorithm filing form is not ready"),
    "intents_unproved": mark("no record states the intent that the robots recognised"),
    "intents_incomplete": mark("some robot calls do not state the recognised intent"),
    "transfers_unproved": mark("no transfer to a human is recorded"),
    "transfers_slow": mark("transfers to a human were not immediate, or failed"),
    "no_tickets": mark("there are no tickets in the period"),
    "tickets_running": mark("the clocks of all tickets are still running"),
    "responses_late": mark("tickets were answered late"),
    "closes_late": mark("tickets were closed late"),
    "arrival_unknown": mark("tickets without a moment of arrival"),
    "ai_outbound_found": mark("robots make calls"),
    "ai_outbound_untold": mark("the records cannot rule it out: there are none, or answered calls name no agent"),
    "predictive_found": mark("predictive dialling was found"),
    "predictive_untold": mark("the records are not sufficient for every team"),
    "stated_otherwise": mark("the enterprise states the opposite of what the records show"),
    "statement_refuted": mark("the enterprise states that there is none; the records show the opposite"),
    "doors_elsewhere": mark("the entry is the enterprise's own; it cannot be tried from here"),
    "no_doors": mark("no one-click address is open"),
    "doors_dead": mark("one-click addresses do not work"),
    "doors_untried": mark("one-click addresses were not tested"),
    "numbers_without_door": mark("numbers without a one-click address"),
    "logs_untold": mark("no log has been checked"),
    "log_calls": mark("call records are not proved"),
    "log_gateway": mark("the gate's journal is not proved"),
    "log_system": mark("the operation log is not proved"),
    "log_complaints": mark("complaint records are not proved"),
    "log_consents": mark("consent records are not proved"),
    "log_recordings": mark("recordings are not proved"),
    "no_numbers": mark("no number is in force"),
    "numbers_unfiled": mark("numbers are not filed"),
    "numbers_differ": mark("the register differs from the number-resource system"),
    "numbers_not_compared": mark("not compared with the number-resource system, or not completely"),
    "numbers_compared_long_ago": mark("the comparison is from an earlier season, or numbers have changed since"),
    "other_gateway": mark("calls went over another gateway"),
    "gateway_untold": mark("calls without a gateway, or numbers without an assigned one"),
    "no_lines": mark("the register contains no line"),
    "lines_unregistered": mark("lines that are not in the register"),
    "lines_untold": mark("calls that do not name their line"),
    "lines_without_carrier": mark("lines without a carrier"),
    "no_teams": mark("the register contains no team"),
    "teams_without_agreement": mark("outsourced teams without an agreement"),
    "light_complaint_rate": mark("the light of the complaint rate is not green"),
    "light_closing_rate": mark("the light of the closing rate is not green"),
    "gate_missing": mark("the gate has no data of this enterprise"),
    "gate_stale": mark("the gate's snapshot is not fresh"),
    "gate_looks_on": mark("the gate only observes"),
    "gate_silent": mark("the gate's process does not answer, or reports an alarm"),
    "gate_unasked": mark("there are no calls to compare with the gate's journal"),
    "calls_past_gate": mark("more calls were dialled than the gate allowed"),
    "no_consents": mark("the register contains no consent"),
    "consents_unproved": mark("consents without time, method or proof"),
    "not_stated": mark("nobody has filled it in yet"),
    "register_empty": mark("the register was never filled in"),
    "several_licences": mark("the licences differ"),
    "none_in_force": mark("no number in the register is in force"),
    "chain_broken": mark("the chain of operation records is not intact"),
    "calls_missing": mark("days without call records and without a confirmed reason"),
    "days_untold": mark("the portrait does not show which days have no call records"),
    "closed_before_response": mark("tickets closed before their first response"),
    "inbound_untold": mark("inbound calls for which it is unknown whether they were answered"),
    "filing_untold": mark("seats without a filing state"),
    "number_filing_untold": mark("code numbers without a filing state"),
    "portrait_differs": mark("the document's figures differ from the portrait"),
    "portrait_silent": mark("the portrait does not contain the document's figures"),
}
STEPS: Final[Mapping[str, str]] = {
    "no_calls": mark("Import the call records of the period."),
    "other_numbers_shown": mark(
        "Move the lines that display other numbers to filed ones, and let the gate refuse the rest."
    ),
    "no_robot_seats": mark("Enter the robot seats into the register."),
    "robot_seats_unfiled": mark("File the robot seats, or close them."),
    "algorithm_form_missing": mark("Upload the algorithm filing form, or give the reason it does not apply."),
    "intents_unproved": mark("Have the robot's records state the intent, and import them."),
    "intents_incomplete": mark("Have the robot's supplier state the intent on every answered call."),
    "transfers_unproved": mark(
        "Make test calls to the robot, ask for a human, and import the records with agents' legs."
    ),
    "transfers_slow": mark("Give robots more agents to transfer to; the rows show which transfers took too long."),
    "no_tickets": mark("Enter the complaints of the period, or hold a drill and show it."),
    "tickets_running": mark("Respond to the tickets and close them in time, then look again."),
    "responses_late": mark("Show the real figures and enable warnings before a clock expires."),
    "closes_late": mark("Show the real figures and enable warnings before a clock expires."),
    "arrival_unknown": mark("Enter when each ticket arrived."),
    "ai_outbound_found": mark("Answer yes, and show the robot seats, their filing and their transfers."),
    "ai_outbound_untold": mark("Import records that name the agent of each answered call, or state it yourself."),
    "predictive_found": mark("Answer yes with these figures, or dial only for agents who are free."),
    "predictive_untold": mark("Import records that name the agent of each answered call, or state it yourself."),
    "stated_otherwise": mark("Correct the statement, or import the records that show it."),
    "statement_refuted": mark("Correct the statement."),
    "doors_elsewhere": mark("Show the entry to the inspectors."),
    "no_doors": mark("Open a one-click address for every number."),
    "doors_untried": mark("Close the addresses that nobody needs; so many cannot be tested at once."),
    "doors_dead": mark("Open the address on a telephone and check what is wrong with the server."),
    "numbers_without_door": mark("Open a one-click address for each of these numbers."),
    "logs_untold": mark("Check the logs."),
    "log_calls": mark("Get the missing call records from the switch or carrier, and import them."),
    "log_gateway": mark("Have every call ask the gate; keep its journals, and restore missing ones from a backup."),
    "log_system": mark(
        "Restore a backup if the audit chain is broken. If it is only too short, it grows with use: show older logs of"
        " the system separately."
    ),
    "log_complaints": mark("Enter the complaints of the missing period, from 12321, 12300 and your own desk."),
    "log_consents": mark("Enter the consents of the missing period."),
    "log_recordings": mark(
        "Import records that name their recordings, set the folder that contains them (NIANJIAN_RECORDINGS), "
        "and find out why calls or files are missing."
    ),
    "no_numbers": mark("Enter the numbers into the register."),
    "numbers_unfiled": mark("File these numbers, or stop calling with them."),
    "numbers_differ": mark("Settle the differences and submit the correction sheet."),
    "display_unknown": mark("Have the switch write the displayed number into the records, and import them again."),
    "numbers_not_compared": mark("Export the number-resource system and compare it."),
    "numbers_compared_long_ago": mark("Export the number-resource system again and compare it."),
    "other_gateway": mark("Have the carrier route these numbers over their assigned gateway, or file the change."),
    "gateway_untold": mark("Enter the assigned gateways, and import records that name the gateway."),
    "no_lines": mark("Enter the lines into the register."),
    "lines_unregistered": mark("Enter these lines into the register, or stop them."),
    "lines_untold": mark("Import records that name the trunk line of each call."),
    "lines_without_carrier": mark("Enter the carrier of each line."),
    "no_teams": mark("Enter the teams into the register, your own ones too."),
    "teams_without_agreement": mark("Enter the agreement of each outsourced team."),
    "light_complaint_rate": mark("Follow the advice of the portrait."),
    "light_closing_rate": mark("Follow the advice of the portrait."),
    "gate_missing": mark("Feed the gate."),
    "gate_stale": mark("Find out why the gate is not fed."),
    "gate_looks_on": mark("Let the gate refuse."),
    "gate_silent": mark("Start the gate, or check its alarms."),
    "gate_unasked": mark("Import the call records of the previous days."),
    "calls_past_gate": mark("Connect every switch and line to the gate."),
    "no_consents": mark("Enter the consents into the register."),
    "consents_unproved": mark("Enter the time, method and proof of each consent."),
    "not_stated": mark("Fill it in on the item's page; it is saved for the next time."),
    "register_empty": mark("Fill in the register, or the blank on the item's page."),
    "several_licences": mark("Check which licence the document concerns, and correct the register of licences."),
    "none_in_force": mark("Enter the filing state and the validity of each number."),
    "chain_broken": mark("Restore a backup whose audit chain is intact; it grows by itself from then on."),
    "calls_missing": mark("Get the missing call records and import them, or confirm why there are none."),
    "days_untold": mark("Run the portrait again."),
    "closed_before_response": mark("Correct the time of the first response or of the closing in these tickets."),
    "inbound_untold": mark("Import records that state whether inbound calls were answered."),
    "filing_untold": mark("Enter the filing state of each seat."),
    "number_filing_untold": mark("Enter the filing state of each code number."),
    "portrait_differs": mark("Run the portrait again."),
    "portrait_silent": mark("Run the portrait again."),
}
CARD_STATES: Final[Mapping[str, str]] = {
    "released": mark("may be said"),
    "refused": mark("must not be said"),
    "unknown": mark("not proved, must not be stated"),
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
    "asked": mark("transfers requested"),
    "put_through": mark("connected"),
    "in_time": mark("immediate"),
    "tickets": mark("tickets"),
    "response_late": mark("answered late"),
    "close_late": mark("closed late"),
    "undecided": mark("with a running clock"),
    "no_arrival": mark("without an arrival time"),
    "response_95": mark("95 of 100 answered within (minutes)"),
    "close_95": mark("95 of 100 closed within (minutes)"),
    "overdue": mark("still open past a limit"),
    "response_limit": mark("limit of the first response (minutes)"),
    "close_limit": mark("closing limit (minutes)"),
    "over": mark("dialled over"),
    "alone": mark("answered without an agent"),
    "unnamed": mark("calls without a line"),
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
    "dialled": mark("outbound calls dialled on the last day with calls"),
    "let_through": mark("calls that the gate allowed on the last day with calls"),
    "consents": mark("consents"),
}


def format_answer(card: Mapping[str, Any], read: str, _: Words) -> str:
    """What may be said now: the sentence while it holds, else the truth in figures; "–" stands for what is unknown.

    ``read``: the day on which the figures were counted.
    """
    lacks = [Lack(one["code"], one["known"], one["count"]) for one in card["lacks"]]
    period = _("since {day}").format(day=card["from"]) if card.get("from") else ""
    answer = card.get("stated")  # a check of an older program has none
    stated = {} if answer is None else {ANSWER: _(ANSWERS[answer])}
    return claim_text(Claim(card["card"], card["figures"], lacks), _, stated, period=period, read=read)


def answer_figures(card: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """The figures in words."""
    figures = ((FIGURES.get(name), count) for name, count in card["figures"].items())
    return [(_(label), "–" if count is None else f"{count:,}") for label, count in figures if label]


def answer_lacks(card: Mapping[str, Any], _: Words) -> list[str]:
    """What stands against the sentence."""
    return [_(LACKS[one["code"]]) + (f" ({one['count']})" if one["count"] else "") for one in card["lacks"]]


def answer_steps(card: Mapping[str, Any], _: Words) -> Sequence[str]:
    """The shortest way to make it true."""
    return list(dict.fromkeys(_(STEPS[one["code"]]) for one in card["lacks"]))


TEXTS: Final[Mapping[str, str]] = {
    "inspection_day_wrong": mark("{day} cannot be checked; today is {today}"),
    "inspection_days_wrong": mark("{first} to {last}: the first day must not be after the last, at most {most} days"),
    "inspection_part_unknown": mark("{part} is not part of the on-site check; choose one of {parts}"),
    "live_malformed": mark(
        "{setting} cannot be read at “{entry}”; write CODE:NAME=ADDRESS as described on the settings page"
    ),
    "live_post_refused": mark("no switch posts its call records here by this name and password"),
    "live_post_unreadable": mark("this is not a call record with an id and a start within the last 400 days"),
    "live_grant_malformed": mark("entry {place} of {setting} cannot be read; write CODE=VALUE, separated by commas"),
    "live_folder_unset": mark(
        "no file of this server may be named for {enterprise}; whoever runs the server names one folder:"
        " {setting}={enterprise}=/FOLDER"
    ),
    "live_path_refused": mark("“{path}” does not lie below {folder}; name a file there, or have it copied there"),
    "live_host_refused": mark(
        "the host {host} lies inside the own network; whoever runs the server allows it: {setting}={enterprise}={host}"
    ),
    "live_place_wrong": mark("“{place}” is no host; write it like switch.example.com:5038"),
    "live_place_needless": mark("a switch that posts its records has no place; leave it empty"),
    "live_name_wrong": mark("name the switch with letters, digits, “_”, “.” and “-”, at most 40 of them"),
    "live_kind_wrong": mark("{kind} is no kind of source; there are {kinds}"),
    "live_user_missing": mark("give the user, without a colon: the switch asks for it"),
    "live_secret_missing": mark("give the password: without one nobody is let in"),
    "live_secret_short": mark(
        "the password by which a switch posts has {least} characters at least: whoever guesses it could invent calls"
    ),
    "live_secret_again": mark("kind, place or user have changed; type the password again, it goes to no other place"),
    "live_source_exists": mark(
        "the switch {name} has a source of this kind already; change that one, or give another name"
    ),
    "live_source_fixed": mark("{setting} sets this source; whoever runs the server changes it there"),
    "live_source_unknown": mark("there is no source {source} of the live screens"),
    "live_sources_too_many": mark("there are {most} sources already; remove one first"),
    "live_test_running": mark("another source of the enterprise is being tested; wait some seconds"),
    "live_test_slow": mark(
        "nothing came within {seconds} seconds; the name of the host may not be resolved, or the disk hangs"
    ),
    "live_port_closed": mark(
        "nobody listens at {place}; see whether the switch runs, the interface is switched on and the port is right"
    ),
    "live_unreached": mark(
        "no connection to {place} within {seconds} s ({reason}); see whether the address is right, and whether a"
        " firewall or the rights of the socket stand in the way"
    ),
    "live_login_refused": mark(
        "{place} was reached and refuses (“{said}”); check user and password, and that this user may ask for the calls"
    ),
    "live_answer_strange": mark(
        "{place} was reached, but does not answer as this kind of source does (“{said}”); check kind and port"
    ),
    "live_file_missing": mark(
        "there is no {file}; check the path, and that the switch writes its records (the first call makes the file)"
    ),
    "live_file_locked": mark(
        "{file} may not be read; give the user under which this program runs the right to read it"
    ),
    "live_lines_unreadable": mark(
        "{file}, line {line}: this is no record as {kind} writes it, and no other line is; check the kind and the file"
    ),
    "recordings_malformed": mark("{setting} cannot be read at “{entry}”; write CODE=/FOLDER, each enterprise once"),
    "recordings_folder_wrong": mark("{folder} is not a readable folder; name the folder that contains the recordings"),
    "screen_link_days": mark("a screen link is valid for 1 to {most} days"),
    "screen_link_name": mark("say where the screen is placed, in at most {most} characters"),
    "screen_links_too_many": mark("there are already {most} open screen links; end one first"),
    "screen_link_unknown": mark("there is no open screen link {link}"),
    "room_item_unknown": mark("“{item}” is nothing that can be released to the inspection room"),
    "room_over": mark("the inspection day {day} is over: what was released can no longer be changed"),
    "room_subject_missing": mark("say what is to be shown, for example a seat"),
    "room_subject_long": mark("what is to be shown has more than {longest} characters"),
    "room_unknown": mark("there is no such request in the log of the inspection room"),
    "visit_unknown": mark("there is no inspection day on {day}"),
    "visit_scan_unknown": mark("there is no such scan for {day}"),
    "visit_scan_active": mark("{file} contains a program or opens something; print it and scan the document"),
    "visit_scans_too_many": mark("this day already has {most} scans; remove one first"),
    "screens_seen_wrong": mark("a check on {day} cannot be recorded: the date is in the future or too long ago"),
    "visit_line_wrong": mark("line {line}: {flaw}"),
    "visit_lines_too_many": mark("at most {most} lines"),
    "visit_text_too_long": mark("{piece}: at most {longest} characters"),
    "visit_text_number": mark("{piece}: do not enter a telephone or ID number here; write a place or an office"),
    "visit_received_late": mark(
        "the notice cannot have been received on {day}: that is after the inspection day or in the future"
    ),
    "visits_too_many": mark("there are already {most} inspection days; remove one first"),
    "drill_no_door": mark("no one-click address is open, so no complaint can arrive; open one for a number first"),
    "drill_calls_wrong": mark("a drill cannot request {calls} test calls; allowed are 0 to {most}"),
    "drill_phone_wrong": mark("this is not a telephone number that can be called back"),
    "drill_source_unknown": mark("{source} is not a source of drill complaints; choose one of {sources}"),
    "drill_minutes_wrong": mark("give whole minutes from 1 to {most}, no step earlier than the one before"),
    "drill_player_unknown": mark("“{player}” is not an account that can work on tickets here"),
    "drill_inject_unknown": mark("{inject} is not a drill inject; choose one of {injects}"),
    "drill_inject_refused": mark("it is already recorded, or was not given yet"),
    "drill_unknown": mark("there is no drill {drill}; run one first"),
    "callback_host_refused": mark(
        "{host} is this machine itself or a group address; only its operator can allow test calls to it"
    ),
    "callback_via_wrong": mark("“{via}” is not a test call route; write it like sip:10.0.0.1:5060;transport=udp"),
    "callback_number_wrong": mark("“{number}” cannot be dialled; use digits, * and #"),
    "callback_number_unfiled": mark(
        "{number} does not start with a filed number that is in force today; register it first"
    ),
    "callback_caller_wrong": mark("“{caller}” cannot be used as the calling number"),
    "callback_gateway_wrong": mark("“{gateway}” is not a gateway address; write host names or IP addresses"),
    "callback_ca_wrong": mark("this is not a certificate in PEM format, or it includes a private key"),
    "callback_cert_wrong": mark(
        "this is not a caller certificate that TLS accepts; provide it in PEM format, with an RSA key of at "
        "least 2048 bits"
    ),
    "callback_cert_expired": mark(
        "the certificate is only valid from {first} to {last}; ask the carrier for a new one"
    ),
    "callback_cert_plain": mark("{via}: a certificate can only be presented over TLS; set transport=tls"),
    "callback_key_missing": mark("exactly one private key in PEM format must come with the certificate"),
    "callback_key_locked": mark(
        "the key is protected by a passphrase, which nobody can enter during a test call; provide the key "
        "without one (openssl pkey -in KEY -out PLAIN): it is stored encrypted here"
    ),
    "callback_key_other": mark("the private key does not match the certificate; provide a matching pair"),
    "callback_witness_unknown": mark("{witness} is not proof of landing; choose one of {witnesses}"),
    "callback_name_missing": mark("give it a name"),
    "callback_routes_too_many": mark("there are already {most} test call routes"),
    "callback_gateways_too_many": mark("there are already {most} gateways"),
    "callback_route_unknown": mark("there is no route for test calls named {route}"),
    "callback_line_unknown": mark("the register has no trunk line {line} today"),
    "callback_time_wrong": mark("“{time}” is not a time of day; write it like 10:30"),
    "callback_trial_unknown": mark("there is no test call {trial}"),
    "callback_trial_over": mark("test call {trial} is already over"),
    "callback_outcome_unknown": mark("{outcome} is not an outcome of a test call; choose one of {outcomes}"),
    "callback_note_missing": mark("write what was heard: it proves that the right enterprise answered"),
    "callback_note_too_long": mark("the note: at most {longest} characters"),
    "callback_no_numbers": mark("no filed number is in force; register numbers first, or name one"),
    "callback_no_way": mark("no test call route is set; say where calls go"),
    "callback_too_many": mark("{count} calls are too many at once; at most {most}"),
    "callback_not_answered": mark(
        "test call {trial} is not an answered SIP call; call records do not show where it landed"
    ),
    "callback_no_evidence": mark("test call {trial} was dialled by hand; it has no messages"),
}


FOLDERS: Final[Mapping[str, str]] = {
    "none": mark("no folder is configured (NIANJIAN_RECORDINGS), so no files were checked"),
    "unreadable": mark("the configured folder cannot be read: check that its disk is mounted"),
    "setting": mark("the folder of NIANJIAN_RECORDINGS"),
    "given": mark("a folder given at the command line"),
}
RECORDING_VERDICTS: Final[Mapping[str, str]] = {
    "kept": mark("recording present, long enough"),
    "missing": mark("no such file"),
    "empty": mark("file without any audio"),
    "too_short": mark("shorter than the call"),
    "unreadable": mark("no readable audio; provide files that are not encrypted"),
    "unknown_format": mark("unknown format; provide wav, mp3, ogg, opus, flac or m4a"),
    "ambiguous": mark("several files of that name"),
    "outside": mark("points outside the folder, not opened"),
    "unsearched": mark("not found in the part of the folder that could be searched"),
    "untimed": mark("present, but the call record does not state how long the call was"),
    "unnamed": mark("the call record names no file"),
}
#: What nobody may read out of it.
LIMIT: Final = mark("The audio was not listened to: whether it belongs to this call, and who speaks, is not checked.")


def sample_facts(sample: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """(what, how it stands) of a sample; files are counted only where a folder was looked into."""
    facts = [(_("Recordings searched in"), _(FOLDERS[sample["folder"]]))]
    if sample["folder"] not in {"setting", "given"}:
        return facts
    counts = _("; ").join(
        pair_text(_(RECORDING_VERDICTS[one]), count, _) for one, count in sample["verdicts"].items() if count
    )
    return [
        *facts,
        (
            _("Sampled calls, days, days with every recording"),
            f"{sample['calls']} / {sample['days']} / {sample['days_kept']}",
        ),
        (_("Sampling result"), counts or "–"),
        (_("Of the recordings that are there, measured by size alone"), str(sample["by_size"])),
        (_("Calls per day, tolerance in seconds"), f"{sample['a_day']}, {sample['tolerance_s']}"),
        (_("Random seed"), sample["seed"]),
        (_("What this does not prove"), _(LIMIT)),
    ]


def sample_headings(_: Words) -> tuple[str, ...]:
    """The headings of `rows`."""
    return (_("at"), _("called"), _("file"), _("sampling result"), _("call (seconds)"), _("recording (seconds)"))


def sample_rows(sample: Mapping[str, Any], _: Words) -> list[tuple[str, ...]]:
    """The sampled calls without their recording; numbers are masked already."""
    return [
        (
            one["at"],
            one["callee"] or "–",
            one["file"] or "–",
            _(RECORDING_VERDICTS[one["verdict"]]),
            seconds_text(one["talk_ms"]),
            seconds_text(one["length_ms"]),
        )
        for one in sample["failing"]
    ]


def seconds_text(ms: int | None) -> str:
    """To the thousandth."""
    return "–" if ms is None else f"{ms // 1000}.{ms % 1000:03}"


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
    "ok": STATES[State.PASSED],
    "gap": STATES[State.FAILED],
    "too_short": STATES[State.FAILED],
    "unknown": STATES[State.NOT_PROVED],
}
LOG_WHYS: Final[Mapping[str, str]] = {
    "reaches": mark("proved by the records themselves"),
    "days_missing": mark("days without a record and without a reason"),
    "begins_late": mark("the first record is later than the required day"),
    "no_record": mark("there is no record up to that day"),
    "long_silence": mark("a silence too long to prove anything"),
    "no_reference": mark("no call record has a recording reference"),
    "calls_without": mark("answered calls without a recording"),
    "references_only": mark("every call has a recording reference, but no recordings folder is configured"),
    "folder_unreadable": mark("the recordings folder cannot be read"),
    "files_kept": mark("every call has a recording reference, and every sampled file exists and is long enough"),
    "files_missing": mark("sampled recordings are missing, empty or too short"),
    "files_unproved": mark("sampled recordings could not be read or identified"),
    "chain_broken": mark("the audit chain is broken"),
}
EXCUSES: Final[Mapping[str, str]] = {
    "rest_day": mark("days of rest"),
    "gate_asked_nothing": mark("days on which the gate ran without any request"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "found": mark("found in the records"),
    "not_found": mark("not found in the records"),
    "unknown": mark("the records are not sufficient"),
}
SUGGESTED: Final[Mapping[str, str]] = {
    "suggested": mark("some look like an unregistered robot: to be reviewed"),
    "none": mark("every answered call had an agent"),
    "unknown": mark("the records are not sufficient"),
}
EVIDENCE: Final[Mapping[str, str]] = {
    "context": mark("in a dial plan context that is listed as used by robots"),
    "application": mark("no agent; its last application is a program's"),
    "no_agent": mark("no agent and no second channel; the dial plan itself answered"),
    "talk_alone": mark("a long call without an agent, in a source that usually names its agents"),
}
DIALLING_WHYS: Final[Mapping[str, str]] = {
    "dialled_over": mark("more calls were ringing than agents were free"),
    "agents_free": mark("an agent was free for every ringing call"),
    "over_seldom": mark(
        "few calls were dialled while more were ringing than agents were free, no hour reaches the limits"
    ),
    "over_scattered": mark("no single hour shows it, but over all hours too many calls rang while no agent was free"),
    "no_agents": mark("the records name no agent"),
    "agents_seldom_named": mark("too few answered calls name their agent"),
    "too_few": mark("too few calls"),
    "robots_only": mark("only robots made calls"),
}
PEOPLE_NUMBERS_SYSTEM: Final[Mapping[str, str]] = {
    "all": mark("all checks"),
    "people": mark("people (人)"),
    "numbers": mark("numbers (号)"),
    "system": mark("system (系统)"),
}
CHECKS: Final[Mapping[str, str]] = {
    "reconcile_people": mark("Three-way people comparison"),
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
    "run_not_proved": mark("the newest comparison proves nothing yet"),
    "run_insufficient": mark("the newest comparison proves nothing yet"),  # in records of older programs
    "run_never": mark("never compared"),
    "run_long_ago": mark("compared before this season, or registers or calls have changed since"),
    "callback_green": mark("every number was answered in time on its gateway"),
    "callback_red": mark("a number has failed its test call"),
    "callback_open": mark("numbers have no test that counts"),
    "callback_no_numbers": mark("no filed number is in force"),
    "card_holds": mark("the answer may be given"),
    "predictive_untold": mark("the records are not sufficient for every team"),
    "items_missing": mark("items are missing"),
    "items_ready": mark("every item is ready"),
    **LOG_WHYS,
    **DIALLING_WHYS,
    **LACKS,
}
