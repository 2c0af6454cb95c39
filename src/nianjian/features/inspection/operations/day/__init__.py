"""The inspection day (检查日): its sheet, what is kept of it, a way in for the inspector, a copy without network."""
