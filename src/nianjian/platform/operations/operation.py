"""An operation: one function that changes something, declared once for the API, the command line, pages and jobs."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast

from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.query import enterprise as known_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind as JobKind
from nianjian.platform.jobs.flow import Report
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.operations.fields import CONTEXT, Field, Kind, read_fields

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of an enterprise. Operations on it name nothing that they act on; their `Answer` says what they give."""

    path: str
    installation_path: str = ""  # where the same operations act on the whole installation; "": nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Area, Generic[T]):
    """What operations act on: where it lies in each interface, how it is read and what it looks like."""

    name: str  # of the part of an address, like ``ticket``
    plural: str  # of the field of a body that names several
    read: Callable[[str, Actor, Sequence[str]], Sequence[T]]  # (enterprise, actor, keys): those that the actor may see
    missing: Callable[[str], Exception]  # the error for a key that is not there
    document: Callable[[T], object]  # for the API, as `schema` describes
    schema: type[Any]
    row: Callable[[T], Mapping[str, object]]  # for the command line
    key_of: Callable[[str], str]  # the key that a part of an address names
    key_help: str

    def get(self, enterprise: str, actor: Actor, key: str) -> T:
        """Read one; raises `missing`."""
        rows = self.read(enterprise, actor, [key])
        if not rows:
            raise self.missing(key)
        return rows[0]


@dataclass(frozen=True, slots=True)
class Body:
    """Name and description of the document that an operation takes in the API."""

    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an operation answers in the API in place of the resource.

    ``document`` is made of the request, the key of what was acted on ("" where nothing is named) and the operation's
    result. ``hidden``: fields that are told once, null where the answer is repeated.
    """

    schema: type[Any]
    document: Callable[[Any, str, Any], object]
    status: int = 200
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work for the worker. ``repeatable``: doing it twice leaves the same as doing it once.

    ``check`` refuses at once, when it is asked for, what the work would refuse later; the values that it returns are
    settled then, such as a day that nobody named.
    """

    kind: str
    repeatable: bool
    check: Callable[..., Mapping[str, object] | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[P, R]):
    """A function with its declaration. Calling it asks for the permission first, and whether the enterprise exists.

    ``function`` is the bare one, for the few callers without a person, such as a public form.
    """

    function: Callable[P, R]
    name: str
    permission: Permission
    area: Area
    path: str
    body: Body | None
    about: str
    method: str
    answer: Answer | None
    installation: str
    command: str
    help: str
    label: str
    job: Job | None
    fields: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read the signature; TypeError for a declaration that does not fit it."""
        object.__setattr__(self, "fields", read_fields(self.function))
        needed = any(one.required for one in self.fields if one is not self.key_field)
        if not self.answer and ((self.body and not self.path) or (self.path and needed and not self.body)):
            raise TypeError(self.name, "a path needs a body, a body its path")
        if bool(self.command) != bool(self.help):
            raise TypeError(self.name, "a command needs its help")
        if self.job and flow.NEEDS.get(self.job.kind) is not self.permission:
            raise TypeError(self.name, "the queue knows another permission for its kind of job")

    @property
    def resource(self) -> Resource[Any]:
        """What it acts on; TypeError for one on an area."""
        if not isinstance(self.area, Resource):
            raise TypeError(self.name, "it acts on no resource")
        return self.area

    @property
    def verb(self) -> str:
        """What is done, without the feature."""
        return self.name.rpartition(".")[2]

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def key_field(self) -> Field | None:
        """The parameter that names what is acted on."""
        return next((one for one in self.fields if one.kind in {Kind.KEY, Kind.KEYS}), None)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it; ``role_missing``, ``enterprise_unknown``, and what the function raises."""
        self._require(kwargs)
        return self.function(*args, **kwargs)

    def enqueue(self, *_args: P.args, **kwargs: P.kwargs) -> str:
        """Let the worker do it; the id of the job, also of the same one that waits or runs already.

        ``role_missing``, ``enterprise_unknown``, and what the job's check raises.
        """
        if self.job is None:
            raise TypeError(self.name, "it is no work for the worker")
        actor, enterprise = self._require(kwargs)
        values = {one.name: kwargs.get(one.name, one.default) for one in self.fields}
        if self.job.check:
            values |= self.job.check(enterprise=enterprise, **values) or {}
        data = {one.name: _stored(one, values[one.name]) for one in self.fields}
        return flow.enqueue_once(kind=self.job.kind, enterprise=enterprise, payload=data, actor=actor)

    def run_job(self, job: JobValue, actor: Actor, report: Report) -> R:
        """Do it in the worker, from the payload that `enqueue` wrote."""
        data = {one.name: job.payload[one.name] for one in self.fields if one.name in job.payload}
        for one in self.fields:
            if one.kind is Kind.DAY and data.get(one.name) is not None:
                data[one.name] = date.fromisoformat(data[one.name])
        call = cast("Callable[..., R]", self)
        return call(enterprise=job.enterprise, actor=actor, progress=report, **data)

    def _require(self, kwargs: Mapping[str, object]) -> tuple[Actor, str]:
        actor, enterprise = cast("Actor", kwargs["actor"]), cast("str", kwargs["enterprise"])
        require_permission(actor, enterprise, self.permission)
        if enterprise or not self.area.installation_path:
            known_enterprise(enterprise)
        return actor, enterprise


