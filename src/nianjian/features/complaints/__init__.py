"""Complaint tickets (投诉工单): in, and out to the lake."""
