"""Where Django looks for the table of drafts."""

from __future__ import annotations

from nianjian.platform.web.drafts import FormDraft

__all__ = ["FormDraft"]
