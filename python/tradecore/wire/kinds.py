"""What a message can be: one number each, which never changes its meaning."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Kind"]


class Kind(IntEnum):
    """The kind of a body; messages below 32 are of the bus itself."""

    HEARTBEAT = 1
    REPLAY_REQUEST = 2
    SNAPSHOT_REQUEST = 3
    #: The last message of an answer.
    ANSWER_END = 4
    REFUSAL = 5
    HELLO = 6
    COMMAND_ACK = 7

    BOOK_UPDATE = 32
    TRADE = 33
    QUOTE = 34
    MARK_PRICE = 35
    FUNDING_RATE = 36
    TICKER = 37
    BAR = 38

    NEW_ORDER = 64
    MODIFY_ORDER = 65
    CANCEL_ORDER = 66
    CANCEL_ALL = 67
    QUERY_ORDER = 68
    RECOVER_REQUEST = 69

    ORDER_UPDATE = 96
    VENUE_ORDER = 97
    VENUE_FILL = 98
    VENUE_POSITION = 99
    BALANCE = 100
    MARGIN_CALL = 101
    RISK_ALERT = 102
    RECONCILIATION = 103
    RECOVERED = 104

    INSTRUMENT_TERMS = 128
    INSTRUMENTS_LISTED = 129
    BUDGET_VIEW = 130
    INVENTORY_DELTA = 131
    CONNECTION_CHANGE = 132
