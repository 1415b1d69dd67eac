"""`[ORDER_MANAGEMENT]`: how many orders, how fast, how long to wait for them."""

from __future__ import annotations

from pydantic import Field

from tradecore.config import Settings

__all__ = ["OrderManagement"]


class OrderManagement(Settings):
    """How many orders, how fast, how long to wait; a lost answer is never answered by sending."""

    max_orders_per_second: int = Field(
        default=10,
        ge=1,
        le=10_000,
        description="New orders and changes a second, over all strategies; cancels are never held.",
    )
    order_timeout_ms: int = Field(
        default=5_000,
        ge=100,
        le=60_000,
        description="How long to wait for the venue's answer before the outcome counts as unknown "
        "and is asked for; also how long an order may wait for the rate budget, unsent.",
    )
    retry_failed_orders: bool = Field(
        default=True,
        description="Send again what provably never left this machine, under the same id; what "
        "may have left is asked for and never sent again.",
    )
    max_order_retries: int = Field(
        default=3, ge=0, le=10, description="How often that is tried before the order is rejected."
    )
    order_queue_size: int = Field(
        default=1_000,
        ge=1,
        le=100_000,
        description="Orders that may wait for the rate budget; further ones are denied as "
        "`QUEUE_FULL`.",
    )
    order_processing_threads: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Threads it adds to those for what blocks, up to `MAX_WORKER_THREADS`; orders "
        "are decided one at a time, in their sequence.",
    )

    @property
    def retries(self) -> int:
        """How often a request that was not sent is tried again."""
        return self.max_order_retries if self.retry_failed_orders else 0
