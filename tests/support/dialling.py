"""A labelled simulation of how a team dials: preview, progressive, predictive; second by second, from one seed.

Preview: an agent looks at a customer, and only then is that one dialled; the agent listens to the ringing. Progressive:
one call is dialled for each agent who is free. Predictive: more are dialled than agents are free, on the guess that
most do not answer; who answers while nobody is free waits a little and is left.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import pyarrow as pa

from nianjian.engines.lake.schema import CALLS

MODES = ("preview", "progressive", "predictive")
START = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time


@dataclass(frozen=True, slots=True)
class Team:
    """``answers``: share of calls that are answered; times in seconds, all but patience are means of what is drawn.

    ``factor``: calls that a predictive dialler has ringing for a free agent. ``legs``: the source writes a row for the
    agent's leg; else the customer's row names the agent.
    """

    mode: str
    agents: int
    answers: float = 0.35
    rings: float = 15
    talks: float = 90
    wraps: float = 10
    factor: float = 2.0
    patience: int = 3
    legs: bool = False
    seconds: int = 3600
    name: str = "T"


class _Run:
    def __init__(self, team: Team, seed: int) -> None:
        self.team, self.die = team, Random(seed)
        self.rows: list[dict[str, object]] = []
        self.free = list(range(team.agents))  # who is free longest is first, as switches deal them
        self.back: dict[int, list[int]] = {}  # second -> agents who are free again
        self.picks: dict[int, list[tuple[int, int | None]]] = {}  # second -> (start, agent) of calls that are answered
        self.hangs: dict[int, int] = {}  # second -> calls that stop ringing without an answer
        self.waiting: list[tuple[int, int]] = []  # (answered, start)
        self.ringing = 0

    def _draw(self, mean: float) -> int:
        return max(1, round(self.die.expovariate(1 / mean)))

    def run(self) -> list[dict[str, object]]:
        for now in range(self.team.seconds):
            self.free += self.back.pop(now, ())
            self.ringing -= self.hangs.pop(now, 0)
            for start, agent in self.picks.pop(now, ()):
                self.ringing -= 1
                self.waiting.append((now, start)) if agent is None else self._talk(now, start, agent, led=True)
            self._queue(now)
            self._dial(now)
        return self.rows

    def _queue(self, now: int) -> None:
        """Who was answered first is put through first; who has waited too long is left without anybody."""
        left = []
        for answered, start in self.waiting:
            if self.free:
                self._talk(now, start, self.free.pop(0), answered=answered)
            elif now - answered >= self.team.patience:
                self._row(start, answered, now, None)
            else:
                left.append((answered, start))
        self.waiting = left

    def _dial(self, now: int) -> None:
        team = self.team
        if team.mode == "preview":
            for agent in list(self.free):
                if self.die.random() < 0.2:  # looks at the next customer for some seconds
                    self.free.remove(agent)
                    self._call(now, agent)
            return
        aim = len(self.free) if team.mode == "progressive" else round(team.factor * len(self.free))
        for _ in range(aim - self.ringing - len(self.waiting)):
            self._call(now, None)

    def _call(self, now: int, agent: int | None) -> None:
        rang = min(self._draw(self.team.rings), 45)
        self.ringing += 1
        if self.die.random() < self.team.answers:
            self.picks.setdefault(now + rang, []).append((now, agent))
            return
        self.hangs[now + rang] = self.hangs.get(now + rang, 0) + 1
        self._row(now, None, now + rang, agent, led=True)
        if agent is not None:
            self.back.setdefault(now + rang + 1, []).append(agent)

    def _talk(self, now: int, start: int, agent: int, *, answered: int | None = None, led: bool = False) -> None:
        end = now + self._draw(self.team.talks)
        self._row(start, now if answered is None else answered, end, agent, joined=now, led=led)
        self.back.setdefault(end + self._draw(self.team.wraps), []).append(agent)

    def _row(
        self, start: int, answered: int | None, end: int, agent: int | None, *, joined: int = 0, led: bool = False
    ) -> None:
        key, number = f"{self.team.name}{len(self.rows)}", len(self.rows)
        seat = None if agent is None else f"S{agent}"
        shared = {"source": "generic", "call_key": key, "team_id": self.team.name, "test": False, "part": "2026-03"}
        self.rows.append(
            shared
            | {
                "call_id": key, "direction": "out", "leg": "customer", "display": 95013,
                "callee": 13900000000 + number, "start_ts": START + timedelta(seconds=start),
                "answer_ts": None if answered is None else START + timedelta(seconds=answered),
                "end_ts": START + timedelta(seconds=end),
                "result": "no_answer" if answered is None else "answered",
                "delivered": True,
                "answered": answered is not None,
                "agent_id": None if self.team.legs else seat,
                "agent_kind": None if self.team.legs or seat is None else "human",
            }
        )  # fmt: skip
        if self.team.legs and seat is not None:
            begin = start - 1 if led else joined
            self.rows.append(
                shared
                | {
                    "call_id": f"{key}a", "direction": "internal", "leg": "agent",
                    "start_ts": START + timedelta(seconds=begin), "answer_ts": START + timedelta(seconds=begin),
                    "end_ts": START + timedelta(seconds=end), "result": "answered", "delivered": False,
                    "answered": False, "agent_id": seat, "agent_kind": "human",
                }
            )  # fmt: skip


def calls(team: Team, seed: int) -> list[dict[str, object]]:
    """The rows of one team's hour, as they lie in the lake."""
    return _Run(team, seed).run()


def drawn(count: int, seed: int, **spans: tuple[float, float]) -> list[Team]:
    """Teams of every mode in turn, of sizes and habits drawn from ``spans``."""
    die = Random(seed)
    teams = []
    for number in range(count):
        drawn_of = {name: die.uniform(low, high) for name, (low, high) in sorted(spans.items()) if name != "agents"}
        low, high = spans["agents"]
        size, legs = die.randint(int(low), int(high)), die.random() < 0.5
        one = Team(MODES[number % len(MODES)], size, legs=legs, name=f"T{number:03}")
        teams.append(replace(one, **drawn_of))  # type: ignore[arg-type] # names of numbers
    return teams


def table(teams: list[Team], seed: int) -> pa.Table:
    """All of them as one table of calls."""
    rows = [row for number, team in enumerate(teams) for row in calls(team, seed * 1000 + number)]
    return pa.Table.from_pylist(rows, schema=CALLS)
