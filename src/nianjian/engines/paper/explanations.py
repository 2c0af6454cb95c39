"""A metric explained: its formula with numbers, exclusions, rules behind it, and what changed between two runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper import sections
from nianjian.engines.paper.figures import DASH, amount_text, count_text, limit_text, proven
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import BASIS_NAMES, FILL_IN, PLAN, TABLES, VALUES, code_name
from nianjian.engines.paper.texts.season import MODULES, TASKS
from nianjian.engines.paper.words import CHINESE, Words, mark, pair_text
from nianjian.engines.rules.inputs import PER_TEN_THOUSAND

Json = Mapping[str, Any]

# Metric -> where the guide and the law disagree about it (rules/data/conflicts.yaml).
CONFLICTS: Final[Mapping[str, tuple[str, ...]]] = {
    "number_consistency": ("conflict.number_classes", "conflict.marketing", "conflict.sentence"),
    "closing_rate": ("conflict.complaint_clock",),
}
PER_CENT: Final = 100
TEN_THOUSAND: Final = 10_000
WORDS_TO_FIND: Final = "purposes"  # unit of a value whose words are looked for as they stand
NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})
SPEAKS_FOR_ITSELF: Final = frozenset({"code", "name", "text", "item"})  # parts whose own name would say nothing
VALUE_WORDS: Final[Mapping[str, str]] = {**MODULES, **TASKS, **FILL_IN, **PLAN, **VALUES, **BASIS_NAMES}
UNITS: Final[Mapping[str, str]] = {
    "attempts_per_day": mark("{n} attempts a day"),
    "calls": mark("{n} calls"),
    "complaints": mark("{n} complaints"),
    "days": mark("{n} days"),
    "degrees": mark("{n} degrees"),
    "digits": mark("{n} digits"),
    "dpi": mark("{n} dpi"),
    "hours": mark("{n} hours"),
    "megabytes": mark("{n} MB"),
    "millimetres": mark("{n} mm"),
    "minutes": mark("{n} minutes"),
    "months": mark("{n} months"),
    "percent": mark("{n} %"),
    "persons": mark("{n} persons"),
    "pixels": mark("{n} pixels"),
    "rows": mark("{n} rows"),
    "seconds": mark("{n} seconds"),
    "sheets": mark("{n} sheets"),
    "tests_per_number_and_carrier": mark("{n} tests per number and carrier"),
    "weeks": mark("{n} weeks"),
    "workdays": mark("{n} working days"),
    "years": mark("{n} years"),
}


@dataclass(frozen=True, slots=True)
class PresentedRule:
    """A rule for readers; ``text`` quotes the source, ``changed`` says who set another value and why."""

    key: str
    id: str
    title: str
    value: str
    level: str
    level_word: str
    citation: str
    url: str
    days: str
    text: str
    changed: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the guide says, what the law says, what the product does."""

    title: str
    guide: str
    law: str
    action: str


def rules_of_metric(portrait: Json, slug: str, language: str, _: Words) -> tuple[PresentedRule, ...]:
    """Every rule of a metric in the portrait's own rulebook; none where an older program kept no rules."""
    return tuple(
        _present_rule(one, language, _)
        for one in portrait.get("rules") or ()
        if one["key"].startswith(f"portrait.{slug}.")
    )


def conflicts_of_metric(portrait: Json, slug: str, language: str) -> tuple[Conflict, ...]:
    """Where guide and law disagree about a metric."""
    by_key = {one["key"]: one for one in portrait.get("rules") or ()}
    rules = [by_key[key] for key in CONFLICTS.get(slug, ()) if key in by_key]
    return tuple(
        Conflict(rule_title(one, language), one["value"]["guide"], one["value"]["law"], one["value"]["action"])
        for one in rules
    )


def rule_title(rule: Json, language: str) -> str:
    """What the rule is called."""
    return str(rule["title_zh"] if language == CHINESE else rule["title_en"])


