"""``python -m nianjian``: the same program as the ``nianjian`` script."""

from __future__ import annotations

import sys

from nianjian.doors.cli.main import main

sys.exit(main())
