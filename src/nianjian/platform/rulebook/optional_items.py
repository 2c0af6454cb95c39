"""Papers that some provinces ask for besides the guide's list; apart from `rulebooks`, because it needs no Django."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook

RULE: Final = "materials.optional"
#: As the rulebook names them -> as commands and files do. No rule names a form: the original is asked for.
NAMES: Final[Mapping[str, str]] = {
    "年报承诺书": "report_pledge", "无违规承诺书": "conduct_pledge", "财务报表": "financial_statements",
    "系统截图/坐席照片": "system_pictures", "接入协议": "access_agreement", "码号证书": "number_certificate",
    "等保": "protection_grade", "外包协议": "outsourcing_agreement",
}  # fmt: skip


def list_requested_items(book: Rulebook) -> tuple[str, ...]:
    """Items that are asked for besides, in the rule's order."""
    return (
        tuple(dict.fromkeys(NAMES[one] for one in _list_rule_items(book) if one in NAMES)) if _particular(book) else ()
    )


def hinted(book: Rulebook) -> list[str]:
    """What is only told, by its name: papers that no item stands for, or that other provinces ask for."""
    return [one for one in _list_rule_items(book) if not _particular(book) or one not in NAMES]


def _particular(book: Rulebook) -> bool:
    rule = book.in_force.get(RULE)
    return rule is not None and (rule.province is not None or any(one["key"] == RULE for one in book.overlays))


def _list_rule_items(book: Rulebook) -> list[str]:
    return [str(one) for one in book.items(RULE)] if RULE in book.in_force else []