def _stored(one: Field, value: Any) -> Any:  # noqa: ANN401 -- of the field's kind, then JSON
    """A value as a payload holds it: equal calls make equal payloads."""
    if one.kind is Kind.DAY and value is not None:
        return value.isoformat()
    return sorted(value) if one.kind is Kind.KEYS and value is not None else value


class Registry:
    """Every operation, by its name."""

    def __init__(self) -> None:
        self._operations: dict[str, Operation[..., Any]] = {}

    def add(self, one: Operation[..., Any]) -> None:
        """Add one; ValueError for a name that is taken."""
        if one.name in self._operations:
            raise ValueError(one.name, "it is declared twice")
        self._operations[one.name] = one

    def __iter__(self) -> Iterator[Operation[..., Any]]:
        return iter(self._operations.values())

    def of(self, area: Area) -> tuple[Operation[..., Any], ...]:
        """The operations on a resource or an area."""
        return tuple(one for one in self if one.area is area)

    def job_kinds(self, area: Area) -> dict[str, JobKind]:
        """What the worker can do to a resource, by the kind of the job."""
        return {one.job.kind: JobKind(one.run_job, again=one.job.repeatable) for one in self.of(area) if one.job}


REGISTRY: Final = Registry()


def operation(  # noqa: PLR0913 -- the words of a declaration, all named
    name: str,
    *,
    on: Area,
    permission: Permission,
    path: str = "",
    body: Body | None = None,
    about: str = "",
    method: str = "POST",
    answer: Answer | None = None,
    installation: str = "",
    command: str = "",
    help: str = "",  # noqa: A002 -- argparse's word
    label: str = "",
    job: Job | None = None,
    registry: Registry = REGISTRY,
) -> Callable[[Callable[P, R]], Operation[P, R]]:
    """Declare a function as an operation.

    ``name`` is that of the audit entry, and with an underscore the operation id of the API. ``path`` lies below the
    resource's; one with the resource's name in it acts on one resource, and a parameter that it names comes from the
    address. ``installation``: the summary of the same operation on the whole installation, where there is one. Without
    a path or a command the interface has a hand-written one. ``label`` names the act on a page,
    ``about`` follows the summary in the API's reference.
    """

    def declare(function: Callable[P, R]) -> Operation[P, R]:
        for context in CONTEXT - {"progress"}:
            if context not in inspect.signature(function).parameters:
                raise TypeError(name, context, "is missing")
        declared = Operation(
            function=function, name=name, permission=permission, area=on, path=path, body=body, about=about,
            method=method, answer=answer, installation=installation, command=command, help=help, label=label, job=job,
        )  # fmt: skip
        registry.add(declared)
        return declared

    return declare
