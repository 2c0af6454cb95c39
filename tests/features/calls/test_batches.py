import re

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.jobs import query as intents
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers import batches

pytestmark = pytest.mark.postgres


def _file(batch: str, name: str, sha256: str, generation: int = 1, replaces: str = "") -> None:
    batches.add_batch_file(
        batch=batch, enterprise="demo", name=name, sha256=sha256, generation=generation,
        receipt={"rows": {"read": 3}}, actor="os:root", replaces=replaces,
    )  # fmt: skip


def test_an_intent_is_closed_or_dropped_once(demo: str) -> None:
    one, other = (queue.open(kind="calls.import", enterprise=demo, txn=t, payload={"batch": t}) for t in ("a", "b"))
    assert [(found.txn, found.payload) for found in intents.open_intents()] == [
        ("a", {"batch": "a"}),
        ("b", {"batch": "b"}),
    ]
    queue.close(intent=one)
    queue.drop(intent=other)
    assert intents.open_intents() == []
    for act in (queue.close, queue.drop):
        with pytest.raises(NianjianError, match="intent_not_open"):
            act(intent=one)


def test_files_of_a_batch_keep_their_order_and_repeat_without_harm(demo: str) -> None:
    batch = batches.new_batch_id()
    assert re.fullmatch(r"B\d{14}[0-9a-f]{4}", batch)
    for name in ("b.csv", "a.csv", "b.csv"):
        _file(batch, name, name * 2)
    found = batches.get_batch(batch)
    assert [file.name for file in found.files] == ["b.csv", "a.csv"]
    assert (found.state, found.created_by, found.files[0].receipt) == ("active", "os:root", {"rows": {"read": 3}})
    assert [one.id for one in batches.list_batches(demo)] == [batch]
