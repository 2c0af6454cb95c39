"""Frozen values for generated items: from the registers, from the lake as the portrait's run saw it, from the run."""
