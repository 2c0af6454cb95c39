"""What is kept briefly reads as what would have been kept whole: in the journal, as JSON, and when it is looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.gate import brief
from nianjian.engines.gate.brief import Brief
from nianjian.engines.gate.decisions import record
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.usual import alike

TEXT = st.one_of(st.text(max_size=9), st.sampled_from(["a%d", "a\tb", "a\\b", "x" * 300, "x" * 600, "外呼", "\u2028"]))
NUMBER = st.integers(0, 2**40)


@st.composite
def one(draw: st.DrawFn) -> Brief:
    like = draw(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT))
    slot = Slot(Cap("c", "channel", "calendar_day", 3, draw(TEXT)), like[2], draw(TEXT))
    begun = draw(st.from_regex(r"[A-Za-z0-9_-]{1,9}-", fullmatch=True))
    shared = alike(like, slot, draw(NUMBER), begun)
    return shared, draw(NUMBER), draw(TEXT), draw(TEXT), draw(TEXT), draw(NUMBER), draw(NUMBER), draw(NUMBER)


@given(st.lists(one(), max_size=3))
def test_it_is_written_as_the_whole_decision(briefs: list[Brief]) -> None:
    whole = [record.line(brief.request(of), brief.verdict(of), of[1], of[0].generation) for of in briefs]
    assert record.brief_lines(briefs) == b"".join(whole)


@given(one())
def test_it_is_told_as_the_whole_answer(of: Brief) -> None:
    assert wire.brief_json(of) == wire.json(wire.told(brief.verdict(of)))
