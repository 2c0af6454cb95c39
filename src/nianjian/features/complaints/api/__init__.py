"""Complaint tickets (投诉工单): read, opened, worked on, matched with calls."""
