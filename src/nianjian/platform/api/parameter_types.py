"""Values as the operations take them."""

from datetime import date
from typing import Annotated

from django.http import HttpResponse
from ninja import Field, Path, Schema
from pydantic import AfterValidator

from nianjian.engines.kernel import clock
from nianjian.platform.home.http import as_attachment


def _in_reach(day: date) -> date:
    if not clock.FIRST_DAY <= day <= clock.LAST_DAY:
        raise ValueError("day_out_of_reach")
    return day


Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A line of text, without control characters."""
Named = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The name of a file that is sent."""
Day = Annotated[date, AfterValidator(_in_reach)]
"""A day from 1990 to 2199."""
Year = Annotated[int, Path(ge=clock.FIRST_DAY.year, le=clock.LAST_DAY.year, description="data year")]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The number of a row, as far as a database counts."""
RowNumber = Annotated[int, Path(ge=1, le=2**62)]
"""The number of a row in an address."""


class FileName(Schema):
    """What the file is called that is sent."""

    name: Named


def attached(content: bytes, media: str, name: str) -> HttpResponse:
    """A file to be kept."""
    answer = HttpResponse(content, content_type=media)
    return as_attachment(answer, name)
