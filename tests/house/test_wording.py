"""Each thing has one word in Chinese: what the words instead of it were, and where they still are right."""

import re
from typing import Final

import pytest
from tests.support import messages

#: A word that is not used, the word that is, and texts (by their English) where the first means another thing.
RULES: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    (r"单子|案件|整改件", "工单, 整改单", {}),
    (r"关闭[^，。；]{0,2}(工单|投诉|整改)|(工单|投诉|整改单)(已|被)?关闭", "办结", {}),
    (r"结案(?!率)", "办结", {
        "tickets that count towards|^of these closed$": "the paper repeats the guide's word",
        "^closed before its first response": "the column of the file has that name",
    }),
    (r"(?<!不能)排除", "剔除", {}),
    (r"核减(?!备案| \{count\} 席)", "剔除", {}),
    (r"删除(这张|该|此)?(工单|投诉)", "剔除", {}),
    (r"立案|封停|下线", "建立整改单, 隔离, 停用", {}),
    (r"(?<!拨前)(?<!落地网关（)闸", "拨前闸", {}),
    (r"^网关$|(?<!落地)网关不明", "落地网关", {}),
    (r"阈值|触发条件", "限值", {}),
    (r"监管看到|覆盖值|其他取值", "指南口径, 本企业口径, 自定值", {}),
    (r"(?<!合规)画像", "合规画像", {}),
    (r"报表", "合规画像", {"^financial statements$": "the name of that paper in law"}),
    (r"入库|拒收|被拒绝|退回的?行|批次", "收入, 未收, 导入记录", {}),
    (r"装订版|归类|两套版本", "整册, 分件", {}),
    (r"递交|上报", "提交", {}),
    (r"最后一日|到期日", "截止日, 期限", {}),
    (r"超时|已逾期了", "逾期", {}),
    (r"第二人|(?<!一人申请，)另一人|复核人", "批准人", {}),
    (r"(?<!第一)责任人|处理人", "负责人", {
        r"^(Measures, responsible, due|Responsible|Responsible persons and dates)$":
            "papers for the authority have the heading of its notice",
    }),
    (r"审计(?!报告|意见|员)", "操作日志", {}),
    (r"(?<!保)留存(?!期限)", "留存期限, 保存", {
        r"^Records to be kept$": "the paper repeats the law's own word",
    }),
    (r"显示完整个人信息|揭示", "查看全号", {}),
    (r"未获证明|不明(?!确)|^数据不足$", "未证明, 未知", {}),
    (r"(?<!等)待批", "待审批", {}),
    (r"应答卡", "答复卡", {}),
    (r"只读会话|检查人员", "检查室, 检查组", {}),
    (r"拒呼|黑名单", "谢绝来电名单", {}),
    (r"主叫(?!号码|方|和被叫)|(?<!外)显号", "外显号码", {}),
    (r"你", "本人, 账号, 本角色", {}),
    (r"模拟|运行画像|次运行|保存的运行", "推演, 计算", {}),
)  # fmt: skip


def _texts() -> list[tuple[str, str]]:
    return [(str(entry.id), str(entry.string)) for entry in messages.catalogue() if entry.id and entry.string]


@pytest.mark.parametrize(("words", "instead", "elsewhere"), RULES, ids=[rule[0] for rule in RULES])
def test_each_thing_has_one_word(words: str, instead: str, elsewhere: dict[str, str]) -> None:
    hits = [(english, chinese) for english, chinese in _texts() if re.search(words, chinese)]
    spared = {pattern: [hit for hit in hits if re.search(pattern, hit[0])] for pattern in elsewhere}
    assert [hit for hit in hits if not any(hit in many for many in spared.values())] == [], f"say {instead}"
    assert [pattern for pattern, many in spared.items() if not many] == [], "an exception that nothing needs"
