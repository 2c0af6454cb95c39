"""Rows 14 to 27 of the failure table, on a real Valkey: callers, caps, clocks, give-backs. None ends above the cap."""

import asyncio
import contextlib
import ssl
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import hiredis
import pytest
from cryptography import x509
from tests.support.certificates import root
from tests.support.gate_store import (
    NOON,
    E,
    Steady,
    Valkey,
    crashed,
    many,
    opened,
    per_day,
    server,
    silent,
    slot,
    take,
    until,
    windowed,
)
from tests.support.services import free_port
from tests.support.tls import server as tls_server

from nianjian.engines.gate.counters import store_client
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import DAY
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.counters.store_client import Address, connect
from nianjian.engines.gate.refill import Figures, Unit, rebuild_store
from nianjian.engines.kernel.errors import NianjianError

CAP = per_day(300)
ONE = slot(CAP)
MIDNIGHT = NOON + DAY // 2


@pytest.mark.parametrize("tokens", [0, 1])
async def test_row_14_an_answer_that_cannot_be_given_hurts_nobody_else(valkey: Valkey, tokens: int) -> None:
    gate = await opened(valkey, CAP)
    await many(gate, tokens, ONE)

    def gone(_: object) -> None:
        raise RuntimeError("the switch hung up")

    connection = gate.keeper.connection
    for at in range(3):
        try:
            gate.take(E, (ONE,), f"gone{at}", NOON, gone)
        except RuntimeError:
            assert tokens, "from memory the caller hears it himself"
    assert await many(gate, 300, ONE) == 300 - 3 - tokens
    assert gate.keeper.connection is connection


