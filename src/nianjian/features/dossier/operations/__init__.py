"""The dossier's acts: whether the role allows it, the check, the room's service."""
