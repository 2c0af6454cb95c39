"""Test calls (回拨) to filed numbers: routes, trials by SIP or by hand, verdicts, arrivals."""
