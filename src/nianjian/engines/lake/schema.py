"""The tables of the lake: names, columns and types. Times are zone-less Asia/Shanghai wall time.

One folder a table: ``<lake>/<enterprise>/<table>/``, Parquet under a Delta log. ``calls`` holds the good
rows in partitions ``part=YYYY-MM`` and the quarantine in ``part=rejected``: one commit carries both.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa


def quoted(name: str) -> str:
    """An identifier, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string literal for SQL."""
    return "'" + text.replace("'", "''") + "'"


def row_to_document(row: Mapping[str, object]) -> dict[str, object]:
    """A row as JSON tells it: its stamps as text, without a zone as they are."""
    return {name: _stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _stamp(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


REJECTED: Final = "rejected"
SCANNER: Final = ("kept", "scanner")  # name and word in ``extra``

MOMENT: Final = pa.timestamp("us")

CALLS: Final = pa.schema(
    [
        ("source", pa.string()),  # format name, or the mapping's `source`
        ("call_id", pa.string()),  # row key within the source
        ("call_key", pa.string()),  # shared by all rows of one call; NULL: the row is its own call
        ("direction", pa.string()),  # out | in | internal
        # customer | agent | event (a row that only completes another: BYE, hang-up handler; or a scanner's call)
        ("leg", pa.string()),
        ("caller_raw", pa.string()),  # as written; NULL where equal to display_raw's source text
        ("display", pa.int64()),  # national significant number, no trunk 0, no 86; NULL if unknown
        ("display_shape", pa.string()),  # kernel.numbers.Shape value
        ("display_confidence", pa.string()),  # good | medium | low | none
        ("display_raw", pa.string()),  # as written; NULL where it equals the printed canonical form
        ("callee", pa.int64()),
        ("callee_shape", pa.string()),
        ("callee_raw", pa.string()),
        ("start_ts", MOMENT),
        ("ring_ts", MOMENT),
        ("answer_ts", MOMENT),
        ("end_ts", MOMENT),
        ("result", pa.string()),  # answered | busy | no_answer | failed | cancelled | rejected | blocked | unknown
        ("delivered", pa.bool_()),  # left the platform towards the carrier
        ("answered", pa.bool_()),  # answer time set and talk > 0 on this leg (per source, see its page)
        ("test", pa.bool_()),
        ("purpose", pa.string()),
        ("agent_id", pa.string()),
        ("agent_kind", pa.string()),  # human | robot | NULL
        ("line_id", pa.string()),
        ("team_id", pa.string()),
        ("gateway", pa.string()),
        ("extra", pa.string()),  # JSON of the file's further columns, and SCANNER of a scanner's call; NULL if none
        ("batch", pa.string()),
        ("file", pa.string()),  # sha256 of the file as given (of the member for zip and folders)
        ("line", pa.int64()),  # physical line, first line = 1; xlsx: sheet row
        ("reason", pa.string()),  # quarantine only: reason code
        ("reason_column", pa.string()),  # quarantine only: the file's column
        ("raw", pa.string()),  # quarantine only: JSON list of the row's cells, or a JSON string: the line's text
        ("part", pa.string()),
    ]
)

NUMBER_DIM: Final = pa.schema(
    [
        ("root", pa.int64()),  # 95013
        ("root_length", pa.int32()),
        ("total_length", pa.int32()),  # approved total length; equal to root_length where no extension
        ("filed", pa.bool_()),  # filed, valid and outbound-permitted from valid_from to valid_to; NULL: not known
        ("valid_from", pa.date32()),  # NULL: since ever
        ("valid_to", pa.date32()),  # last valid day, included; NULL: open
    ]
)
LINE_DIM: Final = pa.schema(
    [
        ("line_id", pa.string()),
        ("team_id", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
SEAT_DIM: Final = pa.schema(
    [
        ("seat_id", pa.string()),
        ("kind", pa.string()),  # human | robot
        ("filing", pa.string()),  # filed | cancelled | unfiled | NULL
        ("filed_on", pa.date32()),
        ("cancelled_on", pa.date32()),
        ("opened_on", pa.date32()),  # NULL: never opened
        ("closed_on", pa.date32()),  # first day no longer open; NULL: open
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
COMPLAINT_FACT: Final = pa.schema(
    [
        ("complaint_id", pa.string()),
        ("source", pa.string()),  # 12321 | 12300 | enterprise | one_click | carrier
        ("reference", pa.string()),  # upstream number; NULL: unknown
        ("accepted_ts", MOMENT),
        ("arrived_ts", MOMENT),
        ("complainant", pa.int64()),
        ("complained", pa.int64()),
        ("call_ts", MOMENT),
        ("category", pa.string()),
        ("call_id", pa.string()),
        ("line_id", pa.string()),
        ("team_id", pa.string()),
        ("responded_ts", MOMENT),
        ("closed_ts", MOMENT),
        ("reopened_ts", MOMENT),
        ("exclusion", pa.string()),  # not_accepted | not_own_number | duplicate | not_a_call | NULL
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
ATTACHMENT_FACT: Final = pa.schema(
    [
        ("metric", pa.string()),
        ("data_year", pa.int32()),
        ("kind", pa.string()),  # outsourcing_agreement | expansion_plan | anti_harassment_plan
        ("sha256", pa.string()),
        ("name", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)

SCHEMAS: Final = {
    "calls": CALLS,
    "number_dim": NUMBER_DIM,
    "line_dim": LINE_DIM,
    "seat_dim": SEAT_DIM,
    "complaint_fact": COMPLAINT_FACT,
    "attachment_fact": ATTACHMENT_FACT,
}
