"""What is kept briefly reads as what would have been kept whole: in the journal, as JSON, and when it is looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.gate import decision_journal, question
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.question import Brief
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.usual import shared_part

TEXT = st.one_of(st.text(max_size=9), st.sampled_from(["a%d", "a\tb", "a\\b", "x" * 300, "x" * 600, "外呼", "\u2028"]))
NUMBER = st.integers(0, 2**40)


@st.composite
def one(draw: st.DrawFn) -> Brief:
    like = draw(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT))
    slot = Slot(Cap("c", "channel", "calendar_day", 3, draw(TEXT)), like[2], draw(TEXT))
    begun = draw(st.from_regex(r"[A-Za-z0-9_-]{1,9}-", fullmatch=True))
    shared = shared_part(like, slot, draw(NUMBER), begun)
    return shared, draw(NUMBER), draw(TEXT), draw(TEXT), draw(TEXT), draw(NUMBER), draw(NUMBER), draw(NUMBER)


@given(st.lists(one(), max_size=3))
def test_it_is_written_as_the_whole_decision(briefs: list[Brief]) -> None:
    whole = [
        decision_journal.decision_line(question.request_of(of), question.verdict_of(of), of[1], of[0].generation)
        for of in briefs
    ]
    assert decision_journal.brief_lines(briefs) == b"".join(whole)


@given(one())
def test_it_is_told_as_the_whole_answer(of: Brief) -> None:
    assert wire.brief_json(of) == wire.to_json(wire.to_answer(question.verdict_of(of)))
