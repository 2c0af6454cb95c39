"""Pending requests of every kind (待审批), shown with their effect and decided by a second person."""
