"""Rows by the beginning of a code or name: folded alike by SQLite and PostgreSQL, and found through an index.

A beginning is a range of the folded column in the order of its bytes, so no sign of a search means anything else.
"""

import unicodedata
from typing import Any, Final, TypeVar, cast

from django.db.models import F, Func, Index, Q, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

LENGTH: Final = 200  # signs: PostgreSQL indexes no long texts
LAST: Final = "\U0010ffff"  # behind every text that goes on from a beginning
M = TypeVar("M", bound=Any)


class Folded(Func):
    """The first signs of a text column without the case of its Latin letters, ordered by bytes."""

    template = f"UPPER(SUBSTR(%(expressions)s, 1, {LENGTH}))"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:  # noqa: ANN401 -- Django's signature
        """In the collation whose order and letters are those of SQLite."""
        plain = f'UPPER(SUBSTR(%(expressions)s, 1, {LENGTH}) COLLATE "C")'
        return super().as_sql(compiler, connection, template=plain, **context)


def fold_text(text: str) -> str:
    """A text as texts are compared: full-width forms become plain ones, Latin letters capitals."""
    return fold_case(unicodedata.normalize("NFKC", text))


def fold_case(text: str) -> str:
    """A text as `Folded` has it: Latin letters become capitals, every other sign stays, full-width ones too."""
    return "".join(sign.upper() if sign.isascii() else sign for sign in text)


def prefix_index(name: str, column: str, *before: str) -> Index:
    """An index of an enterprise's standing versions by a folded column, behind the folded columns ``before``."""
    return Index(F("enterprise"), *map(Folded, (*before, column)), condition=Q(superseded_at=None), name=name)


def filter_by_prefix(queryset: QuerySet[M], column: str, start: str) -> QuerySet[M]:
    """Rows whose column begins so, in the same width; the shortest first, so a whole code before longer ones."""
    begun = fold_case(start)
    rows = queryset.alias(folded=Folded(column)).order_by("folded")
    return cast("QuerySet[M]", rows.filter(folded__gte=begun, folded__lt=begun + LAST))
