"""Calendar feeds: a secret address for one person and one enterprise, revocable."""
