"""Sentences for the codes of the on-site check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "inspection_day_wrong": mark("{day} is no day that can be looked at; today is {today}"),
    "inspection_days_wrong": mark("{first} to {last}: the first day must not lie after the last, at most {most} days"),
    "inspection_part_unknown": mark("{part} is no check of the on-site check; there are {parts}"),
    "live_malformed": mark("{setting} cannot be read at “{entry}”; write CODE:NAME=ADDRESS as the settings page shows"),
    "live_post_refused": mark("no switch of NIANJIAN_LIVE posts its call records by this name and password"),
    "live_post_unreadable": mark("this is no call record with its id and its beginning in the last 400 days"),
    "recordings_malformed": mark("{setting} cannot be read at “{entry}”; write CODE=/FOLDER, each enterprise once"),
    "recordings_folder_wrong": mark("{folder} is no folder that can be read; name the one in which recordings lie"),
    "screen_link_days": mark("a screen's link holds from one day to {most} days"),
    "screen_link_name": mark("say where the screen stands, in at most {most} characters"),
    "screen_links_too_many": mark("there are {most} open links of screens; end one first"),
    "screen_link_unknown": mark("there is no open link {link} of a screen"),
    "visit_unknown": mark("no inspection day is kept for {day}"),
    "visit_scan_unknown": mark("no such scan is kept beside {day}"),
    "visit_scan_active": mark("{file} holds a program or opens something; print it and scan the paper"),
    "visit_scans_too_many": mark("{most} scans are kept beside this day already; remove one first"),
    "screens_seen_wrong": mark("nobody can note a look of {day}: that is in the future or long over"),
    "visit_line_wrong": mark("line {line}: {flaw}"),
    "visit_lines_too_many": mark("at most {most} lines"),
    "visit_text_too_long": mark("{piece}: at most {longest} characters"),
    "visit_text_number": mark("{piece}: no telephone or ID number belongs here; write a place or an office"),
    "visit_received_late": mark("no notice can have come on {day}: that is after the inspection day or in the future"),
    "visits_too_many": mark("{most} inspection days are kept already; remove one first"),
    "drill_no_door": mark("no one-click address is open, so no complaint can come in; open one for a number first"),
    "drill_calls_wrong": mark("{calls} test calls cannot be asked for in a drill; 0 to {most} can"),
    "drill_phone_wrong": mark("this is no telephone number that can be called back"),
    "drill_source_unknown": mark("{source} is no way in which a drill's complaint comes; there are {sources}"),
    "drill_minutes_wrong": mark("give whole minutes from 1 to {most}, no step earlier than the one before"),
    "drill_player_unknown": mark("“{player}” is no account that may work on tickets here"),
    "drill_inject_unknown": mark("{inject} is nothing that a drill throws in; there are {injects}"),
    "drill_inject_refused": mark("it is noted already, or was not given yet"),
    "drill_unknown": mark("there is no drill {drill}; run one first"),
    "callback_host_refused": mark(
        "{host} is this machine itself or a group address; only its operator can let test calls go there"
    ),
    "callback_via_wrong": mark("“{via}” is no way for test calls; write it like sip:10.0.0.1:5060;transport=udp"),
    "callback_number_wrong": mark("“{number}” cannot be dialled; digits, * and # can"),
    "callback_number_unfiled": mark("{number} begins with no filed number that is in force today; register it first"),
    "callback_caller_wrong": mark("“{caller}” cannot stand as the calling number"),
    "callback_gateway_wrong": mark("“{gateway}” is no address of a gateway; write host names or IP addresses"),
    "callback_ca_wrong": mark("this is no certificate in PEM form, or a private key lies with it"),
    "callback_cert_wrong": mark(
        "this is no certificate of the caller that TLS takes; give it in PEM form, an RSA key from 2048 bits on"
    ),
    "callback_cert_expired": mark("the certificate holds from {first} to {last} only; have the carrier make a new one"),
    "callback_cert_plain": mark("{via}: a certificate is shown over TLS alone; set transport=tls"),
    "callback_key_missing": mark("exactly one private key in PEM form must come with the certificate"),
    "callback_key_locked": mark(
        "a passphrase protects the key, and a test call can ask nobody for it; give the key without one"
        " (openssl pkey -in KEY -out PLAIN): it is kept encrypted here"
    ),
    "callback_key_other": mark("the private key does not fit the certificate; give the two that were made together"),
    "callback_witness_unknown": mark("{witness} proves no landing; there are {witnesses}"),
    "callback_name_missing": mark("give it a name"),
    "callback_routes_too_many": mark("there are {most} ways for test calls already"),
    "callback_gateways_too_many": mark("there are {most} gateways already"),
    "callback_route_unknown": mark("there is no way for test calls named {route}"),
    "callback_line_unknown": mark("the register has no trunk line {line} today"),
    "callback_time_wrong": mark("“{time}” is no time of day; write it like 10:30"),
    "callback_trial_unknown": mark("there is no test call {trial}"),
    "callback_trial_over": mark("test call {trial} is over already"),
    "callback_outcome_unknown": mark("{outcome} is no outcome of a test call; there are {outcomes}"),
    "callback_note_missing": mark("write what was heard: it is what proves that the right firm answered"),
    "callback_note_too_long": mark("the note: at most {longest} characters"),
    "callback_no_numbers": mark("no filed number is in force; register numbers first, or name one"),
    "callback_no_way": mark("no way for test calls is set; say where they go"),
    "callback_too_many": mark("{count} calls are too many at once; at most {most}"),
    "callback_not_answered": mark(
        "test call {trial} is no SIP call that was answered; call records tell nothing of its landing"
    ),
    "callback_no_evidence": mark("test call {trial} was dialled by hand; there are no messages of it"),
}
