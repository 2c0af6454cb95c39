"""Pages of complaint tickets (投诉工单): the list, one ticket with what may be done to it, new ones."""
