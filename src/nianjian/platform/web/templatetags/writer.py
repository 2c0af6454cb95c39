"""The token of a form, and beside it who writes the form: a built-in of all templates, instead of Django's tag."""

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from nianjian.platform.web.resend import WRITER, identify_writer, sign_writer

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> str:
    """``{% csrf_token %}``: the hidden fields that every form by POST begins with."""
    token = CsrfTokenNode().render(context)
    actor = context.get("actor")
    mark = context.get("mark") or (sign_writer(actor.name) if actor else "")
    if not mark:
        return token
    return format_html('{}<input type="hidden" name="{}" value="{}">', token, WRITER, mark)


@register.simple_tag(takes_context=True)
def writer(context: Context) -> str:
    """Return what tells this person from others of the same browser; "" for nobody."""
    actor = context.get("actor")
    return identify_writer(actor.name) if actor else ""
