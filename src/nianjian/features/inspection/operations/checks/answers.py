"""The answer cards (三句话 and more): each with its live proof, its figures and the day (S7)."""

from __future__ import annotations

from datetime import date
from typing import Final

from nianjian.engines.gate.snapshot import write as snapshots
from nianjian.engines.kernel.claims import RELEASED, Claim
from nianjian.features.complaints.clocks import build_in_time_claim
from nianjian.features.dial_policy import decisions
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.dossier.materials.states import DONE
from nianjian.features.dossier.operations.checklist import lines as items
from nianjian.features.inspection import cards as answers
from nianjian.features.inspection.cards import Robots
from nianjian.features.inspection.operations.checks import dialling, facts, logs
from nianjian.features.inspection.operations.checks.grounds import Grounds, Json
from nianjian.features.reconciliation.operations import list_runs
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.progress import Progress, silent

ALGORITHM: Final = "algorithm_filing"
STEPS: Final = 6
#: Cards that rest on what was counted since a day: of the data year, or of the days of which dialling is judged.
OF_YEAR: Final = ("own_numbers", "tickets_in_time")
OF_DAYS: Final = ("robot_abilities", "ai_outbound", "predictive", "number_use", "resources")


def check_answers(*, enterprise: str, as_of: date | None, actor: Actor, progress: Progress = silent) -> Json:
    """Every card as at a day (None: today). ``role_missing``, ``inspection_day_wrong``.

    Cost: that of the portrait, of `logs.look` and of `dialling.look`.
    """
    grounds = Grounds.of(enterprise, as_of, actor)
    progress("", 0, STEPS)
    kept = logs.check_logs(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 1, STEPS)
    dialled = dialling.check_dialling(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 2, STEPS)
    return build_cards(grounds, kept, dialled, progress)


def build_cards(grounds: Grounds, kept: Json, dialled: Json, progress: Progress = silent) -> Json:
    """The cards from what was looked up, and what is looked up here."""
    numbers = facts.shown_numbers(grounds)
    progress("", 3, STEPS)
    first = date(numbers["year"], 1, 1)
    register = facts.registered(grounds)
    used = facts.used(grounds, date.fromisoformat(dialled["from"]), register["gateways"], register["lines"])
    progress("", 4, STEPS)
    doors = facts.one_click_alive(grounds, register["numbers"])
    progress("", 5, STEPS)
    robots = _robots(grounds, dialled["ai"], used["intents"], numbers["year"])
    sums = {name: sum(one[name] for one in dialled["teams"]) for name in ("calls", "over", "answered", "alone")}
    verdict = compared(grounds.enterprise, "numbers", grounds.actor)
    cards = [
        answers.own_numbers(numbers["delivered"], numbers["own"], numbers["classes"]),
        answers.robot_abilities(robots),
        build_in_time_claim(facts.tickets(grounds, first)),
        answers.absent("ai_outbound", dialled["ai"]["verdict"], {"seats": robots.seats, "robot_calls": robots.calls}),
        answers.absent("predictive", dialled["verdict"], sums),
        answers.one_click(
            doors["doors"], doors["alive"], doors["numbers"], len(doors["without"]), untried=doors["untried"]
        ),
        answers.logs_kept({one["log"]: one["state"] for one in kept["logs"]}),
        answers.number_filing(len(register["numbers"]), register["filed"], verdict),
        answers.number_use(used["calls"], used["elsewhere"], used["untold"]),
        answers.resources(register["lines_used"], register["lines_bare"], used["strange"], register["teams_bare"]),
        answers.conduct(numbers["lights"] or dict.fromkeys(facts.LIGHTS, "unknown"), dialled["verdict"]),
        _control(grounds, kept),
        answers.consent(register["consents"], register["proved"]),
    ]
    since = dict.fromkeys(OF_YEAR, first.isoformat()) | dict.fromkeys(OF_DAYS, str(dialled["from"]))
    return {
        "enterprise": grounds.enterprise,
        "as_of": grounds.day.isoformat(),
        "at": facts.moment(),
        "cards": [{**to_document(one), "from": since.get(one.id)} for one in cards],
        "released": sum(one.state == RELEASED for one in cards),
        "all": len(cards),
        "problem": numbers["problem"],
        "rulebook": grounds.stamp(),
    }


def _robots(grounds: Grounds, ai: Json, intents: int, year: int) -> Robots:
    """What registers, records and the package tell of robots."""
    found = items(grounds.enterprise, year, grounds.actor, grounds.day)
    form = next((one for one in found if one.item == ALGORITHM), None)
    put = ai["transfers"]
    return Robots(
        seats=ai["seats"]["open"],
        filed=ai["seats"]["filed"],
        calls=ai["calls"],
        answered=ai["answered"],
        intents=intents,
        asked=put["asked"],
        put_through=put["put_through"],
        in_time=put["in_time"],
        item=None if form is None or not form.required else form.state in DONE,
    )


def _control(grounds: Grounds, kept: Json) -> Claim:
    """The gate as it is now, and whether its journal goes on to the last day that is over."""
    state = decisions.get_state(enterprise=grounds.enterprise, actor=grounds.actor)
    place = gate_feed.snapshot_folder()
    part = None if snapshots.current_manifest(place) is None else snapshots.read_tenant(place, grounds.enterprise)
    gateway = next(one for one in kept["logs"] if one["log"] == "gateway")
    return answers.control(
        str(state["snapshot"]["state"]),
        enforced=bool(part and part.get("enforce")),
        answers=state["process"]["status"] == "ok",
        decisions=gateway["unbroken_since"] is not None,
    )


def to_document(one: Claim) -> Json:
    """A card as JSON."""
    return {
        "card": one.id,
        "state": one.state,
        "figures": dict(one.figures),
        "lacks": [{"code": lack.code, "known": lack.known, "count": lack.count} for lack in one.lacks],
    }


def compared(enterprise: str, kind: str, actor: Actor) -> str | None:
    """The verdict of the newest reconciliation of a kind; None: there is none."""
    found = list_runs(enterprise=enterprise, actor=actor, count=1, kind=kind)
    return str(found[0]["verdict"]) if found else None
