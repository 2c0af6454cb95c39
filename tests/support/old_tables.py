"""Tables as an earlier version made them: by the parts of the squashed migrations."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def migrate_parts(app: str, name: str) -> None:
    """Make the tables of a migration and of those before it."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    executor.migrate([(app, name)])
