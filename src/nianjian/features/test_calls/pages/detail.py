"""One test call: what it proves, its ladder and messages; the end of one by hand; the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.inspection.words import HOWS, LANDINGS, REASONS, VERDICTS, WITNESSES
from nianjian.engines.paper.words import Words, words
from nianjian.features.test_calls.operations import manual_calls
from nianjian.features.test_calls.operations import presenters as flow
from nianjian.features.test_calls.operations import witness as records
from nianjian.features.test_calls.pages.forms import Ended
from nianjian.features.test_calls.pages.ladder import ladder
from nianjian.features.test_calls.pages.pages import BADGES, moment
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table

Json = dict[str, Any]
SAID = {"filed": "good", "elsewhere": "bad", "voicemail": "bad", "unseen": "bad", "silent": "warn", "unnamed": "warn"}


def _found(request: Request, code: str, trial: str) -> Json:
    """The test, if it is of this enterprise; else 404."""
    try:
        told = flow.get_trial_detail(trial=trial, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    if told["enterprise"] != code:
        raise Http404
    return told


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.READ)
def trial_detail(request: Request, code: str, trial: str) -> HttpResponse:
    """Show it; of one by hand that is under way, take what came of it."""
    told = _found(request, code, trial)
    form, status = Ended(), 200
    if request.method == "POST":
        require(request.actor, code, Act.LOAD)
        form, status = Ended(request.POST), UNPROCESSABLE
        if form.is_valid() and _ended(request, told, form):
            return redirect("callback-one", code=code, trial=trial)
    _ = words(current())
    verdict = told["counts"] or ""
    context = {
        "told": told,
        "verdict": _(VERDICTS[verdict]),
        "badge": BADGES[verdict],
        "reason": _(REASONS[told["counts_reason"]]) if told["counts_reason"] else "",
        "pairs": _pairs(told, _),
        "looks": _looks(told, _),
        "ladder": ladder(told["messages"]),
        "lines": [
            {"label": f"{one['at_ms']} ms {'→' if one['sent'] else '←'} {one['first']}", "text": one["text"]}
            for one in told["messages"]
        ],
        "form": form,
        "running": told["how"] == "hand" and not verdict,
        "may_look": told["how"] == "sip" and told["answer_s"] is not None and may(request.actor, code, Act.REPORT),
        "gone": _gone(told),
        "may_load": may(request.actor, code, Act.LOAD),
        "may_reveal": may(request.actor, code, Act.REVEAL),
    }
    return render(request, "callback/one.html", context, status=status)


def _ended(request: Request, told: Json, form: forms.Form) -> bool:
    try:
        manual_calls.end(trial=told["trial"], actor=request.actor, **form.cleaned_data)
    except NianjianError as error:
        form.add_error(None, " ".join(describe_error(error)))
        return False
    return True


def _gone(told: Json) -> int:
    """Milliseconds since it was begun: where the shown timer starts."""
    since = clock.now() - datetime.fromisoformat(told["begun_at"])
    return max(int(since.total_seconds() * 1000), 0)


def _pairs(told: Json, _: Words) -> list[tuple[str, str]]:
    """What is known of it, line by line."""
    limit = gettext("{seconds} s (limit {limit} s)")
    answer = told["answer_s"]
    code = " ".join(str(one) for one in (told["status"], told["phrase"]) if one)
    cause = "" if told["q850"] is None else f"Q.850 {told['q850']}"
    measured = (told["source"].get("durations"), told["source"].get("begin"))
    places = (told["contact"], *told["routes"], told["media"])
    known = (
        (gettext("Begun"), moment(told["begun_at"])),
        (gettext("How"), " ".join(filter(None, (_(HOWS[told["how"]]), told["route"], told["carrier"], told["via"])))),
        (
            gettext("Answered after"),
            "" if answer is None else limit.format(seconds=f"{answer:.3f}", limit=f"{told['limit_s']:g}"),
        ),
        (gettext("Rang after"), _seconds(told["ringing_s"])),
        (gettext("Taken after (100)"), _seconds(told["trying_s"])),
        (gettext("Early sound after"), _seconds(told["early_s"])),
        (gettext("Last reply"), " · ".join(filter(None, (code, cause, told["server"], told["fault"])))),
        (gettext("Gateway in the ledger"), told["gateway_expected"]),
        (gettext("Gateway seen"), told["gateway_seen"]),
        (
            gettext("Contact, routes, sound"),
            " · ".join(filter(None, places)),
        ),
        (gettext("Landing proved by"), _(WITNESSES[told["counts_witness"]])),
        (gettext("By SIP alone"), _by_sip(told, _) if told["landing"] else ""),
        (gettext("Sound format"), told["codec"]),
        (gettext("Repeated INVITEs"), str(told["resent"]) if told["messages"] else ""),
        (
            gettext("Clocks that measured"),
            " · ".join(str(one) for one in measured if one),
        ),
        (gettext("Rulebook"), told["rulebook"].get("version")),
        (gettext("What was heard"), told["note"]),
        (gettext("sha256 of the evidence"), told["sha256"]),
        (gettext("Asked for by"), told["made_by"].partition(":")[2]),
    )
    return [(label, str(text)) for label, text in known if text]


def _by_sip(told: Json, _: Words) -> str:
    """What was sealed with the call, beside what the records say."""
    return " · ".join(
        filter(None, (_(VERDICTS[told["verdict"]]), _(REASONS[told["reason"]]) if told["reason"] else ""))
    )


def _looks(told: Json, _: Words) -> Table | None:
    """What the call records said at each look, the newest first."""
    body = []
    for one in reversed(told["looks"]):
        found = [
            " ".join(filter(None, (record["source"], moment(record["at"]), record["voicemail"])))
            for record in one["records"]
        ]
        covers = [(name, gettext("covers that time") if both else gettext("does not cover it"))
                  for name, both in one["sources"].items()]  # fmt: skip
        body.append(
            [
                Cell(moment(one["at"])),
                Cell(_(LANDINGS[one["verdict"]]), badge=SAID[one["verdict"]]),
                Cell(", ".join(one["seen"]) or "–"),
                Cell("; ".join(found) or "–"),
                Cell("" if covers else "–", pairs=covers),
            ]
        )
    heads = (gettext("Looked at"), gettext("In the call records"), gettext("Named there"), gettext("Records"),
             gettext("Sources"))  # fmt: skip
    columns = [Column(head) for head in heads]
    return Table(gettext("Own call records"), columns, body, wrap=True, cards=True) if body else None


def _seconds(found: float | None) -> str:
    return "" if found is None else gettext("{seconds} s").format(seconds=f"{found:.3f}")


@require_POST
@page(Act.REPORT)
def witness(request: Request, code: str, trial: str) -> HttpResponse:
    """Look for the call in the own call records; on to the job."""
    _found(request, code, trial)
    return redirect(
        "data-job", code=code, job=records.enqueue_landing_check(enterprise=code, trial=trial, actor=request.actor)
    )


@require_POST
@page(Act.REVEAL)
def evidence(request: Request, code: str, trial: str) -> HttpResponse:
    """Give the evidence away in full; the audit chain tells of it."""
    _found(request, code, trial)
    name, content = flow.evidence(trial=trial, actor=request.actor)
    return as_attachment(HttpResponse(content, content_type="application/json"), name)
