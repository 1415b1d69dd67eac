"""What a venue's gateway bears: `python benches/gateway_soak.py --requests 100000`.

Hostile requests first, made up by schemathesis from the description and by hand: no 5xx but 503, no
word of the inside, no answer that is not as described, and the venue trades afterwards. Then 1,000
idle connections, readers that do not read and clients that come and go, each beside orders at a
steady pace, whose p99 may at most double. Fails if anything of this is not so.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import schemathesis
from gateway_client import LIMIT, ORDERS, Line, Load, Venue, token_for, venue
from gateway_crowd import crowd
from gateway_hostile import LEFT_OUT, Hostile, Judge
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tradecore.gateway.app import make_api

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import Queue

    from hypothesis.strategies import SearchStrategy

WIDE = (
    "limits.requests_per_s=1000000",
    "limits.burst=1000000",
    "limits.anonymous_per_s=1000000",
    "limits.anonymous_burst=1000000",
)
#: What an answer may be late by before a doubled p99 is more than the machine's own unrest, in ms.
UNREST_MS = 5.0
#: How long an answer to what is no HTTP is waited for; a venue that reads on says nothing.
PATIENCE_S = 0.5
#: Requests between two tokens.
RENEW_EVERY = 2_000


class Tally:
    """What came back, by status, and what of it was wrong."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self.statuses: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()

    def count(self, judge: Judge, line: Line, one: tuple[str, str | None, bytes]) -> None:
        """Send a request, and count what comes back."""
        method, path, raw = one
        line.patience_s = 30.0 if path is not None else PATIENCE_S
        answer = line.send(raw)
        self.statuses[answer.status] += 1
        fault = judge.fault(method, path, answer)
        if fault is not None:
            self.faults[f"{method} {path}: {fault}; sent {raw[:300]!r}"] += 1
        if path is None:
            # What it left behind is not the next one's.
            line.close()


def by_hand(port: int, pair: dict[str, str], count: int, number: int, told: Queue[Tally]) -> None:
    """Send so many requests of our own making."""
    judge, tally, line = Judge(), Tally(), Line(port)
    hostile = Hostile(judge, "", random.Random(number))
    for sent, one in zip(range(count), hostile, strict=False):
        if sent % RENEW_EVERY == 0:
            hostile.token = token_for(port, pair)
        tally.count(judge, line, one)
    told.put(tally)


def by_schema(port: int, pair: dict[str, str], count: int, number: int, told: Queue[Tally]) -> None:
    """Send so many requests of schemathesis's making."""
    judge, tally, line = Judge(), Tally(), Line(port)
    found = schemathesis.openapi.from_dict(make_api().openapi()).get_all_operations()
    operations = [one.ok() for one in found]
    operations = [one for one in operations if one.path not in LEFT_OUT]
    each = max(1, count // (2 * len(operations)))
    # Of some operations there is little to make up: the others have another turn, with other dice.
    while tally.statuses.total() < count:
        for operation in operations:
            send = partial(_send, judge, tally, line, token_for(port, pair))
            for mode in GenerationMode:
                each_case(operation.as_strategy(generation_mode=mode), each, number, send)
        each, number = 1 + each // 4, number + 2
    told.put(tally)


def _send(judge: Judge, tally: Tally, line: Line, token: str, case: schemathesis.Case) -> None:
    tally.count(judge, line, asked(case, token))


def each_case(
    cases: SearchStrategy[schemathesis.Case],
    count: int,
    number: int,
    use: Callable[[schemathesis.Case], None],
) -> None:
    """Make so many requests up, and use each."""

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        database=None,
        phases=[Phase.generate],
    )
    @given(case=cases)
    def send(case: schemathesis.Case) -> None:
        use(case)

    with suppress(Unsatisfiable):
        send()