def value_text(rule: Json, _: Words, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Value and operator as people write them: ``> 30 %``; ``titles``: rule key -> what that rule is called."""
    value, unit, operator = rule["value"], str(rule["unit"]), rule.get("operator")
    sign = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "==": "= "}.get(str(operator), "")
    if unit == WORDS_TO_FIND and isinstance(value, Mapping):
        return _("; ").join(pair_text(_word_of(key, _, titles), " + ".join(words), _) for key, words in value.items())
    if isinstance(value, list | Mapping):
        return _nested_text(value, _, titles) or "–"
    if unit in {"share", "factor"}:
        value = Decimal(str(value)) / (PER_CENT if isinstance(value, int) and value > 1 else 1)
        scale, suffix = (TEN_THOUSAND, "‱") if rule.get("key") in PER_TEN_THOUSAND else (PER_CENT, "%")
        return f"{sign}{(Decimal(str(value)) * scale).normalize():f} {suffix}"
    if unit == "light":
        return code_name("light", str(value), _)
    if unit in UNITS and not isinstance(value, str):
        return sign + _(UNITS[unit]).format(n=f"{value:,}")
    return sign + _word_of(value, _, titles)


def _nested_text(value: object, _: Words, titles: Mapping[str, str], depth: int = 0) -> str:
    """A value of any depth: parts under their names, deeper ones in brackets."""
    if isinstance(value, Mapping):
        parts = ((key, _nested_text(inside, _, titles, depth + 1)) for key, inside in value.items())
        said = (" · " if depth else "; ").join(
            text if key in SPEAKS_FOR_ITSELF else _("{part}: {text}").format(part=_word_of(key, _, titles), text=text)
            for key, text in parts
        )
        return f"({said})" if depth > 1 else said
    if isinstance(value, list):
        if depth == 0 and any(isinstance(item, Mapping) for item in value):
            return "; ".join(_nested_text(item, _, titles, 1) for item in value)
        sign = " + " if depth and all(isinstance(item, str) for item in value) else ", "
        return sign.join(_nested_text(item, _, titles, depth + 1) for item in value)
    return _word_of(value, _, titles)


def _word_of(item: object, _: Words, titles: Mapping[str, str]) -> str:
    """One word of a value: a code's name, another rule's title, or what it is."""
    if isinstance(item, bool):
        return _("yes") if item else _("no")
    text = str(item)
    if text in titles:
        return titles[text]
    table = next((one for one in ("attachment", "exclusion", "component") if text in TABLES[one]), None)
    if text in VALUE_WORDS and table in {"component", None}:
        return _(VALUE_WORDS[text])
    return text if table is None else code_name(table, text, _)


def _present_rule(rule: Json, language: str, _: Words) -> PresentedRule:
    until = rule.get("valid_to")
    days = _("since {day}").format(day=rule["valid_from"]) + (f" – {until}" if until else "")
    return PresentedRule(
        key=str(rule["key"]),
        id=str(rule["id"]),
        title=rule_title(rule, language),
        value=value_text(rule, _),
        level=str(rule["level"]),
        level_word=code_name("level", str(rule["level"]), _),
        citation=str(rule["citation"]),
        url=str(rule.get("url") or ""),
        days=days,
        text=str(rule.get("text_zh") or ""),
        changed=change_text(rule, _),
    )


def change_text(rule: Json, _: Words) -> str:
    """Who set the value, or an enterprise's own beside it, when and why; "" for a value of the rulebook's own."""
    overlay = rule.get("overlay")
    if not overlay:
        return ""
    who, day = actor_text(str(overlay["who"]), _), str(overlay.get("when") or "–")[:10]
    text = _("changed by {who} on {day}: {reason}").format(who=who, day=day, reason=overlay["reason"])
    if not overlay.get("beside"):
        return text
    own = value_text({**rule, "value": overlay["value"]}, _)
    return _("own value {value}, in addition to this one ({changed})").format(value=own, changed=text)


REASONS: Final[Mapping[str, str]] = {
    "not_accepted": mark("{n} were not accepted (不予受理): only accepted complaints count."),
    "not_own_number": mark("{n} concern a number that did not belong to this enterprise on that day."),
    "duplicate": mark(
        "{n} are duplicates: same channel and reference number, or same complainant, number and day of the call."
    ),
    "not_a_call": mark("{n} do not concern a call (12300 accepts other disputes too)."),
}
# Parts of the data that no rate counts, from the quality block.
CALLS: Final[Mapping[str, str]] = {
    "undelivered": mark("{n} outbound calls never reached the carrier; they are not counted in any rate."),
    "tests": mark("{n} test calls are not counted in any rate."),
    "without_customer": mark(
        "{n} outbound calls have no customer leg in the records; they are not counted in any rate."
    ),
}


def exclusion_lines(portrait: Json, metric: Json, _: Words) -> tuple[tuple[str, str, int], ...]:
    """(reason, sentence, count) of what was left out; what excluded nothing is not said."""
    excluded = metric["components"].get("excluded") or {}
    entries = [(reason, REASONS[reason], int(number)) for reason, number in excluded.items() if reason in REASONS]
    if metric["slug"] in {"complaint_rate", "number_consistency"}:
        calls = portrait["quality"]["calls"]
        entries += [(name, text, int(calls.get(name) or 0)) for name, text in CALLS.items()]
    return tuple((reason, _(text).format(n=count_text(number)), number) for reason, text, number in entries if number)


SCALE: Final = {"%": 100, "‱": 10_000}


@dataclass(frozen=True, slots=True)
class Formula:
    """``words`` and ``numbers`` of a rate; ``decision``: how it was compared, "" where nothing is compared."""

    words: str
    numbers: str
    decision: str = ""


FORMULA_TEXTS: Final[Mapping[str, str]] = {
    "seat_vacancy": mark("(filed seats − opened seats) ÷ filed seats, at the end of the as-of day"),
    "complaint_rate": mark("accepted complaints about your numbers ÷ answered outbound calls of the data year"),
    "complaint_rate.delivered": mark(
        "accepted complaints about your numbers ÷ delivered outbound calls of the data year"
    ),
    "number_consistency": mark(
        "outbound calls that displayed one of your filed 95/96 numbers ÷ outbound calls delivered in the data year"
    ),
    "number_consistency.answered": mark(
        "outbound calls that displayed one of your filed 95/96 numbers ÷ outbound calls answered in the data year"
    ),
    "evasion": mark("calls that displayed a landline or mobile number ÷ all these calls"),
    "closing_rate": mark("closed tickets ÷ tickets accepted in the data year, at the end of the as-of day"),
}


def list_formulas(metric: Json, _: Words) -> tuple[Formula, ...]:
    """The headline formula, and for number consistency the share that decides its light."""
    slug, unit, parts = str(metric["slug"]), str(metric["unit"]), metric["components"]
    top, bottom = metric["numerator"], metric["denominator"]
    terms = {
        "seat_vacancy": lambda: f"({count_text(parts['filed'])} − {count_text(parts['opened'])})",
        "complaint_rate": lambda: _sum([v for n, v in parts.items() if n.startswith("complaints_")]),
    }.get(slug, lambda: count_text(top))()
    # The base is the calls that the rulebook names: answered or delivered ones.
    usual, other = {
        "complaint_rate": ("answered", "delivered"), "number_consistency": ("delivered", "answered"),
    }.get(slug, ("", ""))  # fmt: skip
    turned = other in parts and (usual not in parts or parts[usual] != bottom == parts[other])
    words = _(FORMULA_TEXTS[f"{slug}.{other}" if turned else slug])
    formulas = [Formula(words, _division(terms, bottom, metric["value"], unit), _decision(metric, top, bottom))]
    for flag in metric["flags"]:
        if flag["code"] == "evasion":
            numbers = _division(_sum([parts["landline"], parts["mobile"]]), bottom, flag.get("value"), unit)
            decision = _decision({**flag, "unit": unit}, flag["count"], bottom)
            formulas.append(Formula(_(FORMULA_TEXTS["evasion"]), numbers, decision))
    return tuple(formulas)


def _sum(counts: Sequence[object]) -> str:
    return f"({' + '.join(count_text(one) for one in counts)})" if len(counts) > 1 else count_text(counts[0])


def _division(top: str, bottom: int, value: object, unit: str) -> str:
    return f"{top} ÷ {count_text(bottom)} = {f'{value} {unit}' if bottom else DASH}"


def _decision(figure: Json, top: int, bottom: int) -> str:
    """``95 × 10 = 950 > 260 × 3 = 780``: part times the limit's denominator against whole times its numerator."""
    if figure.get("limit") is None or not bottom:
        return ""
    over, under = (Decimal(str(figure["limit"])) / SCALE[str(figure["unit"])]).as_integer_ratio()
    left, right = top * under, bottom * over
    sign = ">" if left > right else "<" if left < right else "="
    part = f"{count_text(top)} × {count_text(under)} = {count_text(left)}"
    text = f"{part} {sign} {count_text(bottom)} × {count_text(over)} = {count_text(right)}"
    return f"{text}  ({limit_text(figure, str(figure['unit']))})"


TEAM: Final = "team"
TEAM_FIELDS: Final = ("slug", "unit", "limit", "operator", "source", "title")
# Component -> the field of a team's row that counts it.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint_rate": {
        "complaints": "numerator", "answered": "denominator", "delivered": "delivered",
        "answer_unknown": "answer_unknown",
    },
    "number_consistency": {
        "delivered": "denominator", "own_short": "own_short", "other_short": "other_short", "landline": "landline",
        "mobile": "mobile", "shared_400_800": "shared_400_800", "other": "other", "unknown": "unknown",
    },
    "closing_rate": {"tickets": "denominator", "closed": "numerator", "on_time": "on_time"},
}  # fmt: skip


