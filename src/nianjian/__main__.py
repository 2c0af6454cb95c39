"""``python -m nianjian``: the same program as the ``nianjian`` script."""

import sys

from nianjian.doors.cli.main import main

sys.exit(main())
