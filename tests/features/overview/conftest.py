"""Flows are asked here, and they import models: Django stands before the first test file is read."""

from __future__ import annotations

import django

django.setup()
