"""Auditor's reports in words: every kind of opinion, today's form and the older one, boilerplate and all.

A report is a list of (style, text): `title`, `heading`, `text`, `sign`. The names of firms are invented.
"""

from dataclasses import dataclass, field

Block = tuple[str, str]
PARTS = "一二三四五六七八九十"
COMPANY = "杭州云桥通信技术有限公司"
FIRM = "浙江天衡信会计师事务所（特殊普通合伙）"
UNMODIFIED = "后附的财务报表在所有重大方面按照企业会计准则的规定编制，公允反映了{company}{year}年12月31日的财务状况以及{year}年度的经营成果和现金流量。"
GROUND = (
    "我们按照中国注册会计师审计准则的规定执行了审计工作。审计报告的“注册会计师对财务报表审计的责任”部分进一步阐述了我们在这些准则下的责任。"
    "按照中国注册会计师职业道德守则，我们独立于{company}，并履行了职业道德方面的其他责任。"
    "我们相信，我们获取的审计证据是充分、适当的，为发表{kind}提供了基础。"
)
OTHER_INFORMATION = (
    "{company}管理层对其他信息负责。我们对财务报表发表的审计意见不涵盖其他信息，我们也不对其他信息发表任何形式的鉴证结论。"
    "基于我们已执行的工作，如果我们确定其他信息存在重大错报，我们应当报告该事实。在这方面，我们无任何事项需要报告。"
)
KEY_MATTERS = (
    "关键审计事项是我们根据职业判断，认为对本期财务报表审计最为重要的事项。这些事项的应对以对财务报表整体进行审计并形成审计意见为背景，"
    "我们不对这些事项单独发表意见。我们确定收入确认是需要在审计报告中沟通的关键审计事项。"
)
MANAGEMENT = (
    "管理层负责按照企业会计准则的规定编制财务报表，使其实现公允反映，并设计、执行和维护必要的内部控制，以使财务报表不存在由于舞弊或错误导致的重大错报。"
    "在编制财务报表时，管理层负责评估{company}的持续经营能力，披露与持续经营相关的事项（如适用），并运用持续经营假设，除非管理层计划清算、终止运营或别无其他现实的选择。"
    "治理层负责监督{company}的财务报告过程。"
)
AUDITOR = (
    "我们的目标是对财务报表整体是否不存在由于舞弊或错误导致的重大错报获取合理保证，并出具包含审计意见的审计报告。合理保证是高水平的保证，但并不能保证按照审计准则执行的审计在某一重大错报存在时总能发现。"
    "对管理层使用持续经营假设的恰当性得出结论。同时，根据获取的审计证据，就可能导致对{company}持续经营能力产生重大疑虑的事项或情况是否存在重大不确定性得出结论。"
    "如果我们得出结论认为存在重大不确定性，审计准则要求我们在审计报告中提请报表使用者注意财务报表中的相关披露；如果披露不充分，我们应当发表非无保留意见。"
    "我们的结论基于截至审计报告日可获得的信息。然而，未来的事项或情况可能导致{company}不能持续经营。"
)
AUDITOR_OF_A_DISCLAIMER = (
    "我们的责任是按照中国注册会计师审计准则的规定，对{company}的财务报表执行审计工作，以出具审计报告。"
    "但由于“形成无法表示意见的基础”部分所述的事项，我们无法获取充分、适当的审计证据以作为发表审计意见的基础。"
)
OPENING = "我们审计了{company}（以下简称“贵公司”）财务报表，包括{year}年12月31日的资产负债表，{year}年度的利润表、现金流量表、所有者权益变动表，以及相关财务报表附注。"


@dataclass(frozen=True)
class Text:
    """One report and what it is. ``hard``: unusual wording."""

    name: str
    opinion: str
    blocks: tuple[Block, ...]
    year: int = 2026
    firm: str = FIRM
    code: str = "浙26K7MQ2X9B"
    hard: bool = False
    values: dict[str, str] = field(default_factory=dict)


def report(
    opinion_head: str, first: list[str], ground_head: str, ground: str, extra: list[tuple[str, str]] | None = None,
    *, kind: str = "审计意见", auditor: str = AUDITOR, key_matters: bool = False, other_information: bool = True,
) -> list[Block]:  # fmt: skip
    """Today's form, its parts numbered."""
    parts: list[tuple[str, list[str]]] = [(opinion_head, first), (ground_head, [ground])]
    parts += [(head, [text]) for head, text in extra or []]
    if key_matters:
        parts.append(("关键审计事项", [KEY_MATTERS]))
    if other_information:
        parts.append(("其他信息", [OTHER_INFORMATION]))
    parts += [("管理层和治理层对财务报表的责任", [MANAGEMENT]), ("注册会计师对财务报表审计的责任", [auditor])]
    blocks: list[Block] = [("title", "审计报告"), ("text", "{company}全体股东：")]
    for number, (head, texts) in enumerate(parts):
        blocks.append(("heading", f"{PARTS[number]}、{head}"))
        blocks += [("text", text.replace("{kind}", kind)) for text in texts]
    return [*blocks, ("sign", "")]