def team_results(portrait: Json, team: str) -> list[dict[str, Any]]:
    """Each metric that is split by team, with this team's figures in the place of the enterprise's."""
    none: Json = {"numerator": 0, "denominator": 0, "value": None, "light": "na"}
    results = []
    for metric in portrait["metrics"]:
        if metric["slug"] in PARTS:
            row = next((row for row in metric["splits"].get(TEAM, ()) if row["key"] == team), none)
            parts = {name: int(row.get(field) or 0) for name, field in PARTS[metric["slug"]].items()}
            figures = {name: row[name] for name in ("numerator", "denominator", "value", "light")}
            results.append({**{name: metric[name] for name in TEAM_FIELDS}, **figures, "components": parts})
    return results


def team_standing(portrait: Json, team: str) -> list[dict[str, Any]]:
    """The results of a team with what `figures.find_headroom` counts against the limit.

    The limit binds the enterprise as a whole; it is applied to the team's own counts, as its light is.
    """
    whole = {metric["slug"]: metric for metric in portrait["metrics"]}
    results = []
    for result in team_results(portrait, team):
        parts, flags = dict(result["components"]), []
        if result["slug"] == "complaint_rate" and result["limit"] is not None:
            top, bottom = (Decimal(str(result["limit"])) / SCALE[str(result["unit"])]).as_integer_ratio()
            allowed = result["denominator"] * top // bottom
            parts |= {"allowance": allowed, "headroom": allowed - result["numerator"]}
        if result["slug"] == "number_consistency":
            flagged: Sequence[Json] = whole[result["slug"]].get("flags") or ()
            evasion: Json = next((one for one in flagged if one["code"] == "evasion"), {})
            limit, count = evasion.get("limit"), parts["landline"] + parts["mobile"]
            flags = [{"code": "evasion", "light": result["light"], "limit": limit, "count": count}]
            if other := parts.get("other_short"):
                flags += [{**one, "count": other} for one in flagged if one["code"] == "other_short"]
        results.append({**result, "components": parts, "flags": flags})
    return results


