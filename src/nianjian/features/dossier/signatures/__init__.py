"""Electronic signatures in PDFs: what those of others say, kept as evidence, and the firm's own, appended last."""
