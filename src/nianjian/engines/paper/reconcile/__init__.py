"""Paper of reconciliation: the correction sheet, and a picture of call sources by day."""