CAUSES: Final[Mapping[str, str]] = {
    "data": mark("the data changed"),
    "rules": mark("the rulebook changed"),
    "settings": mark("it was computed for another day or province"),
    "program": mark("it was computed by another version of the program"),
}
NO_CHANGES: Final = mark("Nothing that the portrait is computed from changed between the two.")
FACT_TABLES: Final[Mapping[str, str]] = {
    "calls": mark("call records"),
    "number_dim": mark("number ledger"),
    "line_dim": mark("lines and teams"),
    "seat_dim": mark("seats"),
    "complaint_fact": mark("complaint tickets"),
    "attachment_fact": mark("attached documents"),
}
ACTS: Final[Mapping[str, str]] = {
    "calls.import": mark("call records imported"),
    "calls.undo": mark("a batch of call records undone"),
    "registers.import": mark("a register imported"),
    "portrait.attach": mark("a document attached"),
    "portrait.declare": mark("a metric declared not applicable"),
    "portrait.decide_marketing": mark("a decision about marketing calls"),
    "portrait.withdraw": mark("a declaration withdrawn"),
    "approval.approved": mark("a request approved"),
    "holidays.import": mark("holidays imported"),
}
SETTINGS: Final[Mapping[str, str]] = {
    "province": mark("province"),
    "as_of": mark("as-of day"),
    "today": mark("second day"),
}
TOLD: Final = ("batch", "replaces", "kind", "file", "name", "metric", "key", "subject", "rows")


def comparison_view(comparison: Json, language: str, _: Words) -> dict[str, Any]:
    """Every part of the comparison with its words; empty lists are what did not change."""
    return {
        "light": [{"code": code, "word": code_name("light", str(code), _)} for code in comparison["light"]],
        "causes": [_(CAUSES[cause]) for cause in comparison["causes"]] or [_(NO_CHANGES)],
        "settings": [
            (_(SETTINGS[key]), *(one or DASH for one in pair)) for key, pair in comparison["settings"].items()
        ],
        "metrics": [_metric(metric, _) for metric in comparison["metrics"]],
        "rules": [_rule(rule, language, _) for rule in comparison["rules"]],
        "rules_told": comparison["rules_told"],
        "tables": [
            (
                _(FACT_TABLES.get(one["table"], str(one["table"]))),
                *(DASH if one[side] is None else str(one[side]) for side in ("before", "after")),
            )
            for one in comparison["tables"]
        ],
        "acts": [_act(act, _) for act in comparison.get("between", ())],
    }


