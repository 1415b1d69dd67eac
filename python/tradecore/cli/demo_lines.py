"""How `tradecore demo` tells what it measured: a line for each thing, every figure with a unit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.drills.latency import Stage
    from tradecore.drills.live import Drill, LiveRun

__all__ = ["live_lines", "live_value"]

QUANTILES: Final = (0.5, 0.99)
_STAGES: Final = {
    "tick_to_order": ("tick to order", "in the trader"),
    "order_to_ack": ("order to ack", "engine to exchange and back"),
}


def live_lines(live: LiveRun, strategy: str) -> Iterator[str]:
    """Return what people read."""
    replay, profit = live.replay, live.profit
    yield f"venue     Binance USDⓈ-M protocol on this machine, {replay['commands']:,} commands"
    yield f"run       {strategy} on BTCUSDT, first quote after {live.ready_s:.1f} s"
    yield (
        f"          {live.traded_s:.1f} s, {live.orders} orders, {live.trades} trades "
        f"({live.maker} as maker), {live.volume:,.2f} USDT traded"
    )
    for number, (name, (label, where)) in enumerate(_STAGES.items()):
        stage = live.latency.get(name)
        head = "latency" if not number else ""
        yield f"{head:<10}{label:<15}{_quantiles(stage)}, {where}"
    yield f"profit    {'trading':<15}{profit.trading:>+10.4f} USDT, position at its mark price"
    yield f"          {'fees':<15}{profit.fees:>+10.4f} USDT"
    yield f"          {'funding':<15}{profit.funding:>+10.4f} USDT, paid every 8 hours"
    yield f"          {'net':<15}{profit.net:>+10.4f} USDT, position {live.position:+} BTC"
    for number, drill in enumerate(live.drills):
        yield f"{'' if number else 'drills':<10}{_drill(drill)}"
    yield (
        f"stop      {live.left} orders left, {live.end.lost} lost, "
        f"{'every process ended by itself' if live.has_stopped else 'a process was ended by force'}"
    )
    for compared in (*(drill.after for drill in live.drills), live.end):
        if compared.lost:
            yield f"LOST      {compared}"
    same = "identical" if replay["is_identical"] else "DIFFERENT"
    yield f"replay    exchange's log, {replay['commands']:,} commands: {same} state"
    yield f"          {replay['state_hash']}"
    agreed = "the venue's" if not live.end.lost else "NOT the venue's"
    yield (
        f"          engine's journal, {live.entries} entries: {agreed} "
        f"{live.orders} orders, {live.trades} trades, position"
    )


def live_value(live: LiveRun) -> dict[str, object]:
    """Return what programs read. Money is in USDT, durations as their names say."""
    return {
        "ready_s": round(live.ready_s, 3),
        "traded_s": round(live.traded_s, 3),
        "orders": live.orders,
        "trades": live.trades,
        "maker_trades": live.maker,
        "volume": live.volume,
        "position": live.position,
        "latency": {
            name: {
                "count": stage.count,
                **{f"p{part * 100:g}_ms": stage.quantile_ms(part) for part in QUANTILES},
            }
            for name, stage in live.latency.items()
        },
        "pnl": live.profit,
        "drills": [
            {
                "name": drill.name,
                "recovered_s": round(drill.recovered_s, 3),
                "trades_meanwhile": drill.trades,
                "lost": drill.after.lost,
                "differences": str(drill.after),
            }
            for drill in live.drills
        ],
        "orders_left": live.left,
        "exit_codes": live.exit_codes,
        "lost": live.lost,
        "differences_at_the_end": str(live.end),
        "replay": {**live.replay, "journal_entries": live.entries},
        "is_good": live.is_good,
    }


def _quantiles(stage: Stage | None) -> str:
    if stage is None:
        return "nothing measured"
    parts = [f"p{part * 100:g} {_bound(stage.quantile_ms(part))}" for part in QUANTILES]
    return f"{', '.join(parts)}, of {stage.count}"


def _bound(upper_ms: float | None) -> str:
    """Return the edge a quantile is not above; buckets tell no more."""
    if upper_ms is None:
        return "-"
    return "> 5000 ms" if math.isinf(upper_ms) else f"<= {upper_ms:g} ms"


def _drill(drill: Drill) -> str:
    traded = f"{drill.trades} trade{'' if drill.trades == 1 else 's'} meanwhile"
    return (
        f"{drill.name:<24}recovered in {drill.recovered_s:.2f} s, {traded}, {drill.after.lost} lost"
    )