async def test_row_15_an_exception_in_a_callback_leaves_the_connection_open(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    gate = await opened(valkey, CAP)
    connection = gate.keeper.connection
    assert connection is not None

    def broken(_: object) -> None:
        raise ValueError("no reply like that")

    connection.say(("PING",), broken)
    assert await connection.ask("PING") == b"PONG"
    assert (await take(gate, ONE)).allowed
    assert gate.keeper.connection is connection
    assert "could not be used" in caplog.text


async def test_row_17_a_call_asked_at_another_gate_takes_another_token(valkey: Valkey) -> None:
    small = per_day(2, name="two")
    first, second = await opened(valkey, small), await opened(valkey, small)
    assert (await take(first, slot(small), call="a")).allowed
    assert (await take(second, slot(small), call="a")).allowed
    assert not (await take(first, slot(small), call="b")).allowed


async def test_row_18_a_lowered_cap_holds_at_once_and_recalls_tokens(valkey: Valkey) -> None:
    first, second = await opened(valkey, CAP), await opened(valkey, CAP)
    assert await many(first, 115, ONE) + await many(second, 5, ONE) == 120
    low = replace(CAP, limit=30, epoch=2)
    first.policy(E, [low])
    refused = await take(first, slot(low))
    assert (refused.allowed, refused.unavailable, refused.limit) == (False, False, 30)
    await until(lambda: second.state()["changes"] == first.state()["changes"] + 0 and second.state()["free"] == 0)
    old = await take(second, ONE)
    assert (old.allowed, old.limit) == (False, 30), "a gate with the older snapshot meets the newer cap"
    await until(lambda: valkey.granted(CAP, "trunk17") == 120), "recalled tokens are given back"


async def test_row_18_tokens_on_their_way_when_a_cap_drops_go_back(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert await many(gate, 24, ONE) == 24
    gate.leases.recall(lambda lease: lease.have > 0)
    await until(lambda: not gate.state()["owed"])
    pending = asyncio.ensure_future(take(gate, ONE))
    await asyncio.sleep(0)  # the call waits
    await asyncio.sleep(0)  # the store is asked for ten under the old cap
    low = replace(CAP, limit=20, epoch=2)
    gate.policy(E, [low])
    answer = await pending
    assert (answer.allowed, answer.unavailable, answer.limit) == (False, False, 20)
    await until(lambda: not gate.state()["owed"])
    assert (gate.state()["free"], valkey.granted(CAP, "trunk17")) == (0, 24)
    again = await take(gate, slot(low))
    assert (again.allowed, again.limit) == (False, 20)


async def test_row_18_a_word_of_the_store_from_before_a_new_cap_changes_nothing(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    gate.policy(E, [replace(CAP, limit=30, epoch=2)])
    gate._renew((E, CAP.name), (1, 300))  # as a catching up that began before tells it
    assert gate._pairs[E, CAP.name] == (2, 30)


async def test_row_19_a_gate_that_is_cut_off_stops_by_itself(valkey: Valkey) -> None:
    steady = Steady()
    near, far = await opened(valkey, CAP), await opened(valkey, CAP, steady=steady, deadline=1.0)
    assert await many(far, 1, ONE) == 1
    assert far.keeper.connection is not None
    far.keeper.connection.say = silent  # type: ignore[method-assign]
    near.policy(E, [replace(CAP, limit=5, epoch=2)])
    await until(lambda: not near.state()["owed"])
    steady.now += 1.5
    assert (await take(far, ONE)).allowed, "within what it held"
    steady.now += 0.6
    assert (await take(far, ONE)).unavailable
    assert (await take(near, slot(replace(CAP, limit=5, epoch=2)))).used <= 10


async def test_row_20_the_thirty_first_is_refused_whatever_dies(valkey: Valkey) -> None:
    isolated = per_day(30, name="isolated")
    one = slot(isolated)
    gates = [await opened(valkey, isolated) for _ in range(3)]
    allowed = 0
    for gate in gates[:2]:
        allowed += await many(gate, 7, one)
        await crashed(gate)
    allowed += await many(gates[2], 100, one)
    assert allowed == 30


async def test_row_21_a_raised_cap_ends_a_refusal_that_is_remembered(valkey: Valkey) -> None:
    first, second = await opened(valkey, CAP), await opened(valkey, CAP)
    assert await many(first, 301, ONE) == 300
    high = replace(CAP, limit=310, epoch=2)
    first.policy(E, [high])
    assert await many(first, 4, slot(high)) == 4
    await until(lambda: second.state()["changes"] == first.state()["changes"])
    second.policy(E, [high])
    assert await many(second, 9, slot(high)) + await many(first, 9, slot(high)) == 6


async def test_row_22_at_midnight_every_token_is_of_yesterday(valkey: Valkey) -> None:
    wall = [MIDNIGHT - 1]
    gate = await opened(valkey, CAP, moment=lambda: wall[0])
    assert await many(gate, 4, ONE, now=MIDNIGHT - 1) == 4
    wall[0] = MIDNIGHT
    gate.look()
    assert await many(gate, 301, ONE, now=MIDNIGHT) == 300
    assert valkey.granted(CAP, "trunk17") == 10
    assert valkey.granted(CAP, "trunk17", "2026-03-03") == 300
    assert 0 < valkey.ask("TTL", "cap:2026-03-03:E:day:trunk17") <= 172_800


async def test_row_23_clocks_may_differ_and_one_that_falls_back_is_refused(valkey: Valkey) -> None:
    wall = [MIDNIGHT]
    right, late = await opened(valkey, CAP), await opened(valkey, CAP, moment=lambda: wall[0])
    assert await many(right, 301, ONE, now=MIDNIGHT) == 300
    assert await many(late, 301, ONE, now=MIDNIGHT - 1000) == 300
    wall[0] -= 2 * DAY
    late.look()
    assert late.state()["reason"] == "clock"
    assert (await take(late, slot(CAP, "x"), now=wall[0])).unavailable
    wall[0] += 2 * DAY
    late.look()
    assert (await take(late, slot(CAP, "x"), now=wall[0])).allowed


async def test_row_25_who_comes_while_the_store_is_silent_is_refused_at_once(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP, deadline=1.0)
    valkey.freeze()
    assert (await take(gate, ONE)).unavailable
    answers: list[bool] = []
    gate.take(E, (slot(CAP, "x"),), "a", NOON, lambda taken: answers.append(taken.unavailable))
    assert answers == [True], "it is not made to wait"
    valkey.thaw()
    await until(lambda: gate.state()["available"])
    assert (await take(gate, slot(CAP, "x"))).allowed


def test_row_27_a_release_counts_once_and_never_for_a_day_that_is_gone(valkey: Valkey) -> None:
    async def test() -> None:
        small = per_day(3, name="three")
        gate = await opened(valkey, small)
        for call in "abc":
            assert (await take(gate, slot(small), call=call)).allowed
        assert not (await take(gate, slot(small))).allowed
        assert [gate.release(E, "a", NOON) for _ in range(2)] == [True, False]
        assert await many(gate, 2, slot(small)) == 1
        await gate.stop()

    def give(name: str) -> int:
        keys = (store_client.CANARY, "cap:2026-03-02:E:day:x", f"released:{name}")
        return int(
            valkey.ask("FCALL", store_client.RELEASE, 3, *keys, valkey.ask("GET", store_client.CANARY).decode(), 2)
        )

    asyncio.run(test())
    valkey.ask("SET", "cap:2026-03-02:E:day:x", 10)
    assert [give("one"), give("one"), give("two")] == [8, -1, 6]
    valkey.ask("DEL", "cap:2026-03-02:E:day:x")
    assert give("three") == -1


async def test_tokens_of_a_call_from_before_a_recall_go_back_to_the_store(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert (await take(gate, ONE, call="a")).allowed
    gate.policy(E, [replace(CAP, limit=1, epoch=2)])
    await until(lambda: not gate.state()["owed"])
    assert valkey.granted(CAP, "trunk17") == 1
    assert gate.release(E, "a", NOON)
    await until(lambda: valkey.granted(CAP, "trunk17") == 0)


# Windows that are taken one by one in the store: the same answers as in process, for several gates at once.

CALLEE = "13900000001"


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_two_gates_share_a_window_exactly(valkey: Valkey, window: str) -> None:
    cap = windowed(5, window, 300, counts="answered")
    gates = [await opened(valkey, cap) for _ in range(2)]
    allowed = await asyncio.gather(*(many(gate, 8, slot(cap, CALLEE)) for gate in gates))
    assert sum(allowed) == 5
    await crashed(gates[0])
    again = await opened(valkey, cap)
    assert await many(again, 3, slot(cap, CALLEE)) == 0, "units are in the store, not in the gate"


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_the_store_answers_as_memory_does(valkey: Valkey, window: str) -> None:
    cap = windowed(3, window, 60, counts="answered")
    moments = [0, 10, 20, 30, 59_999, 60_000, 60_001, 75_000, 30_000, 90_000, 119_999, 120_000, 181_000, 181_000]
    store, memory = await opened(valkey, cap), Memory(lambda: NOON)
    await memory.start({E: [cap]})
    for number, moment in enumerate(moments):
        if number % 4 == 3:
            outcome = {"answered": number % 8 == 7, "now": NOON}
            assert memory.settle(E, f"c{number - 3}", **outcome) == store.settle(E, f"c{number - 3}", **outcome)
            await until(lambda: not store.state()["owed"])
        one = await take(memory, slot(cap, CALLEE), call=f"c{number}", now=NOON + moment)
        two = await take(store, slot(cap, CALLEE), call=f"c{number}", now=NOON + moment)
        assert one == two, (number, moment)


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_a_cap_that_sank_to_nothing_lets_nobody_in_when_its_window_is_over(valkey: Valkey, window: str) -> None:
    cap = windowed(1, window, 60, counts="answered")
    gate = await opened(valkey, cap)
    assert (await take(gate, slot(cap, CALLEE))).allowed
    none = replace(cap, limit=0, epoch=2)
    gate.policy(E, [none])
    for later in (0, 60_000, 61_000, 86_400_000):
        refused = await take(gate, slot(none, CALLEE), now=NOON + later)
        assert (refused.allowed, refused.unavailable, refused.retry_at) == (False, False, None)


async def test_all_or_none_over_leases_and_windows(valkey: Valkey) -> None:
    display, callee = per_day(40, name="display"), windowed(2, "sliding", 300)
    gate = await opened(valkey, CAP, display, callee)
    both = (slot(CAP), slot(callee, CALLEE), slot(display, "95013001"))
    assert await many(gate, 20, *both) == 2
    refused = await take(gate, *both)
    assert (refused.slot, refused.used, refused.retry_at) == (both[1], 2, NOON // 1000 + 300)
    assert await many(gate, 400, slot(CAP)) == 298, "what a refused call had reserved is there for others"
    assert await many(gate, 40, slot(display, "95013001")) == 38
    assert not (await take(gate, slot(CAP), slot(callee, "13900000002"))).allowed
    assert await many(gate, 3, slot(callee, "13900000002")) == 2, "a full day burns no unit of the window"


async def test_of_two_calls_that_want_the_last_tokens_one_gets_them(valkey: Valkey) -> None:
    """No call holds one token and waits for the other's for ever, and none is refused in vain."""
    one, two = per_day(1, name="one"), per_day(1, name="two")
    gate = await opened(valkey, one, two)
    for value in range(30):
        first, second = slot(one, str(value)), slot(two, str(value))
        answers = await asyncio.gather(take(gate, first, second), take(gate, second, first), take(gate, first))
        assert [answer.allowed for answer in answers] == [True, False, False]


async def test_a_token_that_another_call_only_reserved_is_not_refused(valkey: Valkey) -> None:
    day, window = per_day(1, name="last"), windowed(1, "sliding", 300)
    gate = await opened(valkey, day, window)
    assert (await take(gate, slot(window, CALLEE))).allowed
    reserved, after = await asyncio.gather(
        take(gate, slot(day), slot(window, CALLEE)), take(gate, slot(day), call="after")
    )
    assert (reserved.allowed, after.allowed) == (False, True)


async def test_a_late_unit_goes_back(valkey: Valkey) -> None:
    window = windowed(1, "sliding", 300)
    gate = await opened(valkey, window, deadline=1.0)
    valkey.freeze()
    assert (await take(gate, slot(window, CALLEE))).unavailable
    valkey.thaw()
    await until(lambda: gate.state()["available"] and not gate.state()["owed"])
    assert (await take(gate, slot(window, CALLEE))).allowed


async def test_an_outcome_is_told_when_the_store_is_back(valkey: Valkey) -> None:
    window = windowed(1, "anchored", 300, counts="answered")
    gate = await opened(valkey, window)
    assert (await take(gate, slot(window, CALLEE), call="a")).allowed
    valkey.kill()
    assert gate.settle(E, "a", answered=False, now=NOON)
    valkey.start()
    await until(lambda: gate.keeper.ready and not gate.state()["owed"])
    assert (await take(gate, slot(window, CALLEE))).allowed


async def test_windows_are_rebuilt_from_the_decision_logs(valkey: Valkey) -> None:
    sliding, anchored = windowed(3, "sliding", 300), windowed(3, "anchored", 300, name="first")
    valkey.ask("FLUSHALL")
    units = [Unit((E, cap.name, CALLEE), cap, NOON + 1000 * n, f"c{n}") for cap in (sliding, anchored) for n in (0, 1)]
    await rebuild_store(valkey.url, {E: [sliding, anchored]}, Figures(1, {}, units))
    gate = await opened(valkey, sliding, anchored)
    for cap in (sliding, anchored):
        assert await many(gate, 3, slot(cap, CALLEE), now=NOON + 2000) == 1
        assert (await take(gate, slot(cap, CALLEE), now=NOON + 2000)).retry_at == NOON // 1000 + 300


async def test_a_unit_of_an_anchored_window_that_is_over_is_not_of_the_one_that_is_open(valkey: Valkey) -> None:
    anchored = windowed(2, "anchored", 300)
    before = await opened(valkey, anchored)
    assert (await take(before, slot(anchored, CALLEE))).allowed
    await before.stop()
    units = [Unit((E, anchored.name, CALLEE), anchored, NOON - 400_000 + one, f"c{one}") for one in range(2)]
    await rebuild_store(valkey.url, {E: [anchored]}, Figures(1, {}, units))
    gate = await opened(valkey, anchored)
    assert await many(gate, 3, slot(anchored, CALLEE), now=NOON + 2000) == 1


async def test_a_refusal_writes_nothing(valkey: Valkey) -> None:
    window, day = windowed(1, "sliding", 300), per_day(1, name="one")
    gate = await opened(valkey, window, day)
    assert (await take(gate, slot(window, CALLEE))).allowed
    assert (await take(gate, slot(day))).allowed
    size = valkey.ask("INFO", "persistence").split(b"aof_current_size:")[1].split()[0]
    for _ in range(20):
        assert not (await take(gate, slot(window, CALLEE))).allowed
        assert not (await take(gate, slot(day, "trunk17"))).allowed
    assert valkey.ask("INFO", "persistence").split(b"aof_current_size:")[1].split()[0] == size


async def test_a_cap_that_the_store_forgot_is_told_again(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    valkey.ask("DEL", "policy:E:day")
    assert (await take(gate, slot(CAP))).unavailable
    await until(lambda: gate.keeper.ready)
    assert (await take(gate, slot(CAP))).allowed
    valkey.ask("FUNCTION", "FLUSH")
    assert (await take(gate, slot(CAP, "other"))).unavailable
    await until(lambda: gate.keeper.ready)
    assert (await take(gate, slot(CAP, "other"))).allowed


async def test_an_older_version_of_a_cap_never_replaces_a_newer_one(valkey: Valkey) -> None:
    new = replace(CAP, limit=30, epoch=5)
    await opened(valkey, new)
    second = await opened(valkey, replace(CAP, limit=300, epoch=4))
    assert await many(second, 50, slot(replace(CAP, limit=300, epoch=4))) == 30
    await opened(valkey, replace(CAP, limit=20, epoch=5))
    assert valkey.ask("HMGET", "policy:E:day", "epoch", "cap") == [b"5", b"20"], "of one version the lower holds"


async def test_a_clean_stop_gives_free_tokens_back(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert await many(gate, 3, slot(CAP)) == 3
    await gate.stop()
    assert valkey.granted(CAP, "trunk17") == 3
    assert (await take(gate, slot(CAP))).unavailable


async def test_a_store_that_is_away_at_the_start_is_found_later(valkey: Valkey) -> None:
    valkey.kill()
    gate: Store = await opened(valkey, CAP)
    assert gate.state()["reason"] == "store-away"
    assert (await take(gate, slot(CAP))).unavailable
    valkey.start()
    await until(lambda: gate.keeper.ready)
    assert (await take(gate, slot(CAP))).allowed


async def test_refusals_below_the_cap_are_what_the_other_gates_hold(valkey: Valkey) -> None:
    """At most (processes - 1) x (block - 1), and those tokens are there for the calls of the gates that hold them."""
    gates = [await opened(valkey, CAP) for _ in range(4)]
    for gate in gates[1:]:
        assert (await take(gate, slot(CAP))).allowed
    assert await many(gates[0], 400, slot(CAP)) == 300 - 3 * 10
    assert sum([await many(gate, 20, slot(CAP)) for gate in gates[1:]]) == 3 * 9


# The way to the store: addresses, passwords, TLS, and a peer that speaks another language.


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/valkey/s.sock", Address(path="/run/valkey/s.sock")),
        ("unix:///run/s?db=3", Address(path="/run/s", database=3)),
        ("valkey://store", Address(host="store")),
        (
            "valkey://gate:p%40ss@store:7000/2",
            Address(host="store", port=7000, user="gate", password="p@ss", database=2),  # noqa: S106 - a sample
        ),
        ("valkeys://:secret@[::1]", Address(host="::1", tls=True, password="secret")),  # noqa: S106 - a sample
        ("rediss://store?ca=/etc/ca.pem", Address(host="store", tls=True, ca="/etc/ca.pem")),
    ],
)
def test_addresses(url: str, address: Address) -> None:
    assert Address.of(url) == address


@pytest.mark.parametrize(
    "url", ["", "store:6379", "http://store", "unix://", "valkey://", "valkey://s:port", "valkey://s/x"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NianjianError, match="gate_store_address"):
        Address.of(url)


def test_a_password_is_never_told() -> None:
    address = Address.of("valkey://gate:secret@store:7000")
    assert "secret" not in f"{address} {address!r}"


async def test_the_password_is_said_first_and_a_wrong_one_is_a_store_that_is_away(valkey: Valkey) -> None:
    valkey.ask("ACL", "SETUSER", "gate", "on", ">right", "~*", "+@all")
    connection = await connect(Address.of(f"unix://gate:right@{valkey.socket}"), lambda: None)
    assert await connection.ask("ACL", "WHOAMI") == b"gate"
    connection.close()
    with pytest.raises(hiredis.ReplyError):
        await connect(Address.of(f"unix://gate:wrong@{valkey.socket}"), lambda: None)


async def test_a_user_who_may_not_read_the_settings_is_told_so(valkey: Valkey) -> None:
    valkey.ask("ACL", "SETUSER", "default", "-config")
    with pytest.raises(NianjianError, match="gate_store_unread"):
        await opened(valkey, CAP)


def test_tls_checks_the_store_s_certificate(tmp_path: Path) -> None:
    ca, port = root(), free_port()
    pem, certificate = tls_server(tmp_path, ca, "store", [x509.IPAddress(ip_address("127.0.0.1"))]), tmp_path / "ca.pem"
    certificate.write_bytes(ca.pem)

    async def test() -> None:
        connection = await connect(Address.of(f"valkeys://127.0.0.1:{port}?ca={certificate}"), lambda: None)
        assert await connection.ask("PING") == b"PONG"
        connection.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(Address.of(f"valkeys://127.0.0.1:{port}"), lambda: None)
        await asyncio.sleep(0.05)  # what was hung up on is closed

    files = {"tls_cert_file": str(pem), "tls_key_file": str(pem), "tls_ca_cert_file": str(certificate)}
    with server(tls_port=str(port), tls_auth_clients="no", **files):
        asyncio.run(test())


async def _stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with words that are no RESP."""
    await reader.read(10)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


async def test_a_peer_of_another_language_is_hung_up_on() -> None:
    listening = await asyncio.start_server(_stranger, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    gone: list[bool] = []
    connection = await connect(Address.of(f"valkey://127.0.0.1:{port}"), lambda: gone.append(True))
    with pytest.raises(ConnectionError):
        await connection.ask("PING")
    assert gone == [True]
    assert not connection.open
    with pytest.raises(ConnectionError):
        await connection.ask("PING")
    listening.close()
    await listening.wait_closed()


async def test_a_turn_s_commands_leave_in_one_write(valkey: Valkey) -> None:
    connection = await connect(Address.of(valkey.url), lambda: None)
    writes: list[bytes] = []
    transport = connection._transport
    assert transport is not None
    written = transport.write
    connection._transport = type("Heard", (), {
        "write": lambda _, data: (writes.append(data), written(data))[1], "is_closing": lambda _: False,
        "abort": lambda _: transport.abort(),
    })()  # fmt: skip
    replies = await asyncio.gather(*(connection.ask("INCR", "n") for _ in range(50)))
    assert replies == list(range(1, 51))
    assert len(writes) == 1
    connection.close()
    await asyncio.sleep(0.05)


async def test_a_store_that_restarts_often_is_found_each_time(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    for count in range(1, 4):
        assert (await take(gate, slot(CAP))).allowed
        valkey.kill()
        valkey.start()
        await until(lambda: gate.keeper.ready)
        assert gate.used(E, slot(CAP), 1_772_424_000_000) == count


# Rows 1 to 13 of the failure table, on a real Valkey: gates and store die or fall silent. None ends above the cap.


async def test_row_01_a_gate_killed_with_tokens_forfeits_less_than_a_block(valkey: Valkey) -> None:
    first, second = await opened(valkey, CAP), await opened(valkey, CAP)
    allowed = await many(first, 3, ONE) + await many(second, 4, ONE)
    await crashed(first)
    again = await opened(valkey, CAP)
    assert again.used(E, ONE, NOON) == 0, "it holds nothing of its predecessor"
    allowed += await many(again, 300, ONE) + await many(second, 300, ONE)
    assert allowed == 293
    assert valkey.granted(CAP, "trunk17") == 300


async def test_row_02_a_gate_killed_between_grant_and_answer_forfeits_that_grant(valkey: Valkey) -> None:
    first = await opened(valkey, CAP)
    valkey.freeze()
    first.take(E, (ONE,), "a", NOON, silent)
    await asyncio.sleep(0.02)
    await crashed(first)
    valkey.thaw()
    second = await opened(valkey, CAP)
    assert await many(second, 310, ONE) == 290


async def test_row_04_a_killed_store_is_away_at_once_and_comes_back_exact(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert await many(gate, 3, ONE) == 3
    valkey.freeze()
    waiting = [asyncio.ensure_future(take(gate, slot(CAP, "other"))) for _ in range(5)]
    await asyncio.sleep(0.02)
    valkey.kill()
    assert all(one.unavailable for one in await asyncio.gather(*waiting)), "nobody waits for a lost connection"
    assert (await take(gate, slot(CAP, "third"))).unavailable
    assert await many(gate, 9, ONE) == 7, "what it holds is counted already"
    valkey.start()
    await until(lambda: gate.keeper.ready)
    assert await many(gate, 400, ONE) == 290


@pytest.mark.parametrize(
    ("row", "options", "setting"),
    [
        (5, {"appendfsync": "everysec"}, "appendfsync"),
        (6, {"appendonly": "no"}, "appendonly"),
        (7, {"maxmemory_policy": "allkeys-lru"}, "maxmemory-policy"),
    ],
)
def test_rows_05_to_07_a_store_that_would_lose_counts_is_refused_with_its_remedy(
    row: int, options: dict[str, str], setting: str
) -> None:
    async def test(unfit: Valkey) -> None:
        with pytest.raises(NianjianError) as raised:
            await rebuild_store(unfit.url, {E: [CAP]}, Figures(gates=0))
        assert raised.value.values["setting"] == setting
        gate = Store(unfit.url, moment=lambda: NOON)
        with pytest.raises(NianjianError, match="gate_store_unfit"):
            await gate.start({E: [CAP]})
        assert (await take(gate, ONE)).unavailable
        assert gate.state()["reason"] == "store-unfit"
        await gate.stop()

    with server(**options) as unfit:
        asyncio.run(test(unfit))


async def test_row_08_a_store_without_room_refuses_and_alarms(valkey: Valkey, caplog: pytest.LogCaptureFixture) -> None:
    gate = await opened(valkey, CAP)
    valkey.ask("CONFIG", "SET", "maxmemory", "1")
    assert (await take(gate, ONE)).unavailable
    assert valkey.granted(CAP, "trunk17") == 0
    assert any("refuses" in record.message for record in caplog.records)
    valkey.ask("CONFIG", "SET", "maxmemory", "0")
    assert await many(gate, 301, ONE) == 300


async def test_row_09_an_emptied_store_opens_nothing_until_the_rebuild(valkey: Valkey) -> None:
    current = [""]
    gate, other = [await opened(valkey, CAP, generation=lambda: current[0]) for _ in range(2)]
    allowed = await many(gate, 123, ONE) + await many(other, 4, ONE)
    valkey.ask("FLUSHALL")
    assert (await take(gate, slot(CAP, "new"))).unavailable
    await until(lambda: not gate.keeper.ready and not other.keeper.ready)
    assert (await take(other, ONE)).unavailable, "tokens of another filling are worth nothing"
    assert gate.state()["reason"] == "store-empty"
    day = NOON // DAY
    generation = await rebuild_store(valkey.url, {E: [CAP]}, Figures(2, {((E, CAP.name, "trunk17"), day): allowed}))
    assert valkey.granted(CAP, "trunk17") == allowed + 2 * 10
    await until(lambda: gate.state()["reason"] == "store-other")
    assert (await take(gate, ONE)).unavailable, "the operator has not named the new generation"
    current[0] = generation
    await until(lambda: gate.keeper.ready and other.keeper.ready)
    allowed += await many(gate, 300, ONE) + await many(other, 300, ONE)
    assert 300 - 20 <= allowed <= 300
    await gate.stop()
    await other.stop()
    assert valkey.granted(CAP, "trunk17") == 300, "nothing was given back to a store that had not granted it"


async def test_row_10_an_old_copy_of_the_store_is_raised_to_the_decision_log(valkey: Valkey) -> None:
    current = [""]
    gate = await opened(valkey, CAP, generation=lambda: current[0])
    allowed = await many(gate, 200, ONE)
    valkey.ask("SET", "cap:2026-03-02:E:day:trunk17", 50)  # grants since the copy are missing
    valkey.ask("SET", "cap:2026-03-02:E:day:trunk18", 250)
    figures = Figures(1, {((E, "day", name), NOON // DAY): allowed for name in ("trunk17", "trunk18")})
    generation = await rebuild_store(valkey.url, {E: [CAP]}, figures)
    await until(lambda: gate.keeper.reason == "store-other")
    assert (await take(gate, ONE)).unavailable
    current[0] = generation
    await until(lambda: gate.keeper.ready)
    assert await many(gate, 300, ONE) == 90
    assert await many(gate, 300, slot(CAP, "trunk18")) == 50


async def test_row_11_a_silent_store_lends_two_seconds_to_held_tokens(valkey: Valkey) -> None:
    steady = Steady()
    gate = await opened(valkey, CAP, deadline=1.0, steady=steady)
    assert await many(gate, 1, ONE) == 1
    valkey.freeze()
    assert (await take(gate, slot(CAP, "other"))).unavailable, "by its deadline"
    steady.now += 1.9
    assert (await take(gate, ONE)).allowed
    steady.now += 0.2
    refused = await take(gate, ONE)
    assert (refused.allowed, refused.unavailable) == (False, True)
    valkey.thaw()
    steady.now += 0.1
    await until(lambda: gate.state()["available"] and not gate.state()["owed"])
    assert await many(gate, 301, ONE) == 298


async def test_row_12_a_lost_reply_is_never_asked_for_again(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    valkey.freeze()
    waiting = asyncio.ensure_future(take(gate, ONE))
    await asyncio.sleep(0.02)
    assert gate.keeper.connection is not None
    gate.keeper.connection.close()
    assert (await waiting).unavailable
    valkey.thaw()
    await until(lambda: gate.keeper.ready)
    assert valkey.granted(CAP, "trunk17") == 10, "granted, and forfeited"
    assert await many(gate, 310, ONE) == 290


async def test_row_13_a_late_grant_is_kept(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP, deadline=1.0)
    valkey.freeze()
    assert (await take(gate, ONE)).unavailable
    valkey.thaw()
    await until(lambda: gate.state()["free"] == 10)
    assert await many(gate, 10, ONE) == 10
    assert valkey.granted(CAP, "trunk17") == 10
