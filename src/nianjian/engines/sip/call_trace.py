"""What a call is asked to do, and what it saw."""

from __future__ import annotations

from dataclasses import dataclass, field

from nianjian.engines.sip.digest import Account


@dataclass(frozen=True, slots=True)
class Via:
    """Where calls go: ``sip:HOST:PORT``. ``anywhere``: also to this machine itself and its link (`places.refused`).

    ``sips``: asked for as ``sips:``, so every hop is to be secure; ``ca``: certificates (PEM) that are trusted instead
    of the system's, "" for those; ``identity``: our own certificate and key (PEM), "" for none.
    """

    host: str
    port: int
    transport: str = "udp"
    anywhere: bool = True
    sips: bool = False
    ca: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)

    @property
    def scheme(self) -> str:
        """Of every address that names this way."""
        return "sips" if self.sips else "sip"

    def __str__(self) -> str:
        """As it is given and kept."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}:{host}:{self.port};transport={self.transport}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One call. ``wait``: milliseconds until it gives up; ``hold``: how long an answered call is kept up.

    ``token``: digits sent after the answer, and waited for, for ``hold`` at most; "" for none.
    """

    number: str
    caller: str
    wait: int
    hold: int = 300
    account: Account | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the log: ``at`` in milliseconds after the first INVITE."""

    at: int
    out: bool
    first: str
    text: str


@dataclass(slots=True)
class CallTrace:
    """Everything a call saw. Times in whole milliseconds after the first INVITE, None: never.

    ``begun``: that moment by the system's clock, epoch milliseconds; where nobody could be reached that of the try, 0
    where there was none.
    ``end``: answered, final, unanswered (cancelled at the limit), silent, unreachable, stopped; "" while it lasts.
    """

    number: str
    call_id: str
    end: str = ""
    begun: int = 0
    status: int = 0
    phrase: str = ""
    cause: int | None = None  # Q.850
    trying: int | None = None
    ringing: int | None = None
    early: int | None = None  # 183, or other early media
    answer: int | None = None
    over: int | None = None
    auth: str = ""  # needed, wrong, algorithm, passed
    contact: str = ""
    routes: list[str] = field(default_factory=list)  # hosts of Record-Route, the nearest to the answerer first
    media: str = ""
    codec: str | None = None
    server: str = ""
    redirected: str = ""
    voicemail: str = ""  # the sign that a voicemail or an announcement answered
    heard: str = ""
    resent: int = 0
    fault: str = ""  # words of the operating system
    tls: str = ""  # why there is no secure connection (`secure.FAULTS`), or that one is needed
    cipher: str = ""  # version and cipher of the secure connection
    log: list[Line] = field(default_factory=list)

    @property
    def mute(self) -> bool:
        """Whether the other side said nothing at all."""
        return self.end in {"unreachable", "silent"} and self.trying is None and self.ringing is None and not self.tls
