"""Every word of a ticket has its Chinese, and what is refused says what to do."""

from __future__ import annotations

from nianjian.engines.paper.texts import complaints
from nianjian.engines.paper.texts import complaints as words
from nianjian.engines.paper.words import CHINESE
from nianjian.engines.paper.words import words as spoken
from nianjian.features.complaints.clocks import Clock, Hand
from nianjian.features.complaints.matching import LINKS, Confidence
from nianjian.features.complaints.states import ALLOWED, Act, State

TABLES = (words.STATES, words.HANDS, words.CLOCKS, words.ACTS, words.CONFIDENCE, words.LINKS, words.PROPOSALS)


def test_it_is_said_in_chinese() -> None:
    texts = {*complaints.TEXTS.values(), *(text for table in TABLES for text in table.values())}
    said = {text: spoken(CHINESE)(text) for text in texts}
    assert [text for text in texts if not any("\u4e00" <= sign <= "\u9fff" for sign in said[text])] == []


def test_every_code_has_its_word() -> None:
    assert set(words.STATES) == {one.value for one in State}
    assert set(words.HANDS) == {one.value for one in Hand}
    assert set(words.CLOCKS) == {one.value for one in Clock}
    assert {one.value for one in Act} <= set(words.ACTS)
    assert set(words.CONFIDENCE) == {one.value for one in Confidence}
    assert set(words.LINKS) == {*LINKS, ""}


def test_every_state_has_its_acts_and_every_act_a_state() -> None:
    assert set(ALLOWED) == set(State)
    assert frozenset().union(*ALLOWED.values()) == set(Act)
    assert [one for one in State if Act.CLOSE in ALLOWED[one]] == [State.CALLED_BACK]
