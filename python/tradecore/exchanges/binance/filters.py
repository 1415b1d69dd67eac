"""From the venue's list of instruments to ours, and back for a venue of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from tradecore.core import Instrument, InstrumentSpecError
from tradecore.exchanges.base import RateRule
from tradecore.exchanges.binance.messages import (
    ExchangeInfo,
    LotSize,
    MalformedError,
    MarketLotSize,
    MaxNumAlgoOrders,
    MaxNumOrders,
    MinNotional,
    Number,
    PercentPrice,
    PriceFilter,
    RateLimit,
    SymbolInfo,
    write_filters,
)
from tradecore.model import InstrumentTerms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tradecore.exchanges.base import RateUsed
    from tradecore.exchanges.binance.messages import KnownFilter

F = TypeVar("F")
_SECONDS: Final = {"SECOND": 1, "MINUTE": 60, "HOUR": 3_600, "DAY": 86_400}
_NS_PER_S: Final = 1_000_000_000
_POOLS: Final = {"REQUEST_WEIGHT": "weight", "ORDERS": "orders"}
_PERPETUAL_END_MS: Final = 4_133_404_800_000


def _bound(value: Number | None) -> Decimal | None:
    """Return a bound, or `None` for 0, by which the venue says that there is none."""
    return value or None


def _find(filters: Iterable[KnownFilter], kind: type[F]) -> F | None:
    return next((one for one in filters if isinstance(one, kind)), None)


def read_terms(info: SymbolInfo, /) -> InstrumentTerms:
    """Return one instrument of `exchangeInfo`; the filters say what is allowed.

    Raises:
        MalformedError: If a filter is missing or makes no instrument.
    """
    filters = info.known_filters()
    price, lot = _find(filters, PriceFilter), _find(filters, LotSize)
    if price is None or lot is None:
        raise MalformedError(
            f"an instrument has a price and a lot filter: symbol={info.symbol[:64]!r}"
        )
    least, market = _find(filters, MinNotional), _find(filters, MarketLotSize)
    most, percent = _find(filters, MaxNumOrders), _find(filters, PercentPrice)
    notional = (least.notional or least.min_notional) if least else None
    try:
        instrument = Instrument(
            info.symbol,
            kind="linear" if info.margin_asset else "spot",
            tick_size=price.tick_size,
            lot_size=lot.step_size,
            min_notional=notional,
        )
    except InstrumentSpecError as error:
        raise MalformedError(f"an instrument can exist: {error}") from error
    return InstrumentTerms(
        instrument=instrument,
        base=info.base_asset,
        quote=info.quote_asset,
        margin_currency=info.margin_asset or info.quote_asset,
        is_trading=info.status == "TRADING",
        price_min=_bound(price.min_price),
        price_max=_bound(price.max_price),
        quantity_min=_bound(lot.min_qty),
        quantity_max=_bound(lot.max_qty),
        market_quantity_min=_bound(market.min_qty) if market else None,
        market_quantity_max=_bound(market.max_qty) if market else None,
        open_orders_max=(most.limit or most.max_num_orders) if most else None,
        price_up=percent.multiplier_up if percent else None,
        price_down=percent.multiplier_down if percent else None,
    )


def read_info(
    info: ExchangeInfo, /
) -> tuple[tuple[InstrumentTerms, ...], tuple[RateRule, ...], tuple[str, ...]]:
    """Return instruments and limits, and what was wrong with instruments that were left out."""
    terms: list[InstrumentTerms] = []
    wrong: list[str] = []
    for symbol in info.symbols:
        try:
            terms.append(read_terms(symbol))
        except MalformedError as error:
            wrong.append(str(error))
    return tuple(terms), read_rules(info.rate_limits), tuple(wrong)


def period_ns(limit: RateLimit, /) -> int:
    """Return how long a limit's period is; 0 for a word that is not known."""
    return _SECONDS.get(limit.interval, 0) * max(limit.interval_num, 0) * _NS_PER_S


