from __future__ import annotations

from tests.engines.intake.formats.conftest import Evaluate

from nianjian.engines.intake.format import FileMapping

FLAT = "INVITE|3|5d|3-1@h|{code}|Reason = why|1795561916|1795561916.858556|95188|13479525745|127.0.0.1|sip:95013@h"
SYSLOG = (
    "NOTICE: acc [acc.c:270]: acc_log_request(): ACC: transaction answered: timestamp=1795561916;tsec=1795561916.858;"
    "method=INVITE;from_tag=3;to_tag=5d;call_id=3-1@h;code={code};reason=Reason = why;src_user=95188;"
    "dst_user=13479525745;src_ip=127.0.0.1;pai=sip:95013@h;gate=0"
)


def test_both_forms_of_a_row_are_one_row(evaluate: Evaluate) -> None:
    flat, syslog = (evaluate("kamailio", form.format(code=486))[0] for form in (FLAT, SYSLOG))
    assert flat == syslog
    assert flat["display"] == "95013"
    assert str(flat["start"]) == "2026-11-25 07:11:56"


def test_final_answers(evaluate: Evaluate) -> None:
    results = {
        200: "answered", 202: "answered", 486: "busy", 600: "busy", 408: "no_answer", 480: "no_answer",
        487: "cancelled", 603: "rejected", 404: "failed", 401: None, 407: None, 183: None,
    }  # fmt: skip
    rows = evaluate("kamailio", "\n".join(FLAT.format(code=code) for code in results))
    found = [(row["result"], row["leg"], row["answered"], row["delivered"]) for row in rows]
    assert found == [
        (result, "customer" if result else "event", result == "answered", result is not None)
        for result in results.values()
    ]


def test_other_methods_are_events_of_the_call(evaluate: Evaluate) -> None:
    text = "\n".join(FLAT.format(code=200).replace("INVITE", method) for method in ("BYE", "CANCEL", "ACK"))
    rows = evaluate("kamailio", text)
    assert {(row["leg"], row["call_key"], row["delivered"]) for row in rows} == {("event", "3-1@h", False)}


def test_without_an_asserted_identity_the_from_user_was_shown(evaluate: Evaluate) -> None:
    row = evaluate("kamailio", FLAT.format(code=200).replace("sip:95013@h", ""))[0]
    assert row["display"] == "95188"


def test_a_site_names_its_columns(evaluate: Evaluate) -> None:
    text = "INVITE|3|5d|3-1@h|200|OK|1795561916|gw7|13479525745|95188"
    mapping = FileMapping(columns={"callee": 9, "display": 10})
    row = evaluate("kamailio", text, mapping)[0]
    assert (row["callee"], row["display"], row["direction"]) == ("13479525745", "95188", "out")


def test_cdrs_carry_their_length(evaluate: Evaluate) -> None:
    text = (
        "1795561916|1795561917|0.914000|4-1@h|95013|13639345074\n1795561916|1795561916|0.000000|5-1@h|95013|13639345075"
    )
    talked, failed = evaluate("kamailio", text)
    assert (talked["call_id"], talked["call_key"], talked["answered"]) == ("cdr:4-1@h", "4-1@h", True)
    assert (failed["answered"], failed["result"]) == (False, None)


def test_a_quote_in_a_flat_file_is_a_letter(evaluate: Evaluate) -> None:
    assert evaluate("kamailio", FLAT.format(code=486).replace("Reason", '"Reason'))[0]["result"] == "busy"


def test_a_from_user_behind_a_privacy_header_was_not_shown(evaluate: Evaluate) -> None:
    head = "method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user,src_ip,pai,privacy\n"
    line = "INVITE,3,5d,{key}-1@h,200,OK,2026-03-02 09:29:00,95188,13479525745,127.0.0.1,{pai},{privacy}"
    cases = [("", "id"), ("", "none"), ("", ""), ("sip:95013@h", "id")]
    text = head + "\n".join(line.format(key=n, pai=pai, privacy=privacy) for n, (pai, privacy) in enumerate(cases))
    assert [row["display"] for row in evaluate("kamailio", text)] == [None, "95188", "95188", "95013"]
