"""Rectification (后续改): a notice's case, its cause, isolation, measures, recheck and report."""
