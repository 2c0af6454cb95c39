"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.features.archives.model import Archive, Kept
from nianjian.features.season.feeds.model import Feed
from nianjian.features.season.notes.model import Note

__all__ = ["Archive", "Feed", "Kept", "Note"]