def older(
    head: str, first: str, cause: tuple[str, str] | None = None, extra: tuple[str, str] | None = None
) -> list[Block]:
    """The form before 2017: responsibilities first, the opinion last."""
    parts = [
        (
            "管理层对财务报表的责任",
            "编制和公允列报财务报表是{company}管理层的责任，这种责任包括按照小企业会计准则的规定编制财务报表，并使其实现公允反映。",
        ),
        (
            "注册会计师的责任",
            "我们的责任是在执行审计工作的基础上对财务报表发表审计意见。我们相信，我们获取的审计证据是充分、适当的，为发表审计意见提供了基础。",
        ),
        *([cause] if cause else []),
        (head, first),
        *([extra] if extra else []),
    ]
    blocks: list[Block] = [
        ("title", "审计报告"),
        ("text", "{company}全体股东："),
        (
            "text",
            "我们审计了后附的{company}（以下简称“贵公司”）财务报表，包括{year}年12月31日的资产负债表，{year}年度的利润表和现金流量表以及财务报表附注。",
        ),
    ]
    for number, (title, text) in enumerate(parts):
        blocks += [("heading", f"{PARTS[number]}、{title}"), ("text", text)]
    return [*blocks, ("sign", "")]


def _we(text: str) -> list[str]:
    return [OPENING, f"我们认为，{text}"]


_CLEAN = ("审计意见", _we(UNMODIFIED), "形成审计意见的基础", GROUND)
_SMALL = UNMODIFIED.replace("企业会计准则", "小企业会计准则")
_EMPHASIS = (
    "我们提醒财务报表使用者关注，如财务报表附注九所述，贵公司与客户的合同纠纷尚未判决。本段内容不影响已发表的审计意见。"
)
_EMPHASIS_PLAIN = "我们提请财务报表使用人留意附注十二，贵公司在期后处置了一家子公司。该事项不影响我们已发表的审计意见。"
_OTHER = "贵公司2025年度财务报表由其他会计师事务所审计，并于2026年3月20日发表了保留意见。"
_CONCERN = "我们提醒财务报表使用者关注，如附注二所述，贵公司{year}年发生净亏损1,200万元。这些事项或情况表明存在可能导致对贵公司持续经营能力产生重大疑虑的重大不确定性。该事项不影响已发表的审计意见。"
_EXCEPT = "除“形成保留意见的基础”部分所述事项可能产生的影响外，"
_CAUSE = "如财务报表附注六所述，我们无法就贵公司应收款项的可收回性获取充分、适当的审计证据。"
_ADVERSE = "由于“形成否定意见的基础”部分所述事项的重要性，后附的财务报表没有在所有重大方面按照企业会计准则的规定编制，未能公允反映{company}{year}年12月31日的财务状况以及{year}年度的经营成果和现金流量。"
_NONE = [
    "我们接受委托，审计{company}（以下简称“贵公司”）财务报表，包括{year}年12月31日的资产负债表，{year}年度的利润表、现金流量表，以及相关财务报表附注。",
    "我们不对后附的{company}财务报表发表审计意见。由于“形成无法表示意见的基础”部分所述事项的重要性，我们无法获取充分、适当的审计证据以作为对财务报表发表审计意见的基础。",
]


