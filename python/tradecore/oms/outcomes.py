"""Decides what to ask about a request whose answer was lost, and when silence is an answer.

A request that left and was not answered may have been done, may be done later, or never arrived.
Sending it again could do it twice: on no venue is a client order id a key that prevents that once
the first order has filled. So the venue is asked, and only this much is believed:

- What the venue says of the order, on the stream or in answer to a query, ends the doubt.
- "No such order" ends it only after the request can no longer be executed (its receive window and
  a second are over), twice, at least a second apart, and when the lists of open orders and of fills
  since five seconds before the request agree.
- Otherwise the doubt stays, and after half a minute somebody is called.

Where many orders of a symbol are in doubt, one list of its open orders is asked for. What it holds
is known then; what it does not hold may have traded or ended. Where that is still many, and the
venue lists orders that ended, one list of all orders since the first of them was placed is asked
for: whole, it is as good as a question about each, and a new order that it does not hold is absent
once. What is left is asked about by itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

#: More doubts of a symbol than so many that are due are asked about by one list.
SINGLE_MAX: Final = 20

__all__ = ["Doubt", "OutcomeRules", "Outcomes", "Question", "Request"]

Request: TypeAlias = Literal["new", "modify", "cancel"]
Kind: TypeAlias = Literal["order", "open", "history", "lists"]
SECOND_NS: Final = 1_000_000_000
#: How far before a request fills are looked for: clocks differ, and so do stamps.
LOOK_BACK_NS: Final = 5 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRules:
    """How long a request lives and how often to ask.

    Args:
        receive_window_ns: After so long the venue refuses the request as too old.
        grace_ns: What is added to it before silence counts.
        first_ask_ns: When to ask first; each further wait is double the one before, and an answer
            that leads on begins anew.
        ask_every_ns: The longest wait between two questions.
        alarm_after_ns: When somebody is called.
    """

    receive_window_ns: int = 2 * SECOND_NS
    grace_ns: int = SECOND_NS
    first_ask_ns: int = SECOND_NS // 4
    ask_every_ns: int = 4 * SECOND_NS
    alarm_after_ns: int = 30 * SECOND_NS


@dataclass(slots=True, kw_only=True)
class Doubt:
    """One request whose outcome is not known."""

    client_order_id: str
    symbol: str
    request: Request
    sent_ns: int
    since_ns: int
    next_ask_ns: int
    wait_ns: int
    asked: int = 0
    absences: list[int] = field(default_factory=list)
    #: When the order was placed, where a list of all orders would hold it.
    placed_ns: int | None = None
    #: Whether a list of open orders did not hold the order.
    is_unlisted: bool = False
    #: Whether a list of all orders did not: only a question about itself helps.
    is_passed_over: bool = False
    is_alarmed: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask the venue now."""

    #: One order; every open order of the symbol; every order of it; open orders and fills, to know
    #: what does not exist.
    kind: Kind
    client_order_id: str
    symbol: str
    #: Orders or fills since when, where that is asked for; else 0.
    since_ns: int


