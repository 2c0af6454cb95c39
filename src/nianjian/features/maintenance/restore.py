"""Put a backup in the place of the home: checked, staged, brought to life, then switched in; the old one stays aside.

Whenever it is killed, the next start of the program finds the old home or the new one, whole.
"""

from dataclasses import replace as replaced
from pathlib import Path
from typing import TYPE_CHECKING

from nianjian.engines.kernel.errors import crash_point
from nianjian.features.maintenance.archive import Progress, enter_stage, stage_archive
from nianjian.platform.home import env, switch, wiring
from nianjian.platform.home.folders import make_private

if TYPE_CHECKING:
    from nianjian.features.maintenance.revive import Restored


def restore_backup(*, file: Path, replace: bool, keys: Path | None, progress: Progress) -> "Restored":
    """Restore into an empty home, or with ``replace`` in place of a used one. The local operator's act.

    Call it in a process that has not opened the house. ``home_in_use``, and what `stage_archive` and `revive_database`
    raise.
    """
    environment = env.read()
    home = environment.home
    make_private(home)
    with switch.alone(home):
        switch.settle(home, environment.database_url)
        stage = stage_archive(file, replace=replace, keys=keys, progress=progress)
        try:
            crash_point("mid_write")
            with enter_stage(stage):
                wiring.start()
                from nianjian.features.maintenance.revive import revive_database  # noqa: PLC0415 -- models load after the settings

                result = revive_database(stage, home=home, replace=replace)
        except BaseException:
            switch.settle(home, environment.database_url)  # a journal may stand already: then the database decides
            stage.drop()
            raise
        crash_point("before_close")
        switch.settle(home, environment.database_url)
    aside = [root / f"{switch.ASIDE}{stage.stamp}" for root in stage.roots]
    return replaced(result, aside=[path for path in aside if path.is_dir()])
