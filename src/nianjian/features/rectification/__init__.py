"""Rectification (后续改): from the 整改通知书 to the closed case: locate, isolate, recheck, report, watch."""
