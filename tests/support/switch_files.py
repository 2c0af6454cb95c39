"""Call records as switches write them."""

import csv
import io
from datetime import datetime

from nianjian.engines.kernel import clock


def asterisk_row(number: int, disposition: str = "ANSWERED") -> str:
    """A row of Master.csv: a call that has just ended."""
    second = int(clock.now().timestamp())
    unique = f"{second}.{number}"
    stamp = datetime.fromtimestamp(second, clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")
    row = ["", "95013001", "13800138000", "out", "", "PJSIP/a-1", "PJSIP/b-1", "Dial", "x", stamp, stamp, stamp]
    row += ["1", "1", disposition, "DOCUMENTATION", unique, "", "", unique, str(number)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()
