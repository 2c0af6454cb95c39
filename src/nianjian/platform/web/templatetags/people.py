"""Who acted, in templates: ``{% load people %}{{ row.actor|person }}``."""

from django import template

from nianjian.platform.web import work

register = template.Library()


@register.filter
def person(actor: str | None) -> str:
    """Name the actor as `work.person`."""
    return work.person(actor)
