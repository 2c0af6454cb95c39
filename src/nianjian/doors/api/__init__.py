"""The door for programs: what the pages do, as JSON under ``/api/v1/``, each operation by the pages' own flows."""
