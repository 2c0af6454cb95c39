"""The ways in, put together from what the features declare; no business rule stands here."""
