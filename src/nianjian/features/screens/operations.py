"""The live screens: the acts on the links of kiosks and on the sources that people set on a page."""

import secrets
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Annotated, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.paper.words import mark
from nianjian.features.screens import queries, sources
from nianjian.features.screens.documents import RemovedSource, ScreenLinkMade, SourceEntry
from nianjian.features.screens.models import ScreenLink, ScreenSource
from nianjian.features.screens.probes import SourceReading, read_source
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, digest, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.operations.fields import Choice, Key, Line, Param, Secret
from nianjian.platform.operations.operation import Answer, Body, Resource, operation

SECRET_BYTES: Final = 32
LONGEST_DAYS: Final = 31  # the longest that a link may hold
NAME_LENGTH: Final = 60
MOST_LINKS: Final = 20  # open links of an enterprise


def create_link(*, enterprise: str, name: str, days: int, actor: Actor) -> ScreenLinkMade:
    """Make a link; its secret's path is told now only.

    ``role_missing``, ``screen_link_days``, ``screen_link_name``, ``screen_links_too_many``.
    """
    require_permission(actor, enterprise, Permission.ADMINISTER)
    code, text = accounts.enterprise(enterprise).code, name.strip()
    if not 0 < days <= LONGEST_DAYS:
        raise NianjianError("screen_link_days", most=LONGEST_DAYS)
    if not 0 < len(text) <= NAME_LENGTH:
        raise NianjianError("screen_link_name", most=NAME_LENGTH)
    secret, now = secrets.token_urlsafe(SECRET_BYTES), clock.now()
    with transaction.atomic():
        lock_enterprise(code)
        if queries.open_links(code).count() >= MOST_LINKS:
            raise NianjianError("screen_links_too_many", most=MOST_LINKS)
        row = ScreenLink.objects.create(
            id=f"K{secrets.token_hex(4)}", enterprise_id=code, name=text, user=actor.name if actor.proved else "",
            sha256=digest(secret), made_at=now, expires_at=now + timedelta(days=days),
        )  # fmt: skip
        data = {"link": row.id, "until": row.expires_at.isoformat(timespec="minutes")}
        record(verb="screen.link", enterprise=code, actor=actor, data=data)
    return ScreenLinkMade(**queries.link_fields(row), path=f"/screens/{secret}/")


