"""One question from end to end: remembered answer, decision, counters, journal; every failure answers "no".

All of it runs on the event loop, in one thread; nothing here waits.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable
from itertools import count
from typing import Final

from nianjian.engines.gate import decision, question
from nianjian.engines.gate.counters.meters import Counters, Reservation, milliseconds
from nianjian.engines.gate.decision import RULES, Refusal, decide, fails_open
from nianjian.engines.gate.decision_journal import Decision, Journal
from nianjian.engines.gate.question import ALLOWED, FAIL_OPEN, Brief, Request, Used, Verdict
from nianjian.engines.gate.server.answers import Answer, Answers, Key, PendingQuestions, question_key
from nianjian.engines.gate.server.usual import Usual
from nianjian.engines.gate.snapshot.read import CurrentSnapshot, Snapshot
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError

LOG: Final = logging.getLogger(__name__)
UNAVAILABLE: Final = "gate-unavailable"
ASK_AGAIN: Final = frozenset({UNAVAILABLE, decision.CLOCK_REASON})
"""Refusals of a question that has taken nothing and may be put again: they are not remembered."""
OBSERVED: Final = "observed:"
RECENT: Final = 500
SHOWN: Final = 3  # members of a recent decision that is no brief one
AGAIN: Final = 1.0  # seconds after which a journal that could not be written is tried again


class Gate:
    """Decides; ``held`` is read anew for each question, so that a swapped snapshot is in force at once."""

    def __init__(
        self,
        current: CurrentSnapshot,
        counters: Counters,
        journal: Journal | None = None,
        *,
        moment: Callable[[], int] = milliseconds,
        answers: Answers | None = None,
        pending: PendingQuestions | None = None,
    ) -> None:
        """``moment`` is the wall clock, epoch milliseconds."""
        self.held = current
        self.counters = counters
        self.moment = moment
        self._reasons: Counter[tuple[str, str]] = Counter()  # of the whole way
        self.shown: deque[Brief | tuple[int, Request, Verdict]] = deque(maxlen=RECENT)
        self.again = self.shed = self.given_back = 0
        self.answers = Answers() if answers is None else answers
        self.pending = PendingQuestions() if pending is None else pending
        self.journal = journal
        self.open: dict[Key, Question] = {}
        self._begun = f"gate-{int(clock.now().timestamp() * 1000):x}-"
        self.numbers = count(1)
        self.usual = Usual(self)
        self._noted = False
        self.unwritten = ""  # why the journal cannot be written: an alarm
        self._again: asyncio.TimerHandle | None = None

    def remember(self, decisions: Iterable[Decision]) -> None:
        """Answers of earlier runs, oldest first: their calls, asked again, get the same and take no second unit."""
        for one in decisions:
            if one.reason not in ASK_AGAIN and one.reason != FAIL_OPEN:
                self.answers.put(one.request, one.verdict)

    def ask(self, request: Request, answer: Answer) -> None:
        """Answer once, at once or when the counters have; an error inside is a refusal ``gate-unavailable``."""
        verdict = self.verdict(request, lambda: answer, self.moment())
        if verdict is not None:
            answer(verdict)

    def verdict(self, request: Request, later: Callable[[], Answer], now: int) -> Verdict | None:
        """The verdict where it is known at once; None: what ``later`` gives is told when the counters have answered.

        ``now`` is the wall clock's, epoch milliseconds. An error inside is a refusal ``gate-unavailable``.
        """
        try:
            if request.at == now:
                like = (request.enterprise, request.display, request.channel, request.team, request.purpose)
                snapshot, caller = self.held.snapshot, request.caller
                usual = self.usual.ask(like, request.callee, request.call_id, now, snapshot, caller=caller)
                if usual is not None:
                    return question.verdict_of(usual)
            if request.call_id:
                earlier = self.answers.get(request)
                if earlier is not None:
                    self.again += 1
                    return earlier
            return self._decided(request, later, now)
        except Exception:
            LOG.exception("a question could not be decided")
            return Verdict(allow=False, reason=UNAVAILABLE, rule=RULES[UNAVAILABLE])

    def _decided(self, request: Request, later: Callable[[], Answer], now: int) -> Verdict | None:
        """The verdict; None: the counters have it and will answer."""
        open_one = self.open.get(question_key(request)) if self.open else None
        if open_one is not None and request.call_id:
            self.again += 1
            open_one.join(later())
            return None
        number = self.number()
        snapshot = self.held.snapshot
        if snapshot is None:
            return self.close(request, None, Refusal(UNAVAILABLE, RULES[UNAVAILABLE]), number, now)
        result = decision.clock_refusal(request, snapshot, now) or decide(request, snapshot, now)
        if isinstance(result, Refusal):
            return self.close(request, snapshot, result, number, now)
        taken = self.counters.at_once(request.enterprise, result, request.call_id or number, request.at)
        if taken is not None:
            self.usual.learn(request, snapshot, result, now)
            return self.counted(request, snapshot, taken, number, now)
        if len(self.open) >= self.pending.most:  # counters that never answer must not fill the memory
            self.shed += 1
            return self.close(request, snapshot, _counters_unavailable(request, snapshot), number, now)
        question = Question(self, request, snapshot, number)
        self.counters.take(request.enterprise, result, request.call_id or number, request.at, question.taken)
        if question.verdict is None:
            self.open[question.key] = question
            question.join(later())
        return question.verdict

    def close(self, request: Request, snapshot: Snapshot | None, refusal: Refusal, number: str, now: int) -> Verdict:
        """A refusal's verdict, by the operator's switches, counted, remembered and written down."""
        observing, reason = _is_observing(request, snapshot), refusal.reason
        said = OBSERVED + reason if observing else FAIL_OPEN if refusal.fail_open else reason
        observed, allow = reason if observing else "", observing or refusal.fail_open
        verdict = Verdict(allow, said, refusal.rule, refusal.retry_at, None, number, observed)
        # who could not be answered may ask again: it has taken nothing
        self.note(request, snapshot, verdict, now, keep=refusal.reason not in ASK_AGAIN)
        return verdict

    def counted(self, request: Request, snapshot: Snapshot, taken: Reservation, number: str, now: int) -> Verdict:
        """The verdict of what the counters have answered."""
        allowed, slot, used, limit, retry_at, unavailable = taken
        if unavailable:
            return self.close(request, snapshot, _counters_unavailable(request, snapshot), number, now)
        counter, rule = None, ""
        if slot is not None:
            cap = slot.cap
            rule = cap.rule
            counter = Used(slot.counter_name or f"{cap.key}:{slot.value}", cap.semantics, used, limit, cap.counts)
        if allowed:
            verdict = Verdict(True, ALLOWED, rule, None, counter, number)  # noqa: FBT003 - by place it is made faster
        else:
            observing = _is_observing(request, snapshot)
            said, observed = (OBSERVED + "cap", "cap") if observing else ("cap", "")
            verdict = Verdict(observing, said, rule, retry_at, counter, number, observed)
        self.note(request, snapshot, verdict, now, keep=True)
        return verdict

    def note(self, request: Request, snapshot: Snapshot | None, verdict: Verdict, now: int, *, keep: bool) -> None:
        """Count, remember and write down."""
        is_tenant = snapshot is not None and request.enterprise in snapshot.tenants  # others' names come from outside
        self._reasons[request.enterprise if is_tenant else "", verdict.reason] += 1
        self.shown.append((now, request, verdict))
        if keep and request.call_id:
            self.answers.put(request, verdict)
        self.write(request, verdict, 0 if snapshot is None else snapshot.generation, now)

    def number(self) -> str:
        """A decision's id that no other has."""
        return question.decision_id(self.begun, next(self.numbers))

    @property
    def begun(self) -> str:
        """How the ids of decisions begin: the journal names its process and its start, so that they stay unique."""
        return self._begun if self.journal is None else self.journal.prefix

    @property
    def reasons(self) -> Counter[tuple[str, str]]:
        """How many questions were decided, by enterprise and reason."""
        usual = {(enterprise, ALLOWED): one.allowed for enterprise, one in self.usual.owns.items()}
        return self._reasons + Counter(usual)

    @property
    def lost(self) -> int:
        """Decisions that are in no journal: it could not be written for so long that too many waited."""
        return 0 if self.journal is None else self.journal.lost

    @property
    def recent(self) -> list[tuple[int, Request, Verdict]]:
        """The last decisions, oldest first: moment (epoch milliseconds), question and answer."""
        return [
            one if len(one) == SHOWN else (one[1], question.request_of(one), question.verdict_of(one))
            for one in self.shown
        ]

    def write(self, request: Request, verdict: Verdict, generation: int, now: int) -> None:
        """Into the decision journal, where one is kept; it is flushed at the end of the turn."""
        if self.journal is None:
            return
        self.journal.note(request, verdict, generation, now)
        if not self._noted:
            self._flush_soon()

    def jot(self, usual: Brief, /) -> None:
        """A usual decision into the journal: as it is, its line is made when it is written."""
        if self.journal is not None:
            self.journal.jot(usual)
            if not self._noted:
                self._flush_soon()

    def _flush_soon(self) -> None:
        self._noted = True
        asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Write the decisions of a turn of the loop; what cannot be written now is tried again at the next."""
        self._noted = False
        if self.journal is None:
            return
        try:
            self.journal.flush()
            self.unwritten = ""
        except (OSError, NianjianError) as fault:
            before, self.unwritten = self.unwritten, getattr(fault, "strerror", None) or repr(fault)
            if not before:
                LOG.error("the decision journal cannot be written: %s", self.unwritten)  # noqa: TRY400 - no place tells more
            if self._again is None:
                self._again = asyncio.get_running_loop().call_later(AGAIN, self._try_again)

    def _try_again(self) -> None:
        """What waits is not left in memory until somebody asks."""
        self._again = None
        self.flush()

    def settle(self, enterprise: str, call_id: str, *, answered: bool) -> bool:
        """Tell a call's outcome; False: not known.

        Where answered calls are counted apart, a call that was not answered has given a unit back: asked about again
        it is a new question.
        """
        snapshot = self.held.snapshot
        tenant = None if snapshot is None else snapshot.tenants.get(enterprise)
        gives = not answered and tenant is not None and any(cap.counts == "answered" for cap in tenant.policy.caps)
        if gives and not self._noted_back(enterprise, call_id):
            return False
        done = self.counters.settle(enterprise, call_id, answered=answered, now=self.moment())
        done = self.answers.find_brief(enterprise, call_id) is not None or done  # its unit counts whatever came of it
        if gives and done:
            self.answers.forget(enterprise, call_id)
        return done

    def release(self, enterprise: str, call_id: str) -> bool:
        """Give a call back that was never dialled; the same call, asked again, is a new question. False: not known."""
        if not self._noted_back(enterprise, call_id):
            return False
        done = self.counters.release(enterprise, call_id, self.moment())
        usual = self.answers.find_brief(enterprise, call_id)
        if usual is not None and not done:
            done = self.counters.unused(enterprise, usual[0].slot, usual[1])
        if done:
            self.given_back += 1
            self.answers.forget(enterprise, call_id)
        return done

    def _noted_back(self, enterprise: str, call_id: str) -> bool:
        """Whether no later run will give this call the answer that this one gave: before its units go back.

        An answer that is not remembered here stands too far back in the journal to be read again.
        """
        if self.journal is None or not self.answers.has_call(enterprise, call_id):
            return True
        try:
            self.journal.back(enterprise, call_id)
        except (OSError, NianjianError):
            LOG.exception("a call is not given back: it could not be noted")
            return False
        return True

    def stop(self) -> None:
        """Refuse whoever still waits, and write what is noted."""
        self.pending.stop()
        self.flush()
        if self._again is not None:
            self._again.cancel()


class Question:
    """A question that the counters have: those who wait for it, and what becomes of a unit that comes too late."""

    __slots__ = ("_answers", "_gate", "_let", "_number", "_request", "_snapshot", "verdict")

    def __init__(self, gate: Gate, request: Request, snapshot: Snapshot, number: str) -> None:
        """``verdict`` is None until the counters have answered."""
        self._gate = gate
        self._request = request
        self._snapshot = snapshot
        self._number = number
        self._answers: list[Answer] | None = None  # None: nobody waits yet, `ask` itself may have the answer
        self._let = False  # a call was let go without an answer of the counters: a unit that comes late is used
        self.verdict: Verdict | None = None

    @property
    def key(self) -> Key:
        """Under which the same question finds this one; a call without id has its decision's."""
        request = self._request
        return question_key(request) if request.call_id else (request.enterprise, self._number, "", "", "")

    def join(self, answer: Answer) -> None:
        """Wait, no longer than the gate's patience."""
        if self._answers is None:
            self._answers = []
        self._answers.append(answer)
        self._gate.pending.join(self, answer)

    def taken(self, taken: Reservation) -> None:
        """What the counters say: at once, or later, when those who wait are told."""
        gate, answers = self._gate, self._answers
        if answers is None:
            self.verdict = gate.counted(self._request, self._snapshot, taken, self._number, gate.moment())
            return
        gate.open.pop(self.key, None)
        if not answers:
            if taken.allowed and not self._let:  # "no" was said to all: nobody will dial
                gate.given_back += 1
                gate.counters.release(self._request.enterprise, self._request.call_id or self._number, gate.moment())
            return
        self.verdict = gate.counted(self._request, self._snapshot, taken, self._number, gate.moment())
        self._answers = []
        for answer in answers:
            try:
                answer(self.verdict)
            except Exception:
                LOG.exception("an answer could not be given")

    def expire(self, answer: Answer) -> bool:
        """Refuse one who has waited too long."""
        if not self._answers or answer not in self._answers:
            return False
        self._answers.remove(answer)
        refusal = _counters_unavailable(self._request, self._snapshot)
        gate = self._gate
        try:
            verdict = gate.close(self._request, self._snapshot, refusal, self._number, gate.moment())
        except Exception:  # who waits is answered all the same: answers behind this one wait for it
            LOG.exception("a question that waited too long could not be refused")
            verdict = Verdict(allow=False, reason=UNAVAILABLE, rule=RULES[UNAVAILABLE])
        self._let = self._let or verdict.allow
        try:
            answer(verdict)
        except Exception:
            LOG.exception("an answer could not be given")
        return True


def _counters_unavailable(request: Request, snapshot: Snapshot) -> Refusal:
    return Refusal(UNAVAILABLE, RULES[UNAVAILABLE], fail_open=fails_open(request, snapshot))


def _is_observing(request: Request, snapshot: Snapshot | None) -> bool:
    tenant = None if snapshot is None else snapshot.tenants.get(request.enterprise)
    return tenant is not None and tenant.observes(request)