def read_rules(limits: Iterable[RateLimit], /) -> tuple[RateRule, ...]:
    """Return the limits of weight and of orders."""
    return tuple(
        RateRule(
            pool="weight" if limit.rate_limit_type == "REQUEST_WEIGHT" else "orders",
            capacity=limit.limit,
            period_ns=period_ns(limit),
        )
        for limit in limits
        if limit.rate_limit_type in _POOLS and limit.limit > 0 and period_ns(limit)
    )


def write_rules(rules: Iterable[RateRule], /) -> tuple[RateLimit, ...]:
    """Return limits as `exchangeInfo` states them."""
    return tuple(write_limit(rule.pool, rule.period_ns, rule.capacity) for rule in rules)


def write_limit(
    pool: str, duration_ns: int, capacity: int, /, *, used: RateUsed | None = None
) -> RateLimit:
    """Return a limit as the venue states it, and how much of it is used."""
    seconds = duration_ns // _NS_PER_S
    word = next(
        name for name in ("DAY", "HOUR", "MINUTE", "SECOND") if seconds % _SECONDS[name] == 0
    )
    return RateLimit(
        rate_limit_type="REQUEST_WEIGHT" if pool == "weight" else "ORDERS",
        interval=word,
        interval_num=seconds // _SECONDS[word],
        limit=capacity,
        count=used.used if used else None,
    )


def _number(value: Decimal | None) -> Number:
    return Number.of(value) if value is not None else Number(0)


def _places(step: Decimal) -> int:
    return max(-int(step.normalize().as_tuple().exponent), 0)


def write_terms(terms: InstrumentTerms, /) -> SymbolInfo:
    """Return an instrument as `exchangeInfo` lists a perpetual future."""
    one = terms.instrument
    filters: list[KnownFilter] = [
        PriceFilter(
            min_price=_number(terms.price_min),
            max_price=_number(terms.price_max),
            tick_size=Number.of(one.tick_size),
        ),
        LotSize(
            min_qty=_number(terms.quantity_min),
            max_qty=_number(terms.quantity_max),
            step_size=Number.of(one.lot_size),
        ),
        MarketLotSize(
            min_qty=_number(terms.market_quantity_min),
            max_qty=_number(terms.market_quantity_max),
            step_size=Number.of(one.lot_size),
        ),
    ]
    if terms.open_orders_max is not None:
        filters += [
            MaxNumOrders(limit=terms.open_orders_max),
            MaxNumAlgoOrders(limit=terms.open_orders_max),
        ]
    if one.min_notional:
        filters.append(MinNotional(notional=Number.of(one.min_notional)))
    if terms.price_up is not None and terms.price_down is not None:
        filters.append(
            PercentPrice(
                multiplier_up=Number.of(terms.price_up),
                multiplier_down=Number.of(terms.price_down),
                multiplier_decimal=str(max(_places(terms.price_up), _places(terms.price_down))),
            )
        )
    return SymbolInfo(
        symbol=one.symbol,
        pair=one.symbol,
        contract_type="PERPETUAL",
        delivery_date=_PERPETUAL_END_MS,
        onboard_date=0,
        status="TRADING" if terms.is_trading else "CLOSE",
        maint_margin_percent="2.5000",
        required_margin_percent="5.0000",
        base_asset=terms.base,
        quote_asset=terms.quote,
        margin_asset=terms.margin_currency,
        price_precision=_places(one.tick_size),
        quantity_precision=_places(one.lot_size),
        base_asset_precision=8,
        quote_precision=8,
        underlying_type="COIN",
        underlying_sub_type=(),
        trigger_protect="0.0500",
        liquidation_fee="0.012500",
        market_take_bound="0.05",
        filters=write_filters(filters),
        order_types=("LIMIT", "MARKET"),
        time_in_force=("GTC", "IOC", "FOK", "GTX", "GTD"),
    )
