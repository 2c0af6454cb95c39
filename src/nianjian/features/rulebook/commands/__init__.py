"""The commands of the rulebook: ``nianjian rules`` and ``nianjian holidays``."""
