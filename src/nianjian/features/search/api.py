"""The search for programs: the hits of the page."""

from ninja import Query, Router, Schema

from nianjian.features.search.queries import Reader, read_search, search
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read
from nianjian.platform.api.parameter_types import Text

router = Router(tags=["enterprises"])


class SearchAsked(Schema):
    """``q``: the beginning of a code, a part of a name, or the last four digits of a person's number."""

    q: Text = ""


class SearchHit(Schema):
    """Something that was found, as its page names it; ``fact``: carrier, team or state; ``address`` of its page."""

    code: str
    name: str
    fact: str
    address: str


class SearchGroup(Schema):
    """The best hits of one kind, five at most; ``more``: others fit, too; ``title`` in the language asked for."""

    kind: str
    title: str
    hits: list[SearchHit]
    more: bool


class SearchResults(Schema):
    """What the token's person may open and what fits, the kind with the best hit first."""

    groups: list[SearchGroup]


@read(router, "/enterprises/{code}/search", act=Permission.READ_OWN, answer=SearchResults)
def enterprises_search(request: Request, code: str, wanted: Query[SearchAsked]) -> SearchResults:
    """Search registers, tickets, materials, cases, rules, people and pages of an enterprise, as the pages do."""
    del code
    reader = Reader(request.actor, request.enterprise, request.team)
    return SearchResults(groups=[SearchGroup.from_orm(group) for group in search(reader, read_search(wanted.q))])
