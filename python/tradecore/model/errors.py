"""Every exception of tradecore that is not tied to one folder, as one tree.

```text
TradecoreError
├── InputError              a call that makes no sense; nothing was changed
│   ├── PriceError          off the tick, not positive, beyond counting
│   ├── QuantityError       off the lot, not positive, beyond counting
│   ├── UnknownSymbolError  nobody registered it
│   └── InstrumentSpecError an instrument that cannot exist
├── DataError               a recording that cannot be read, with the place
│   └── BookGapError        updates between the book and a delta never arrived
├── SigningError            a key or message that cannot be signed with
├── StrategyError           a strategy class or its use that cannot work
└── UnsupportedError        this host cannot do what was asked for
```

A refusal by rule (risk, venue, an order's own terms) is a value, not an exception: an order in
state `DENIED` or `REJECTED`, an event, a `False`. None of these goes away by trying again.
"""

from __future__ import annotations

from tradecore.core import (
    BookGapError,
    DataError,
    InputError,
    InstrumentSpecError,
    PriceError,
    QuantityError,
    SigningError,
    TradecoreError,
    UnknownSymbolError,
)


class StrategyError(TradecoreError):
    """A strategy class, its settings, or its use outside a running host."""


class UnsupportedError(TradecoreError):
    """What this host cannot do; another one may."""


__all__ = [
    "BookGapError",
    "DataError",
    "InputError",
    "InstrumentSpecError",
    "PriceError",
    "QuantityError",
    "SigningError",
    "StrategyError",
    "TradecoreError",
    "UnknownSymbolError",
    "UnsupportedError",
]
