"""Days and moments in templates, as people say them: ``{% load days %}{{ row.at|moment }}``."""

from datetime import date, datetime

from django import template

from nianjian.engines.kernel import clock
from nianjian.platform.web.days import format_day, format_moment

register = template.Library()


@register.filter
def day(value: date | datetime | str | None) -> str:
    """A day as `days.format_day`; text is an ISO day."""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10]) if value else None
    return format_day(value.astimezone(clock.ZONE).date() if isinstance(value, datetime) else value)


@register.filter
def moment(value: datetime | str | None) -> str:
    """A moment as `days.format_moment`; text is an ISO moment, in Shanghai where it names no zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if value else None
    if value is not None and value.tzinfo is None:
        value = value.replace(tzinfo=clock.ZONE)
    return format_moment(value)
