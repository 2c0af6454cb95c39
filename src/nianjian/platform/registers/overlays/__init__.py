"""Changes of rules for one province or enterprise, each approved by a second person."""
