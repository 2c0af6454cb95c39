"""Labelled pages out of a simulated office: set pages, drawn seals, a scanner with its faults. All synthetic."""
