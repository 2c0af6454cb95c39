"""Complaint tickets (投诉工单): states, clocks, forward lists, matching with calls, one-click pages."""