def _metric(metric: Json, _: Words) -> dict[str, Any]:
    unit = str(metric["unit"])
    lines = [_count(code_name("component", one["code"], _), one) for one in metric["components"]]
    excluded = code_name("component", "excluded", _)
    lines += [_count(pair_text(excluded, code_name("exclusion", one["code"], _), _), one) for one in metric["excluded"]]
    if "limit" in metric["changed"]:
        before, after = metric["changed"]["limit"]
        lines.append((_("limit"), limit_text({"limit": before}, unit), limit_text({"limit": after}, unit), ""))
    return {
        "slug": metric["slug"],
        "title": code_name("metric", metric["slug"], _),
        "light": [{"code": code or "na", "word": code_name("light", str(code or "na"), _)} for code in metric["light"]],
        "value": [
            amount_text(proven({"value": value, "light": light}), unit, limit)
            for value, light, limit in zip(metric["value"], metric["light"], metric["limit"], strict=True)
        ],
        "same": not metric["changed"] and not lines and not metric["flags"],
        "lines": lines,
        "flags": [_flag(flag, _) for flag in metric["flags"]],
        "papers": [
            text.format(paper=code_name("attachment", one, _))
            for side, text in (("added", _("attached: {paper}")), ("removed", _("no longer attached: {paper}")))
            for one in metric["attachments"][side]
        ],
        "months": [_moved_row(row, metric, _) for row in metric["months"]],
        "splits": [
            (code_name("split", split, _), [_moved_row(row, metric, _) for row in rows])
            for split, rows in metric["splits"].items()
        ],
    }


def _count(label: str, one: Json) -> tuple[str, str, str, str]:
    """Name, before, after, difference with its sign."""
    return label, count_text(one["before"]), count_text(one["after"]), f"{one['delta']:+,}"


def _flag(flag: Json, _: Words) -> str:
    title = code_name("flag", flag["code"], _)
    before, after = flag["before"], flag["after"]
    if before is None:
        return _("new: {flag} ({count})").format(flag=title, count=count_text(after["count"]))
    if after is None:
        return _("no longer: {flag} ({count})").format(flag=title, count=count_text(before["count"]))
    return pair_text(title, f"{count_text(before['count'])} → {count_text(after['count'])}", _)


def _moved_row(row: Json, metric: Json, _: Words) -> dict[str, Any]:
    def side(place: int) -> str:
        top, bottom = row["numerator"][place], row["denominator"][place]
        rate = proven({name: row[name][place] for name in ("value", "light")})
        value = amount_text(rate, metric["unit"], metric["limit"][place])
        return DASH if bottom is None else f"{count_text(top)} / {count_text(bottom)} = {value}"

    return {
        "key": sections.key_text(row["key"], _),
        "before": side(0),
        "after": side(1),
        "light": [str(code or "na") for code in row["light"]],
        "words": [code_name("light", str(code or "na"), _) for code in row["light"]],
    }


def _rule(rule: Json, language: str, _: Words) -> dict[str, Any]:
    sides = (rule["before"], rule["after"])
    return {
        "title": rule["title"]["zh" if language == CHINESE else "en"],
        "key": rule["key"],
        "id": rule["id"],
        "values": [DASH if side is None else value_text(side, _) for side in sides],
        "levels": [DASH if side is None else code_name("level", side["level"], _) for side in sides],
        "changed": next((change_text(side, _) for side in sides[::-1] if side and side["overlay"]), ""),
    }


def _act(act: Json, _: Words) -> dict[str, str]:
    verb, data = str(act["verb"]), act["data"]
    said = ", ".join(f"{key} {data[key]}" for key in TOLD if isinstance(data.get(key), str | int) and data[key] != "")
    return {
        "at": f"{datetime.fromisoformat(str(act['at'])).astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
        "actor": actor_text(str(act["actor"]), _),
        "what": _(ACTS.get(verb, verb)),
        "detail": said,
        "seq": str(act["seq"]),
    }
