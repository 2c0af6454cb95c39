"""What the codes of test calls are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.words import mark

LIGHTS: Final[Mapping[str, str]] = {
    "green": mark("every carrier passed"),
    "yellow": mark("not every carrier passed yet"),
    "red": mark("a test call failed"),
    "insufficient": mark("no test call that still counts"),
}
CARRIERS: Final[Mapping[str, str]] = {
    State.PASSED: mark("carrier passed"),
    State.FAILED: mark("carrier failed"),
    State.NOT_PROVED: mark("carrier not proved"),
    "old": mark("carrier test too old"),
    "missing": mark("carrier not tested"),
    "outside": mark("carrier tested outside working hours"),
    "few": mark("carrier passed fewer tests than the rule asks for"),
}
WITNESSES: Final[Mapping[str, str]] = {
    "none": mark("nothing"),
    "address": mark("the answering address (SIP trunk)"),
    "token": mark("a one-time token that the gateway echoed"),
    "person": mark("the person who heard the greeting"),
    "records": mark("the own call records"),
}
LANDINGS: Final[Mapping[str, str]] = {
    "filed": mark("recorded at the ledger's gateway"),
    "elsewhere": mark("recorded at another gateway than the ledger names"),
    "voicemail": mark("recorded as answered by a voicemail"),
    "unseen": mark("not recorded, though there are records of that time: someone else answered, or it is not imported"),
    "silent": mark("not known: no call records cover that time"),
    "unnamed": mark("recorded, but the record cannot be compared with the ledger: not proved"),
}
REASONS: Final[Mapping[str, str]] = {
    "record_missing": mark("answered, but no own switch has recorded the call"),
    "answered": mark("answered in time, on its gateway"),
    "answered_late": mark("answered after the limit"),
    "landing_unproved": mark("answered in time, but nothing proves on which gateway"),
    "gateway_told": mark("answered in time at the address given for this test, which is none of the ledger's gateway"),
    "gateway_unknown": mark("answered in time, but the address of its gateway is not known here"),
    "wrong_gateway": mark("answered by another gateway than the ledger names"),
    "token_unheard": mark("answered in time, but the one-time token did not come back"),
    "voicemail": mark("a voicemail answered"),
    "refused": mark("the gateway refused the call"),
    "number_unknown": mark("the gateway does not know the number"),
    "number_gone": mark("the number is no longer in use"),
    "timeout": mark("the gateway got no answer from behind it"),
    "unavailable": mark("nobody was available"),
    "number_incomplete": mark("the number is incomplete"),
    "busy": mark("the number was busy"),
    "cancelled": mark("the other side ended the call before it was answered"),
    "codec": mark("no sound format that both sides know"),
    "gateway_error": mark("the gateway failed"),
    "gateway_out": mark("the gateway is out of service or has no free line"),
    "redirected": mark("the gateway sent the call elsewhere"),
    "failed": mark("the gateway turned the call down for another reason"),
    "extension": mark("the gateway asks for an extension of SIP that test calls do not speak"),
    "auth_needed": mark("the gateway asks for user and password; none is set"),
    "auth_wrong": mark("the gateway does not accept user or password"),
    "auth_algorithm": mark("the gateway asks for a kind of proof that is not known here"),
    "tls_untrusted": mark(
        "the gateway's certificate comes from an authority that is not trusted here: give the way its own CA"
    ),
    "tls_host": mark(
        "the gateway's certificate is for another name: use the name that stands in it, or have one made for this"
    ),
    "tls_expired": mark("the gateway's certificate is not valid today: it must be renewed there, or a clock is wrong"),
    "tls_plain": mark("no TLS is spoken at this port: take transport=tcp, or the gateway's TLS port"),
    "tls_version": mark("the gateway speaks no TLS from version 1.2 on: it must be brought up to date there"),
    "tls_failed": mark(
        "the gateway broke off the TLS connection before a word of SIP; it may ask for a certificate of the caller"
    ),
    "tls_identity": mark(
        "the gateway asks for a certificate of the caller, or refuses the one that is set: give the way the"
        " certificate and key that the carrier has made or accepted"
    ),
    "tls_needed": mark("the gateway takes calls over TLS only: set transport=tls and its TLS port"),
    "unreachable": mark("the gateway cannot be reached"),
    "no_reply": mark("no reply at all: the gateway is down, or something filters the way"),
    "trying_only": mark("the gateway took the call, but nothing rang behind it"),
    "early_media_only": mark("only an announcement was played, nobody answered"),
    "rang_unanswered": mark("it rang, nobody answered"),
    "stopped": mark("stopped before its end"),
    "not_dialled": mark("not dialled after all"),
    "other_answered": mark("somebody else answered"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "answered": mark("Answered with our greeting"),
    "answered_only": mark("Answered, greeting not certain"),
    "other_answered": mark("Somebody else answered"),
    "voicemail": mark("A voicemail answered"),
    "busy": mark("Busy tone"),
    "refused": mark("Refused by an announcement"),
    "number_unknown": mark("“The number does not exist”"),
    "rang_unanswered": mark("It rang, nobody answered"),
    "not_dialled": mark("Not dialled after all"),
}
HOWS: Final[Mapping[str, str]] = {"sip": mark("SIP call"), "hand": mark("by hand")}
