"""`[PERFORMANCE]`: threads, connections, memory and processor time of a process."""

from __future__ import annotations

from pydantic import Field

from tradecore.config import Settings

__all__ = ["Performance"]


class Performance(Settings):
    """Threads, connections, memory and processor time of this process."""

    max_worker_threads: int = Field(
        default=4,
        ge=1,
        le=256,
        description="Threads for what blocks: names, files, calls for help.",
    )
    message_processing_threads: int = Field(
        default=2, ge=1, le=16, description="Threads that move messages between our processes."
    )
    http_pool_size: int = Field(
        default=10, ge=1, le=100, description="HTTP connections kept open to the venue."
    )
    websocket_pool_size: int = Field(
        default=5,
        ge=1,
        le=100,
        description="WebSocket connections to the venue at once; refused if the streams need more.",
    )
    memory_limit_mb: int | None = Field(
        default=512,
        ge=64,
        le=1_048_576,
        description="Resident memory, in MiB: a warning at nine tenths; at the limit the process "
        "cancels, stops and exits with 1. No limit if empty.",
    )
    cpu_limit_percent: int | None = Field(
        default=80,
        ge=1,
        le=6_400,
        description="Processor time of one core, averaged over ten seconds, above which somebody "
        "is told; trading goes on. No limit if empty.",
    )
    busy_poll_us: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        description="For how long a process asks for news before it sleeps, in microseconds: what "
        "waking up would cost is saved, and up to a whole core is taken. 0 sleeps at once.",
    )
