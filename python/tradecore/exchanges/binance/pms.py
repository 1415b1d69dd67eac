"""The private stream: its key kept alive, its events read, each fill told once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import (
    ChannelDown,
    ChannelUp,
    Connect,
    Failure,
    Faulted,
    FaultKind,
    HttpResponse,
    Message,
    StreamLost,
    StreamReady,
)
from tradecore.exchanges.binance.conditional_readings import conditional_update
from tradecore.exchanges.binance.errors import classify_http, faulted
from tradecore.exchanges.binance.messages import (
    AccountUpdate,
    AlgoUpdate,
    ListenKey,
    ListenKeyExpired,
    MalformedError,
    MarginCallEvent,
    OrderTradeUpdate,
    decode_said,
)
from tradecore.exchanges.binance.readings import account_events, margin_call, order_update
from tradecore.exchanges.binance.rest import Rest, rates_of_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import ConnectorSettings, Event, Incoming, Outgoing

CHANNEL: Final = "private"
_CALL: Final = {"POST": "POST /fapi/v1/listenKey", "PUT": "PUT /fapi/v1/listenKey"}
_OK: Final = 200
_NS_PER_S: Final = 1_000_000_000
_KEEP_ALIVE_NS: Final = 25 * 60 * _NS_PER_S
_RETRY_NS_MIN: Final = _NS_PER_S
_RETRY_NS_MAX: Final = 30 * _NS_PER_S
_FILLS_MAX: Final = 10_000
#: The key is gone: another must be made.
_NO_KEY: Final = -1125
_KEY_LENGTH_MAX: Final = 128


@dataclass(slots=True)
class BinancePMS:
    """Keeps the private stream live and reads it; see `ExchangePMS`.

    A stream counts as live when a connection is open and its key was confirmed since the last
    one was lost. `TRADE_LITE` is passed over: `ORDER_TRADE_UPDATE` tells the same with the fee.
    """

    settings: ConnectorSettings
    _rest: Rest = field(init=False)
    _out: list[Outgoing] = field(default_factory=list, init=False)
    _asked: dict[str, str] = field(default_factory=dict, init=False)
    _key: str = field(default="", init=False, repr=False)
    _is_confirmed: bool = field(default=False, init=False)
    _is_up: bool = field(default=False, init=False)
    _is_told: bool = field(default=False, init=False)
    #: Connections of this number and below belong to a key that was given up.
    _stale_generation: int = field(default=0, init=False)
    _generation: int = field(default=0, init=False)
    _due_ns: int = field(default=0, init=False)
    _due: str = field(default="", init=False)
    _retry_ns: int = field(default=_RETRY_NS_MIN, init=False)
    _seen: dict[tuple[str, int], None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._rest = Rest(self.settings, "stream")
        self._rest.keys()

    @property
    def is_live(self) -> bool:
        """Whether what happens now will be told."""
        return self._is_told

    def start(self, now_ns: int, /) -> None:
        """Ask for a key; the stream is opened when it comes."""
        self._due_ns = now_ns
        self._ask("POST")

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Keep the key alive, and try again what failed."""
        if self._due and now_ns >= self._due_ns and not self._asked:
            self._ask(self._due)
        return ()

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take what came; hostile input is a fault, and changes nothing."""
        events: list[Event] = []
        match incoming:
            case Message(channel=channel, data=data) if channel == CHANNEL:
                events = self._heard(data, incoming.generation, ts_recv_ns)
            case ChannelUp(channel=channel, generation=generation) if channel == CHANNEL:
                self._generation = max(self._generation, generation)
                self._is_up = generation > self._stale_generation
                events = self._judge("")
            case ChannelDown(channel=channel, generation=generation) if channel == CHANNEL:
                if generation >= self._generation:
                    self._is_up = self._is_confirmed = False
                    self._ask("POST")
                    events = self._judge(incoming.reason)
            case HttpResponse(request=request) if request.request_id in self._asked:
                events = self._answered(incoming, self._asked.pop(request.request_id), ts_recv_ns)
            case Failure(request=request) if request.request_id in self._asked:
                method = self._asked.pop(request.request_id or "")
                self._try_later(method, ts_recv_ns)
                events = [faulted(FaultKind.TRANSIENT, incoming.reason, _CALL[method])]
            case _:
                pass
        return events

    def _judge(self, reason: str) -> list[Event]:
        """Tell when the stream went live or was lost."""
        is_live = self._is_up and self._is_confirmed
        if is_live == self._is_told:
            return []
        self._is_told = is_live
        return [
            StreamReady(channel=CHANNEL) if is_live else StreamLost(channel=CHANNEL, reason=reason)
        ]

    def _ask(self, method: str) -> None:
        if method in self._asked.values():
            return
        request = self._rest.keyed(_CALL[method])
        self._asked[request.request_id] = method
        self._out.append(request)
        self._due = ""

    def _try_later(self, method: str, now_ns: int) -> None:
        self._due, self._due_ns = method, now_ns + self._retry_ns
        self._retry_ns = min(2 * self._retry_ns, _RETRY_NS_MAX)

    def _answered(self, response: HttpResponse, method: str, ts_recv_ns: int) -> list[Event]:
        events: list[Event] = [*rates_of_headers(response.headers)]
        call = _CALL[method]
        if response.status != _OK:
            answered = classify_http(response.status, response.headers, response.body, call)
            if answered.error is not None and answered.error.code == _NO_KEY:
                return events + self._renew("the key of the stream expired")
            self._try_later(method, ts_recv_ns + answered.fault.retry_after_ns)
            return [*events, Faulted(fault=answered.fault)]
        try:
            key = _key_of(response.body, is_new=method == "POST")
        except MalformedError as error:
            self._try_later(method, ts_recv_ns)
            return [*events, faulted(FaultKind.MALFORMED, str(error), call)]
        self._retry_ns = _RETRY_NS_MIN
        self._due, self._due_ns = "PUT", ts_recv_ns + _KEEP_ALIVE_NS
        if method == "POST":
            self._confirm(key)
        return events + self._judge("the key of the stream changed")

    def _confirm(self, key: str) -> None:
        self._is_confirmed = True
        if key == self._key:
            return
        self._key = key
        self._is_up = False
        self._stale_generation = self._generation
        urls = self.settings.endpoints.urls(CHANNEL)
        self._out.append(
            Connect(
                channel=CHANNEL,
                urls=tuple(f"{url}?listenKey={key}" for url in urls),
                max_age_ns=self.settings.max_age_ns,
            )
        )

    def _renew(self, reason: str) -> list[Event]:
        """Give up the key, and ask for another."""
        self._key = ""
        self._is_confirmed = False
        self._ask("POST")
        return self._judge(reason)

    def _heard(self, data: bytes, generation: int, ts_recv_ns: int) -> list[Event]:
        try:
            return self._read(data, generation, ts_recv_ns)
        except MalformedError as error:
            return [faulted(FaultKind.MALFORMED, str(error), CHANNEL)]

    def _read(self, data: bytes, generation: int, ts_recv_ns: int) -> list[Event]:
        wanted = self.settings.channels
        events: list[Event] = []
        match decode_said(data):
            case OrderTradeUpdate() as message:
                update = order_update(message, ts_recv_ns)
                is_fill = update.reply == "filled"
                is_new = not is_fill or self._is_new(update.symbol, update.exec_id)
                if is_new and ("trade_update" if is_fill else "order_update") in wanted:
                    events = [update]
            case AlgoUpdate() as message:
                told = conditional_update(message, ts_recv_ns)
                events = [told] if "order_update" in wanted else []
            case AccountUpdate() as message:
                balances, positions = account_events(message)
                events += balances if "balance_update" in wanted else ()
                events += positions if "account_update" in wanted else ()
            case MarginCallEvent() as message:
                events = [margin_call(message)] if "account_update" in wanted else []
            case ListenKeyExpired() as message:
                # Of an old key, or an old connection that is about to go: nothing is lost.
                if message.listen_key in {None, self._key} and generation > self._stale_generation:
                    events = self._renew("the key of the stream expired")
            case _:
                pass
        return events

    def _is_new(self, symbol: str, exec_id: int) -> bool:
        """Return whether a fill is told for the first time, as far as is remembered."""
        if (symbol, exec_id) in self._seen:
            return False
        self._seen[symbol, exec_id] = None
        if len(self._seen) > _FILLS_MAX:
            del self._seen[next(iter(self._seen))]
        return True


def _key_of(body: bytes, *, is_new: bool) -> str:
    """Return the key in an answer; only a new one must be there."""
    key = ListenKey.decode(body).listen_key or ""
    if is_new and not (key.isalnum() and key.isascii() and len(key) <= _KEY_LENGTH_MAX):
        raise MalformedError(f"a key is 1 to {_KEY_LENGTH_MAX} letters and digits")
    return key