def asked(case: schemathesis.Case, token: str) -> tuple[str, str | None, bytes]:
    """Return the method, the operation's path and the bytes of a made-up request."""
    import requests  # noqa: PLC0415 - of schemathesis

    said = case.as_transport_kwargs(base_url="http://venue")
    made = requests.Request(
        **{name: said.get(name) for name in ("method", "url", "headers", "params", "cookies")},
        data=said.get("data"),
        json=said.get("json"),
    ).prepare()
    body = made.body if isinstance(made.body, bytes) else (made.body or "").encode()
    headers = {"Host": "venue", "Authorization": f"Bearer {token}", **made.headers}
    if not body and "Content-Length" not in headers and made.method in {"POST", "PUT", "PATCH"}:
        headers["Content-Length"] = "0"
    lines = [f"{made.method} {made.path_url} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    raw = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body
    return case.method.upper(), case.operation.path, raw


def everything(one: Venue) -> dict[str, str]:
    """Return a key, and its secret, of somebody who may do everything and has an account."""
    root = Line(one.port, one.person())
    user = {"login": "everything", "roles": ["admin"], "account": 9}
    assert root.ask("POST", "/admin/users", user).status == 201
    made = root.ask("POST", "/admin/users/everything/keys", {"label": "soak"})
    key = json.loads(made.body)
    money = {"amount": "1000000", "reason": "soak"}
    assert root.ask("POST", "/admin/accounts/9/deposits", money).status == 200
    return {"api_key": key["keyId"], "api_secret": key["secret"]}


def hostile(requests: int, folder: Path) -> bool:
    """Send what nobody should, and say whether the venue took it as it must."""
    context = multiprocessing.get_context("spawn")
    with venue(folder, *WIDE) as one:
        pair, told = everything(one), context.Queue()
        parts = [(by_schema, requests // 4), (by_hand, requests - requests // 4)]
        began = time.perf_counter()
        processes = [
            context.Process(target=work, args=(one.port, pair, count, number, told))
            for number, (work, count) in enumerate(parts)
        ]
        for process in processes:
            process.start()
        tallies = [told.get(timeout=3_600) for _ in processes]
        took_s = time.perf_counter() - began
        works = trades_again(one)
        told_of = one.log.read_text().count("request failed")
    statuses = sum((tally.statuses for tally in tallies), Counter())
    faults = sum((tally.faults for tally in tallies), Counter())
    total = statuses.total()
    print(f"hostile requests     {total:>9,} in {took_s:.0f} s, {total / took_s:,.0f} /s")
    print("  statuses          ", dict(sorted(statuses.items())))
    print(f"  not as described   {faults.total():>9,}   errors in the log {told_of}")
    print(f"  trades afterwards  {works!s:>9}")
    for fault, times in faults.most_common(10):
        print(f"    {times} x {fault}")
    return works and not faults and not told_of and total >= requests


def trades_again(one: Venue) -> bool:
    """Open what hostile requests halted or narrowed, and place an order."""
    root = Line(one.port, one.person())
    said = {"state": "active", "reason": "soak"}
    root.ask("POST", "/admin/kill-switch", {**said, "scope": "global"})
    for kind, name in (("user", "trader"), ("symbol", "BTCUSDT"), ("account", "1")):
        root.ask("POST", "/admin/kill-switch", {**said, "scope": kind, "id": name})
    ranges = {"priceMin": "0.1", "priceMax": "4500000", "bandBps": 0, "haltMs": 0}
    ranges |= {"quantityMin": "0.001", "quantityMax": "1000000"}
    # The range first: what a symbol is worth elsewhere is refused beyond it.
    for change in (ranges, {"state": "open", "indexPrice": "45000"}):
        done = root.ask("PATCH", "/admin/instruments/BTCUSDT", {**change, "reason": "soak"})
        if done.status != 200:
            print("  not as it was:    ", done.status, done.body[:300])
    root.ask("PUT", "/api/risk/limits", {"account": 1, "reason": "soak"})
    answer = Line(one.port, one.token()).ask("POST", ORDERS, LIMIT)
    if answer.status != 201:
        print("  no order passes:  ", answer.status, answer.body[:300])
    return answer.status == 201


def crowded(seconds: float, rate: float, folder: Path) -> bool:
    """Measure orders alone and beside each kind of crowd, and say if p99 at most doubles."""
    kinds = [
        ("1,000 idle", {"idle_count": 1_000, "slow_count": 0, "per_s": 0.0}),
        ("20 that do not read", {"idle_count": 0, "slow_count": 20, "per_s": 0.0}),
        ("20 a second come and go", {"idle_count": 0, "slow_count": 0, "per_s": 20.0}),
        ("all of them", {"idle_count": 1_000, "slow_count": 20, "per_s": 20.0}),
    ]
    print(f"\norders at {rate:.0f} /s, {seconds:.0f} s each, open loop; milliseconds")
    print(f"{'':26}{'p50':>8}{'p99':>8}{'max':>8}{'ratio':>8}{'refused':>9}{'MB':>6}")
    is_well = True
    with venue(folder) as one:
        measured("warm-up", one, seconds / 2, rate, None)
        for name, kind in kinds:
            alone = measured("alone", one, seconds, rate, None)
            with crowd(one.port, one.token(), **kind) as counts:
                beside = measured(name, one, seconds, rate, alone)
                came = counts.value
            if kind["per_s"]:
                print(f"{'':26}{came} came and went")
            is_well = is_well and not beside.refused
            p99, limit = beside.percentile(0.99), 2 * alone.percentile(0.99)
            is_well = is_well and p99 <= max(limit, alone.percentile(0.99) + UNREST_MS)
    return is_well


def measured(name: str, one: Venue, seconds: float, rate: float, alone: Load | None) -> Load:
    """Run orders for a while, print how they fared, and return them."""
    with Load(one, rate) as load:
        time.sleep(seconds)
    p50, p99 = load.percentile(0.5), load.percentile(0.99)
    ratio = f"{p99 / alone.percentile(0.99):8.2f}" if alone is not None else f"{'':8}"
    most = max(load.latencies_ms)
    print(
        f"{name:26}{p50:8.2f}{p99:8.2f}{most:8.1f}{ratio}{len(load.refused):9}"
        f"{one.memory_mb():6.0f}"
    )
    return load


def main() -> int:
    """Run both parts; 1 if the venue did not bear one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, help="hostile requests")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each crowd")
    parser.add_argument("--rate", type=float, default=40.0, help="orders a second beside a crowd")
    said = parser.parse_args()
    # Whoever ends this ends its venue and its crowd too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "hostile").mkdir()
        (folder / "crowd").mkdir()
        took = not said.requests or hostile(said.requests, folder / "hostile")
        bore = not said.seconds or crowded(said.seconds, said.rate, folder / "crowd")
    print("\nborne" if took and bore else "\nNOT borne")
    return 0 if took and bore else 1


if __name__ == "__main__":
    sys.exit(main())
