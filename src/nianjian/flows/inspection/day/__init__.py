"""The inspection day (检查日): one sheet of what stands, kept days, a way in for the inspector, a copy without network."""