def texts() -> list[Text]:
    """Every wording of the set: three for each kind at least."""
    made = [
        ("standard", "standard", report(*_CLEAN)),
        ("standard with key matters", "standard", report(*_CLEAN, key_matters=True)),
        ("standard, small firms", "standard", report("审计意见", _we(_SMALL), "形成审计意见的基础", GROUND, other_information=False)),
        ("standard, older form", "standard", older("审计意见", f"我们认为，{_SMALL}")),
        ("emphasis", "emphasis", report(*_CLEAN, [("强调事项", _EMPHASIS)])),
        ("emphasis, other words", "emphasis", report(*_CLEAN, [("强调事项段", _EMPHASIS_PLAIN)], other_information=False)),
        ("other matters, prior opinion", "emphasis", report(*_CLEAN, [("其他事项", _OTHER)])),
        ("emphasis, older form", "emphasis", older("审计意见", f"我们认为，{UNMODIFIED}", None, ("强调事项", _EMPHASIS))),
        ("going concern", "going_concern", report(*_CLEAN, [("与持续经营相关的重大不确定性", _CONCERN)])),
        ("going concern and emphasis", "going_concern", report(*_CLEAN, [("与持续经营相关的重大不确定性", _CONCERN), ("强调事项", _EMPHASIS)])),
        ("going concern, key matters", "going_concern", report(*_CLEAN, [("持续经营相关的重大不确定性", _CONCERN)], key_matters=True)),
        ("qualified", "qualified", report("保留意见", _we(_EXCEPT + UNMODIFIED), "形成保留意见的基础", _CAUSE + GROUND, kind="保留意见")),
        ("qualified, today's effect", "qualified", report("保留意见", _we(_EXCEPT.replace("可能产生", "产生") + UNMODIFIED), "形成保留意见的基础", _CAUSE + GROUND, [("强调事项", _EMPHASIS)], kind="保留意见")),
        ("qualified, older form", "qualified", older("保留意见", f"我们认为，除“三、导致保留意见的事项”段所述事项可能产生的影响外，{UNMODIFIED}", ("导致保留意见的事项", _CAUSE))),
        ("adverse", "adverse", report("否定意见", _we(_ADVERSE), "形成否定意见的基础", "贵公司未将一家子公司纳入合并范围。" + GROUND, kind="否定意见")),
        ("adverse, not in fair view", "adverse", report("否定意见", _we(_ADVERSE.replace("未能公允", "没有公允")), "形成否定意见的基础", "贵公司未计提减值准备。" + GROUND, kind="否定意见", other_information=False)),
        ("adverse, older form", "adverse", older("否定意见", f"我们认为，{_ADVERSE}".replace("形成否定意见的基础", "三、导致否定意见的事项"), ("导致否定意见的事项", "贵公司未将一家子公司纳入合并范围。"))),
        ("disclaimer", "disclaimer", report("无法表示意见", _NONE, "形成无法表示意见的基础", _CAUSE, auditor=AUDITOR_OF_A_DISCLAIMER, other_information=False)),
        ("disclaimer, with other information", "disclaimer", report("无法表示意见", _NONE, "形成无法表示意见的基础", "管理层未提供会计记录。", auditor=AUDITOR_OF_A_DISCLAIMER)),
        ("disclaimer, older form", "disclaimer", older("无法表示意见", "由于“三、导致无法表示意见的事项”段所述事项的重要性，我们无法获取充分、适当的审计证据以为发表审计意见提供基础，因此，我们不对{company}财务报表发表审计意见。", ("导致无法表示意见的事项", _CAUSE))),
    ]  # fmt: skip
    return [*(Text(name, kind, tuple(blocks)) for name, kind, blocks in made), *_hard()]


def _hard() -> list[Text]:
    """Wordings that no template has; none but the first of them may be called standard."""
    made = [
        ("standard, order turned", "standard", report("审计意见", _we("后附的财务报表已经按照企业会计准则的规定编制，在所有重大方面公允反映了{company}{year}年12月31日的财务状况以及{year}年度的经营成果和现金流量。"), "形成审计意见的基础", GROUND)),
        ("emphasis without a heading", "emphasis", report("审计意见", [*_we(UNMODIFIED), _EMPHASIS], "形成审计意见的基础", GROUND)),
        ("emphasis behind the responsibilities", "emphasis", _moved("强调事项", _EMPHASIS)),
        ("except for, without headings", "qualified", report("审计意见", _we("除存货盘点受限可能造成的影响以外，" + UNMODIFIED), "形成审计意见的基础", GROUND)),
        ("concern without a heading", "going_concern", report("审计意见", [*_we(UNMODIFIED), "贵公司流动负债高于流动资产，持续经营能力存在重大不确定性。"], "形成审计意见的基础", GROUND)),
        ("adverse in the first form's headings", "adverse", report("审计意见", _we(UNMODIFIED.replace("在所有重大方面", "并未在所有重大方面").replace("，公允", "，未公允")), "形成审计意见的基础", GROUND)),
        ("disclaimer in other words", "disclaimer", report("审计意见", [OPENING, "由于审计范围受到限制，我们无法对上述财务报表发表意见。"], "形成审计意见的基础", _CAUSE)),
    ]  # fmt: skip
    return [Text(name, kind, tuple(blocks), hard=True) for name, kind, blocks in made]


def _moved(head: str, text: str) -> list[Block]:
    blocks = report(*_CLEAN)
    return [*blocks[:-1], ("heading", f"六、{head}"), ("text", text), ("sign", "")]


def filled(text: Text) -> list[Block]:
    """The blocks with company, year, firm and code in their places."""
    values = {"company": COMPANY, "year": str(text.year), **text.values}
    done = [(style, words.format(**values)) for style, words in text.blocks if style != "sign"]
    return [
        *done,
        ("sign", f"{text.firm}　　中国注册会计师：陈立恒"),
        ("sign", "中国·杭州　　中国注册会计师：周敏之"),
        ("sign", f"{text.year + 1}年3月18日"),
        ("code", f"报告编码：{text.code}"),
    ]
