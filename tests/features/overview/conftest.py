"""Flows are asked here, and they import models: Django stands before the first test file is read."""

import django

django.setup()
