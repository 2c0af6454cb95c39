"""What the codes of test calls are called."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts.platform import STATES
from nianjian.engines.paper.words import mark

LIGHTS: Final[Mapping[str, str]] = {
    "green": STATES[State.PASSED],
    "yellow": STATES[State.IN_PROGRESS],
    "red": STATES[State.FAILED],
    "insufficient": STATES[State.NOT_PROVED],
}
CARRIERS: Final[Mapping[str, str]] = {
    State.PASSED: mark("carrier passed"),
    State.FAILED: mark("carrier failed"),
    State.NOT_PROVED: mark("carrier not proved"),
    "old": mark("carrier test expired"),
    "missing": mark("carrier not tested"),
    "outside": mark("carrier tested outside working hours"),
    "few": mark("carrier passed fewer tests than the rule requires"),
}
WITNESSES: Final[Mapping[str, str]] = {
    "none": mark("nothing"),
    "address": mark("the answering address (SIP trunk)"),
    "token": mark("a one-time token echoed by the gateway"),
    "person": mark("the person who heard the greeting"),
    "records": mark("your own call records"),
}
LANDINGS: Final[Mapping[str, str]] = {
    "filed": mark("recorded at the ledger's gateway"),
    "elsewhere": mark("recorded at another gateway than the ledger's"),
    "voicemail": mark("recorded as answered by a voicemail"),
    "unseen": mark(
        "not recorded, although there are records of that time: somebody else answered, or it is not imported"
    ),
    "silent": mark("unknown: no call records cover that time"),
    "unnamed": mark("recorded, but the record cannot be compared with the ledger: not proved"),
}
REASONS: Final[Mapping[str, str]] = {
    "record_missing": mark("answered, but none of your switches recorded the call"),
    "answered": mark("answered in time, on its gateway"),
    "answered_late": mark("answered after the limit"),
    "landing_unproved": mark("answered in time, but nothing proves on which gateway"),
    "gateway_told": mark(
        "answered in time at the address given for this test, which does not belong to the ledger's gateway"
    ),
    "gateway_unknown": mark("answered in time, but the address of its gateway is unknown here"),
    "wrong_gateway": mark("answered by another gateway than the ledger's"),
    "token_unheard": mark("answered in time, but the one-time token did not come back"),
    "voicemail": mark("a voicemail answered"),
    "refused": mark("the gateway refused the call"),
    "number_unknown": mark("the number is unknown to the gateway"),
    "number_gone": mark("the number is no longer in use"),
    "timeout": mark("the gateway got no answer from behind it"),
    "unavailable": mark("nobody was available"),
    "number_incomplete": mark("the number is incomplete"),
    "busy": mark("the number was busy"),
    "cancelled": mark("the other side ended the call before it was answered"),
    "codec": mark("no audio format that both sides support"),
    "gateway_error": mark("the gateway failed"),
    "gateway_out": mark("the gateway is out of service or has no free line"),
    "redirected": mark("the gateway sent the call elsewhere"),
    "failed": mark("the gateway refused the call for another reason"),
    "extension": mark("the gateway requires a SIP extension that test calls do not support"),
    "auth_needed": mark("the gateway requires user and password; none is set"),
    "auth_wrong": mark("the gateway does not accept user or password"),
    "auth_algorithm": mark("the gateway requires an authentication algorithm that is not supported here"),
    "tls_untrusted": mark(
        "the gateway's certificate comes from an authority that is not trusted here: set the route's own CA"
    ),
    "tls_host": mark(
        "the gateway's certificate is for another name: use the name in the certificate, or have one issued "
        "for this host"
    ),
    "tls_expired": mark(
        "the gateway's certificate is not valid today: renew it on the gateway, or correct a wrong clock"
    ),
    "tls_plain": mark("this port does not support TLS: use transport=tcp, or the gateway's TLS port"),
    "tls_version": mark("the gateway does not support TLS 1.2 or later: it must be upgraded"),
    "tls_failed": mark(
        "the gateway closed the TLS connection before any SIP message; it may require a caller certificate"
    ),
    "tls_identity": mark(
        "the gateway requires a caller certificate, or refuses the one that is set: give the route the "
        "certificate and key that the carrier has issued or accepted"
    ),
    "tls_needed": mark("the gateway accepts calls over TLS only: set transport=tls and its TLS port"),
    "unreachable": mark("the gateway cannot be reached"),
    "no_reply": mark("no reply at all: the gateway is down, or something on the path filters"),
    "trying_only": mark("the gateway accepted the call, but nothing rang behind it"),
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