class Outcomes:
    """The requests in doubt; time comes with each call, and nothing is sent here."""

    def __init__(self, rules: OutcomeRules, *, has_history: bool = False) -> None:
        """Start without a doubt.

        Args:
            rules: How long a request lives, and how often to ask.
            has_history: Whether the venue lists orders that ended.
        """
        self.rules = rules
        self._has_history = has_history
        self._doubts: dict[str, Doubt] = {}

    def __len__(self) -> int:
        return len(self._doubts)

    def __contains__(self, client_order_id: str) -> bool:
        return client_order_id in self._doubts

    def doubts(self) -> Iterable[Doubt]:
        """Return every doubt, oldest first."""
        return self._doubts.values()

    def symbols(self) -> set[str]:
        """Return the symbols in which something is in doubt."""
        return {doubt.symbol for doubt in self._doubts.values()}

    def raise_doubt(
        self,
        client_order_id: str,
        symbol: str,
        request: Request,
        *,
        sent_ns: int,
        now_ns: int,
        placed_ns: int | None = None,
    ) -> Doubt:
        """Note that a request's answer was lost.

        A second doubt about one order keeps the first's age; the later request decides until when
        the venue may still execute something. A doubt about the same request changes nothing.
        """
        known = self._doubts.get(client_order_id)
        if known is not None and sent_ns <= known.sent_ns:
            return known
        since_ns = now_ns if known is None else known.since_ns
        doubt = Doubt(
            client_order_id=client_order_id,
            symbol=symbol,
            # As long as it is not known whether the order exists, that is the question.
            request="new" if known is not None and known.request == "new" else request,
            sent_ns=sent_ns if known is None else max(sent_ns, known.sent_ns),
            since_ns=since_ns,
            next_ask_ns=now_ns + self.rules.first_ask_ns,
            wait_ns=self.rules.first_ask_ns,
            placed_ns=placed_ns,
            is_alarmed=known is not None and known.is_alarmed,
        )
        self._doubts[client_order_id] = doubt
        return doubt

    def settle(self, client_order_id: str) -> Doubt | None:
        """Note that evidence came; the doubt is returned, if there was one."""
        return self._doubts.pop(client_order_id, None)

    def doubt(self, client_order_id: str) -> Doubt | None:
        """Return the doubt about an order, if there is one."""
        return self._doubts.get(client_order_id)

    def due(self, now_ns: int, *, most: int) -> list[Question]:
        """Return what to ask now, at most so much; each question once until its turn comes again.

        What is due and found no room stays due.
        """
        if most <= 0:
            return []
        due = [doubt for doubt in self._doubts.values() if now_ns >= doubt.next_ask_ns]
        listable = Counter(doubt.symbol for doubt in due if not doubt.is_unlisted)
        storied = Counter(doubt.symbol for doubt in due if self._is_storied(doubt))
        questions: dict[tuple[str, str], Question] = {}
        kind: Kind
        for doubt in due:
            name, symbol = doubt.client_order_id, doubt.symbol
            if not doubt.is_unlisted and listable[symbol] > SINGLE_MAX:
                kind = "open"
            elif self._is_absent(doubt):
                kind = "lists"
            elif self._is_storied(doubt) and storied[symbol] > SINGLE_MAX:
                kind = "history"
            else:
                kind = "order"
            key = (kind, name if kind == "order" else symbol)
            if key not in questions:
                if len(questions) >= most:
                    continue
                questions[key] = Question(kind, name, symbol, self._since_ns(kind, symbol, due))
            self._put_off(doubt, now_ns)
        return [*questions.values()]

    def _put_off(self, doubt: Doubt, now_ns: int) -> None:
        """Note that a doubt is asked about, and when it is its turn again."""
        doubt.asked += 1
        doubt.wait_ns = min(2 * doubt.wait_ns, self.rules.ask_every_ns)
        doubt.next_ask_ns = now_ns + doubt.wait_ns
        if now_ns <= (expires_ns := self.expires_ns(doubt)):
            # From then on an answer can be the last one.
            doubt.next_ask_ns = min(doubt.next_ask_ns, expires_ns + 1)

    def heard(self, symbol: str, listed: Collection[str], *, asked_ns: int, now_ns: int) -> None:
        """Note the ids that a symbol's list holds: younger doubts may have come after it."""
        for doubt in self._doubts.values():
            is_older = doubt.symbol == symbol and doubt.since_ns < asked_ns
            if is_older and doubt.client_order_id not in listed:
                self.unlisted(doubt.client_order_id, now_ns)

    def unlisted(self, client_order_id: str, now_ns: int) -> None:
        """Note that a list of open orders did not hold an order: it is asked about by itself."""
        doubt = self._doubts.get(client_order_id)
        if doubt is not None and not doubt.is_unlisted:
            doubt.is_unlisted = True
            doubt.next_ask_ns = min(doubt.next_ask_ns, now_ns)

    def _since_ns(self, kind: Kind, symbol: str, due: Iterable[Doubt]) -> int:
        """Return from when on something is wanted: what is asked for one doubt serves every other.

        Of fills also those that are not due: two questions about a symbol are never under way.
        """
        since: list[int] = []
        if kind == "lists":
            every = (doubt for doubt in self._doubts.values() if doubt.symbol == symbol)
            since = [doubt.sent_ns for doubt in every if self._is_absent(doubt)]
        elif kind == "history":
            storied = (doubt for doubt in due if doubt.symbol == symbol and self._is_storied(doubt))
            since = [doubt.placed_ns or 0 for doubt in storied]
        return max(min(since) - LOOK_BACK_NS, 0) if since else 0

    def _is_storied(self, doubt: Doubt) -> bool:
        """Return whether a list of all orders may say more of an order than that of open ones."""
        is_left = doubt.is_unlisted and not doubt.is_passed_over and not self._is_absent(doubt)
        return self._has_history and is_left and doubt.placed_ns is not None

    def told_all(
        self, symbol: str, listed: Collection[str], *, since_ns: int, asked_ns: int, now_ns: int
    ) -> None:
        """Note the ids of all orders of a symbol that were placed since a time.

        Only a new order that is not among them is absent: that of a cancel or a change was placed
        before that was asked for, and may have been so for long.
        """
        for name, doubt in self._doubts.items():
            is_meant = doubt.symbol == symbol and doubt.since_ns < asked_ns
            if not is_meant or name in listed or doubt.placed_ns is None:
                continue
            if doubt.placed_ns - LOOK_BACK_NS < since_ns:
                continue
            if doubt.request == "new":
                self.not_found(name, asked_ns=asked_ns)
            elif not doubt.is_passed_over:
                doubt.is_passed_over = True
                doubt.next_ask_ns = min(doubt.next_ask_ns, now_ns)

    def not_found(self, client_order_id: str, *, asked_ns: int) -> None:
        """Note that the venue knew no such order when it was asked at `asked_ns`."""
        doubt = self._doubts.get(client_order_id)
        if doubt is None or asked_ns <= self.expires_ns(doubt):
            return
        doubt.is_unlisted = True
        if not doubt.absences or asked_ns - doubt.absences[-1] >= SECOND_NS:
            doubt.absences.append(asked_ns)
            # The next step is not put off by what went unanswered before this one.
            doubt.wait_ns = self.rules.first_ask_ns
            doubt.next_ask_ns = asked_ns + (0 if self._is_absent(doubt) else SECOND_NS)

    def expires_ns(self, doubt: Doubt) -> int:
        """Return until when the venue may still execute the request."""
        return doubt.sent_ns + self.rules.receive_window_ns + self.rules.grace_ns

    def is_conclusive(self, client_order_id: str, *, lists_agree: bool) -> bool:
        """Return whether the order is known not to exist, now that both lists were asked for."""
        doubt = self._doubts.get(client_order_id)
        return doubt is not None and lists_agree and self._is_absent(doubt)

    def alarms(self, now_ns: int) -> list[Doubt]:
        """Return the doubts that have just become too old, each once."""
        old = []
        for doubt in self._doubts.values():
            if not doubt.is_alarmed and now_ns - doubt.since_ns >= self.rules.alarm_after_ns:
                doubt.is_alarmed = True
                old.append(doubt)
        return old

    @staticmethod
    def _is_absent(doubt: Doubt) -> bool:
        return len(doubt.absences) > 1
