"""An intent: the row that is written before another store is, and closed after it was.

A job: work that a worker does; a worker: a process that says every few seconds that it lives.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Intent(models.Model):
    """One act over database and lake. ``txn``: the id in the Delta commit; ``payload``: what recovery needs."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    id = models.CharField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=40)
    enterprise = models.CharField(max_length=64)
    txn = models.CharField(max_length=200)
    payload: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=OPEN, choices=[(s, s) for s in (OPEN, DONE, DROPPED)])
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Recovery asks for what is open."""

        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "opened_at"], name="queue_intent_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.txn} {self.state}"


class Job(models.Model):
    """Work that a page asked for and does not wait for. ``kind`` names what the worker runs, ``payload`` its arguments.

    ``done`` of ``total`` in the unit that the kind counts (bytes, rows, steps); ``total`` 0: not known yet.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    OVER = (DONE, FAILED, STOPPED)
    STATES = (WAITING, RUNNING, *OVER)

    id = models.CharField(primary_key=True, max_length=20)
    kind = models.CharField(max_length=40)
    enterprise = models.CharField(max_length=64, blank=True)  # "": the installation
    payload: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=WAITING, choices=[(s, s) for s in STATES])
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)  # what is at work: a file's name
    stop_wanted = models.BooleanField(default=False)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    error: models.JSONField[Any, Any] = models.JSONField(default=dict)  # {"code", "values", "findings"} of a failure
    requested_by = models.CharField(max_length=160)  # `str(Actor)`
    worker = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # how often a worker has begun it
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)  # a running job whose worker is silent is taken up again
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """The worker asks for the oldest that waits, a page for an enterprise's newest."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "created_at"], name="queue_job_state"),
            models.Index(fields=["enterprise", "-created_at"], name="queue_job_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in self.OVER


class Worker(models.Model):
    """A process that takes jobs. ``name`` is host and process number; a row that is silent belongs to a dead one."""

    name = models.CharField(primary_key=True, max_length=80)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Answer(models.Model):
    """What the API answered to a write that named a key. ``status`` None: the write is under way, or broke off."""

    id = models.CharField(primary_key=True, max_length=64)  # sha256 of person and key
    digest = models.CharField(max_length=64)  # sha256 of method, address and content
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.status)
