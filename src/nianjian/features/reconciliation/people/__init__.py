"""Seat, social insurance and wages of each person in each month (三对照)."""
