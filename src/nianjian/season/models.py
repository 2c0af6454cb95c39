"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.season.archives.model import Archive, Kept
from nianjian.season.feeds.model import Feed
from nianjian.season.notes.model import Note

__all__ = ["Archive", "Feed", "Kept", "Note"]
