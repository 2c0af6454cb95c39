"""Where Django looks for the table of drafts."""

from nianjian.platform.web.drafts import FormDraft

__all__ = ["FormDraft"]
