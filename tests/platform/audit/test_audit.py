import pytest
from django.db import connection, transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.audit import chain as module
from nianjian.platform.audit import query
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.models import Entry, Head
from nianjian.platform.audit.record import record

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def five() -> None:
    for number in range(1, 6):
        record(verb="test.act", enterprise="demo", actor="os:root", data={"number": number, "名": "值"})


def _sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_chain_holds(five: None) -> None:
    report = verify_chain()
    assert report.last == Entry.objects.order_by("seq").last().hash
    assert (report.valid, report.entries, report.broken_at) == (True, 5, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [("data", '{"number":9}'), ("verb", "test.other"), ("hash", "f" * 64)],  # each field: `test_chain`
)
def test_a_changed_column_breaks_the_chain_at_its_entry(five: None, column: str, value: str) -> None:
    _sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = 3", value)
    report = verify_chain()
    assert (report.valid, report.broken_at, report.reason) == (False, 3, "content")


def test_an_entry_changed_together_with_its_hash_breaks_the_next_link(five: None) -> None:
    third = Entry.objects.get(seq=3)
    third.data = '{"number":9}'
    _sql("UPDATE audit_entry SET data = %s, hash = %s WHERE seq = 3", third.data, module.hash_entry(third))
    assert (verify_chain().broken_at, verify_chain().reason) == (4, "link")


def test_a_removed_entry_is_missed(five: None) -> None:
    _sql("DELETE FROM audit_entry WHERE seq = 2")
    assert (verify_chain().broken_at, verify_chain().reason) == (2, "missing")


def test_a_cut_off_tail_is_missed(five: None) -> None:
    _sql("DELETE FROM audit_entry WHERE seq >= 4")
    assert (verify_chain().broken_at, verify_chain().reason) == (4, "missing")


def test_a_head_set_back_is_seen(five: None) -> None:
    fourth = Entry.objects.get(seq=4)
    _sql("UPDATE audit_head SET seq = 4, hash = %s", fourth.hash)
    assert (verify_chain().broken_at, verify_chain().reason) == (5, "head")


def test_entries_that_come_meanwhile_are_no_fault(five: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    progress: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        progress.append((done, total))
        record(verb="test.act", enterprise="demo", actor="os:root", data={"number": 0})

    report = verify_chain(meanwhile)
    assert (report.valid, report.entries) == (True, 5)
    assert progress == [(0, 5), (2, 5), (4, 5), (5, 5)]
    assert verify_chain().entries == 9


def test_an_entry_beyond_the_head_is_seen_also_below_the_first(five: None) -> None:
    fifth = Entry.objects.get(seq=5)
    fields = ("at", "actor", "enterprise", "verb", "data", "prev", "hash")
    for number, reason in ((7, "head"), (0, "missing")):
        names, values = ", ".join(("seq", *fields)), (number, *(getattr(fifth, name) for name in fields))
        _sql(f"INSERT INTO audit_entry ({names}) VALUES ({', '.join(['%s'] * 8)})", *values)
        assert verify_chain().reason == reason


def test_few_actors_are_offered(five: None) -> None:
    for number in range(60):
        record(verb="test.act", enterprise="demo", actor=f"user:p{number:02}", data={})
    assert query.actors("demo") == [f"user:p{number:02}" for number in range(10, 60)]


def test_the_model_neither_changes_nor_deletes(five: None) -> None:
    entry = Entry.objects.get(seq=1)
    for act in (
        entry.save,
        entry.delete,
        lambda: Entry.objects.filter(seq=1).update(verb="x"),
        lambda: Entry.objects.all().delete(),
    ):
        with pytest.raises(NianjianError, match="audit_append_only"):
            act()
    assert verify_chain().entries == 5


def test_a_rolled_back_act_leaves_no_entry_and_no_gap(five: None) -> None:
    with transaction.atomic():
        assert record(verb="test.lost", enterprise="demo", actor="os:root", data={}) == 6
        transaction.set_rollback(True)
    assert record(verb="test.next", enterprise="demo", actor="os:root", data={}) == 6
    assert verify_chain().valid
    assert Head.objects.get().seq == 6


def test_acts_come_newest_first_with_their_data(five: None) -> None:
    record(verb="test.other", enterprise="", actor="user:anna", data={})
    assert [act.seq for act in query.acts(enterprise="demo", newest=2)] == [5, 4]
    assert next(query.acts(verb="test.act")).data == {"number": 5, "名": "值"}
