"""The overview of an enterprise and the portfolio: one glance says whether today is a good day."""
