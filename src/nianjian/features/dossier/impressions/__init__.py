"""Pictures of seals, sealed in the vault, and the impressions that two people have agreed to."""
