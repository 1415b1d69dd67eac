"""A venue: instruments, accounts, orders and money over one engine, whatever door is in front."""

from __future__ import annotations

from tradecore.venue.booked import Batch, Booked, JournalPosition
from tradecore.venue.conditions import Condition, ConditionalOrder
from tradecore.venue.depth import BookDepth
from tradecore.venue.events import VenueEvent
from tradecore.venue.instruments import LeverageBracket, VenueInstrument, brackets_of
from tradecore.venue.notes import MemoryNotes, Notes
from tradecore.venue.orders import OrderRecord, PlaceOrder, TradeRecord
from tradecore.venue.refusals import Reason, Refused
from tradecore.venue.service import VenueService

__all__ = [
    "Batch",
    "BookDepth",
    "Booked",
    "Condition",
    "ConditionalOrder",
    "JournalPosition",
    "LeverageBracket",
    "MemoryNotes",
    "Notes",
    "OrderRecord",
    "PlaceOrder",
    "Reason",
    "Refused",
    "TradeRecord",
    "VenueEvent",
    "VenueInstrument",
    "VenueService",
    "brackets_of",
]