def end_link(*, enterprise: str, link: str, actor: Actor) -> None:
    """End a link at once; ``role_missing``, ``screen_link_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    with transaction.atomic():
        row = get_or_raise(
            queries.open_links(enterprise).select_for_update().filter(pk=link), "screen_link_unknown", link=link
        )
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(verb="screen.unlink", enterprise=enterprise, actor=actor, data={"link": link})


SHORTEST_SECRET: Final = 12  # characters by which a switch posts: whoever guesses them invents calls
MOST_SOURCES: Final = 12  # sources that an enterprise may set
SOURCES: Final = Resource(
    name="screen_source",
    plural="screen_sources",
    path="/enterprises/{code}/inspection/screens/sources",
    read=lambda enterprise, _actor, keys: queries.find_sources(enterprise, keys),
    missing=lambda key: NianjianError("live_source_unknown", source=key),
    document=lambda entry: entry,
    schema=SourceEntry,
    row=asdict,
    key_of=str,
    key_help=mark("the source's number, as the list shows it"),
)
NAME: Final = Param(
    label=mark("Name of the switch"), metavar="NAME", help=mark("the switch; several sources of one switch share it"),
    hint=mark("For example pbx. A switch may have two sources: one for its records, one for the calls of this moment."),
)  # fmt: skip
KIND: Final = Param(
    label=mark("Kind"), metavar="KIND", help=mark("asterisk, kamailio, freeswitch, ami, esl or jsonrpc")
)
PLACE: Final = Param(
    label=mark("Where it lies"), metavar="PLACE",
    help=mark("a file or socket below the folder of NIANJIAN_LIVE_FOLDERS, or HOST:PORT; none for freeswitch"),
    hint=mark("A file, folder or socket below the enterprise's folder on the server; of AMI and ESL host:port."
              " Left empty where the switch posts."),
)  # fmt: skip
USER: Final = Param(
    label=mark("User"), metavar="USER", help=mark("the user of AMI, or as which the switch posts"),
    hint=mark("Of AMI, and where the switch posts."),
)  # fmt: skip
SECRET: Final = Param(
    label=mark("Password"), help=mark("a file whose first line is the password"),
    hint=mark("Of AMI and ESL, and where the switch posts. It is kept encrypted and never shown."),
)  # fmt: skip
KEPT: Final = replace(SECRET, hint=mark("Left empty the kept one stays, as long as kind, place and user stay."))
SourceName = Annotated[Line, NAME]
SourceKind = Annotated[str, Choice(sources.KINDS), KIND]
SourcePlace = Annotated[Line, PLACE]
SourceUser = Annotated[Line, USER]
ADDED: Final = Answer(
    schema=SourceEntry, status=201,
    document=lambda _request, _key, row: queries.find_sources(row.enterprise_id, [row.pk])[0],
)  # fmt: skip
GONE: Final = Answer(schema=RemovedSource, document=lambda _request, key, _result: RemovedSource(key))
READ: Final = Answer(schema=SourceReading, document=lambda _request, _key, reading: reading)


@operation(
    "screens.add", on=SOURCES, permission=Permission.MANAGE_DATA, answer=ADDED,
    command="add", help=mark("add a source of the live screens"),
    body=Body("NewScreenSource", "``user`` and ``secret`` as the kind asks for them; the secret is never told again."),
)  # fmt: skip
def add_source(
    *,
    enterprise: str,
    actor: Actor,
    name: SourceName,
    kind: SourceKind,
    place: SourcePlace = "",
    user: SourceUser = "",
    secret: Annotated[Secret, SECRET] = "",
) -> ScreenSource:
    """Add a source of the live screens; the watch looks at it from the next second on.

    ``live_sources_too_many`` and the errors of `_check_form` and `_check_name`.
    """
    row = ScreenSource(id=f"Q{secrets.token_hex(4)}", enterprise_id=enterprise, name=name.strip(), kind=kind,
                       place=place.strip(), user=user.strip(), secret=secret)  # fmt: skip
    _check_form(row)
    with transaction.atomic():
        lock_enterprise(enterprise)
        _check_name(row)
        if ScreenSource.objects.filter(enterprise_id=enterprise).count() >= MOST_SOURCES:
            raise NianjianError("live_sources_too_many", most=MOST_SOURCES)
        _store_source(row, "screens.add", actor)
    return row


@operation(
    "screens.try", on=SOURCES, permission=Permission.MANAGE_DATA, path="/try", answer=READ,
    body=Body("ScreenSourceTrial", "A source that is not kept; ``source``: the kept one whose secret it takes."),
)  # fmt: skip
def try_source(
    *,
    enterprise: str,
    actor: Actor,
    name: SourceName,
    kind: SourceKind,
    place: SourcePlace = "",
    user: SourceUser = "",
    secret: Annotated[Secret, SECRET] = "",
    source: Line = "",
) -> SourceReading:
    """Look at a source that is not kept, as a test of a kept one does.

    ``live_source_unknown``, ``live_source_fixed``, ``live_secret_again``, the errors of `_check_form` and of
    `probes.read_source`.
    """
    del actor
    row = _load_source(enterprise, source) if source else ScreenSource(enterprise_id=enterprise)
    _check_form(_replace_source(row, name, kind, place, user, secret))
    return read_source(sources.build_switch(row))


@operation(
    "screens.change", on=SOURCES, permission=Permission.MANAGE_DATA, path="/{screen_source}",
    command="change", help=mark("change a source of the live screens"),
    body=Body("ScreenSourceChange", "The whole source; an empty ``secret``: the kept one stays."),
)  # fmt: skip
def change_source(
    *,
    enterprise: str,
    actor: Actor,
    source: Key,
    name: SourceName,
    kind: SourceKind,
    place: SourcePlace = "",
    user: SourceUser = "",
    secret: Annotated[Secret, KEPT] = "",
) -> None:
    """Change a source of the live screens.

    ``live_source_unknown``, ``live_source_fixed``, ``live_secret_again`` and the errors of `_check_form` and
    `_check_name`.
    """
    typed = (name, kind, place, user, secret)
    _check_form(_replace_source(_load_source(enterprise, source), *typed))
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = _replace_source(_load_source(enterprise, source), *typed)
        _complete_form(row)
        _check_name(row)
        _store_source(row, "screens.change", actor)


@operation(
    "screens.remove", on=SOURCES, permission=Permission.MANAGE_DATA, path="/{screen_source}", method="DELETE",
    answer=GONE, command="remove", help=mark("remove a source of the live screens"),
)  # fmt: skip
def remove_source(*, enterprise: str, actor: Actor, source: Key) -> None:
    """Remove a source of the live screens; records that a switch has posted stay.

    ``live_source_unknown``, ``live_source_fixed``.
    """
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = _load_source(enterprise, source)
        record(verb="screens.remove", enterprise=enterprise, actor=actor, data=_name_source(row))
        row.delete()


@operation(
    "screens.test", on=SOURCES, permission=Permission.MANAGE_DATA, path="/{screen_source}/test", answer=READ,
    command="test", help=mark("look at a source of the live screens now, and say what it shows"),
)  # fmt: skip
def test_source(*, enterprise: str, actor: Actor, source: Key) -> SourceReading:
    """Look at a source now, for a few seconds: connect to the switch or read its files; nothing is changed.

    ``live_source_unknown`` and the errors of `probes.read_source`.
    """
    del actor
    return read_source(queries.get_source_switch(enterprise, source))


def _load_source(enterprise: str, key: str) -> ScreenSource:
    if key.startswith(queries.FIXED):
        raise NianjianError("live_source_fixed", setting=sources.SETTING)
    rows = ScreenSource.objects.filter(enterprise_id=enterprise, pk=key)
    return get_or_raise(rows, "live_source_unknown", source=key)


def _replace_source(row: ScreenSource, name: str, kind: str, place: str, user: str, secret: str) -> ScreenSource:  # noqa: PLR0917 -- what a form holds
    """The source with what was typed; a kept secret goes to no other place than the one that it was typed for."""
    before = (row.kind, row.place, row.user or "")
    row.name, row.kind, row.place, row.user = name.strip(), kind, place.strip(), user.strip()
    if secret:
        row.secret = secret
    elif row.secret and before != (row.kind, row.place, row.user):
        row.secret = None
        if row.kind in sources.SECRET_KINDS:
            raise NianjianError("live_secret_again")
    return row


def _complete_form(row: ScreenSource) -> None:
    """Refuse what the kind needs and is not there, and leave out what it does not ask for.

    ``live_name_wrong``, ``live_kind_wrong``, ``live_place_needless`` and those of `_check_secret`.
    """
    if not sources.NAMES.fullmatch(row.name):
        raise NianjianError("live_name_wrong")
    if row.kind not in sources.KINDS:
        raise NianjianError("live_kind_wrong", kind=row.kind, kinds=", ".join(sources.KINDS))
    _check_secret(row)
    if row.kind == sources.POSTING and row.place:
        raise NianjianError("live_place_needless")


def _check_form(row: ScreenSource) -> None:
    """What the operator has not allowed is neither kept nor tried; the errors of `_complete_form` and `sources`.

    Outside of a transaction: it asks the resolver of names, which takes its time while others wait to write.
    """
    _complete_form(row)
    if row.kind in sources.PORTS:
        sources.resolve_host(row.enterprise_id, *sources.parse_host(row.kind, row.place))
    elif row.kind != sources.POSTING:
        sources.resolve_path(row.enterprise_id, row.place)


def _check_secret(row: ScreenSource) -> None:
    """Drop what the kind has no use for; ``live_secret_missing``, ``live_secret_short``, ``live_user_missing``."""
    if row.kind not in sources.SECRET_KINDS:
        row.user = row.secret = None
        return
    if not row.secret:
        raise NianjianError("live_secret_missing")
    if row.kind == sources.POSTING and len(row.secret) < SHORTEST_SECRET:
        raise NianjianError("live_secret_short", least=SHORTEST_SECRET)
    if row.kind not in sources.USER_KINDS:
        row.user = None
    elif not row.user or ":" in row.user:
        raise NianjianError("live_user_missing")


def _check_name(row: ScreenSource) -> None:
    """``live_source_exists`` where the switch has one of the kind already."""
    fixed = {one.name for one in sources.switches() if one.enterprise == row.enterprise_id}
    beside = ScreenSource.objects.filter(enterprise_id=row.enterprise_id, name=row.name).exclude(pk=row.pk)
    alike = {kind in sources.RECORDS for kind in beside.values_list("kind", flat=True)}
    if row.name in fixed or (row.kind in sources.RECORDS) in alike:
        raise NianjianError("live_source_exists", name=row.name)


def _store_source(row: ScreenSource, verb: str, actor: Actor) -> None:
    row.set_by, row.set_at = str(actor), clock.now()
    row.save()
    record(verb=verb, enterprise=row.enterprise_id, actor=actor, data=_name_source(row))


def _name_source(row: ScreenSource) -> dict[str, object]:
    """What the audit chain says of a source: neither its place nor who asks it."""
    return {"source": row.pk, "name": row.name, "kind": row.kind}
