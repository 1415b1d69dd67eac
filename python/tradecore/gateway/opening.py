"""A venue opened from its settings: what is on disk is taken up where it was left."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.core import VenueEngine
from tradecore.gateway.begun import BegunWith
from tradecore.gateway.budgets import Budgets
from tradecore.gateway.day import TradingDay
from tradecore.gateway.directory import Directory
from tradecore.gateway.floor import Floor
from tradecore.gateway.gateway import Gateway
from tradecore.gateway.limits import LimitTable, LimitValues, bind
from tradecore.gateway.listing import listed
from tradecore.gateway.metrics import VenueMetrics
from tradecore.gateway.native import NativeDoor
from tradecore.gateway.places import (
    AUDIT,
    CHECKPOINT,
    DAY,
    INSTRUMENTS,
    JOURNAL,
    LIMITS,
    NOTES,
    STATES,
    database_url,
    secrets_given,
)
from tradecore.gateway.queue import CommandQueue, EngineBreaker
from tradecore.gateway.stream.hub import Hub
from tradecore.gateway.switches import Switches
from tradecore.identity.passwords import PasswordCost
from tradecore.store import CheckpointFile, Records, RecordWriter, open_notes
from tradecore.store.audit_file import AuditFile
from tradecore.store.identity_secrets import venue_secrets
from tradecore.store.identity_service import IdentityService, IdentitySettings, open_identity
from tradecore.venue import VenueService
from tradecore.venue.engine_marks import EngineMarks
from tradecore.venue.naming import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tradecore.gateway.log_ring import LogRing
    from tradecore.gateway.settings import LimitSettings, VenueSettings
    from tradecore.store import Cache
    from tradecore.store.database import Database
    from tradecore.store.identity_service import Bootstrap
    from tradecore.telemetry import Clock
    from tradecore.venue import VenueInstrument
    from tradecore.venue.state import VenueState

__all__ = ["OpenVenue", "open_venue"]

#: How long an end waits for the records; what is missing then comes from the journal later.
RECORDS_S: Final = 10.0
#: The same for commands that wait behind the books, and for the books of native orders.
BOOKS_S: Final = 5.0
#: The same for the transaction that is being written.
WRITER_S: Final = 5.0
#: Answers to ended orders under a client's own name that are told again.
ANSWERS_KEPT: Final = 100_000
#: What one guess of a password costs.
PASSWORD_COST: Final = PasswordCost()
#: How many times the budget of a user who makes markets is that of others.
_FAST: Final = 10


class _Closes(Protocol):
    def close(self) -> None: ...


@dataclass(slots=True, eq=False)
class OpenVenue:
    """A venue with everything open that it keeps.

    Args:
        gateway: What requests share.
        bootstrap: What a new venue is opened with; told once.
    """

    gateway: Gateway
    bootstrap: Bootstrap | None
    _disk: ThreadPoolExecutor
    _known: Database

    def start(self) -> None:
        """Begin to take commands."""
        floor = self.gateway.floor
        floor.queue.start()
        if floor.native is not None:
            floor.native.know_instruments(floor.service.state.instruments.values())
            floor.native.open(asyncio.get_running_loop(), floor.queue.call)

    async def close(self) -> None:
        """Do what was taken, write it down everywhere, and let go of the files.

        Raises:
            JournalError: If something was not written; every file is let go all the same.
        """
        floor = self.gateway.floor
        if floor.native is not None:
            await asyncio.to_thread(floor.native.close)
        await floor.queue.stop(patience_s=BOOKS_S)
        await floor.saved()
        await asyncio.to_thread(self._close_files)

    def _close_files(self) -> None:
        floor = self.gateway.floor
        with ExitStack() as last:
            last.callback(floor.records.close)
            last.callback(floor.service.close)
            last.callback(self._known.close)
            last.callback(self.gateway.identity.close)
            last.callback(self._disk.shutdown)
            if floor.cache is not None:
                last.callback(floor.cache.close)
            last.callback(floor.writer.close, timeout_s=WRITER_S)
            floor.following.catch_up(BOOKS_S)
            floor.keep_checkpoint()
            floor.writer.wait(floor.service.position, timeout_s=RECORDS_S)


def open_venue(
    settings: VenueSettings,
    *,
    clock: Clock,
    logs: LogRing,
    environ: Mapping[str, str],
    password_cost: PasswordCost = PASSWORD_COST,
) -> OpenVenue:
    """Open a venue, or a new one where its folder is empty.

    What a guess of a password costs is no setting: nobody can make it cheap by mistake.

    Raises:
        TradecoreError: If a secret, the journal, the database or a setting is not as it must be.
        OSError: If the folder cannot be used.
    """
    folder, now_ns = settings.store.data, clock.now_ns()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secrets = venue_secrets(folder, secrets_given(settings, environ), randomness=os.urandom)
    url = database_url(settings, folder)
    records, known = Records.open(url), open_identity(url)
    begun = BegunWith(folder / INSTRUMENTS)
    instruments = listed(begun.first(settings.instruments))
    checkpoints = CheckpointFile(folder / CHECKPOINT)
    service = VenueService.begin(
        instruments,
        now_ns=now_ns,
        engine=_engine(instruments, settings),
        notes=open_notes(folder / NOTES),
        keeps_records=True,
        is_shared=settings.order_entry.is_open,
        checkpoint=checkpoints.load(),
    )
    proofs = IdentitySettings(secrets, cost=password_cost)
    identity = IdentityService(known, proofs, now_ns=now_ns, log=AuditFile(folder / AUDIT))
    limits = LimitTable(LimitValues.of_settings(settings.risk), folder / LIMITS)
    switches, day = Switches(folder / STATES), TradingDay(folder / DAY)
    for kept in (limits, switches, day):
        kept.load()
    with _let_go_on_refusal(known, records, service, identity):
        begun.agree(service, settings.instruments, now_ns=now_ns)
    for scope, _ in switches:
        if isinstance(scope, tuple):
            number_of(service.commands, *scope)
    for (account, strategy), values in limits.own().items():
        bind(service, values, account=account, strategy=strategy)
    service.tell_engine(lambda engine: _apply(limits, switches, service.state, engine))
    EngineMarks(service).tell()
    day.turn(service, now_ns)
    bootstrap = identity.bootstrap(now_ns)
    if bootstrap is not None and settings.store.first_deposit:
        service.open_account(bootstrap.account, deposit=settings.store.first_deposit)
    service.settle()
    return _assembled(
        _Parts(
            settings,
            clock,
            logs,
            service,
            checkpoints,
            records,
            _cache(settings),
            identity,
            known,
            limits,
            switches,
            day,
        ),
        bootstrap,
    )


def _engine(instruments: Sequence[VenueInstrument], settings: VenueSettings) -> VenueEngine:
    # Whoever calls waits for the disk beside the loop's thread; the native door waits by itself.
    return VenueEngine(
        [one.instrument for one in instruments],
        journal=settings.store.data / JOURNAL,
        answers_kept=ANSWERS_KEPT,
        waits=False,
        segment_bytes=settings.store.segment_bytes,
    )


@contextmanager
def _let_go_on_refusal(*opened: _Closes) -> Iterator[None]:
    """Close what was opened, the last first, where settings are refused; else leave it open."""
    with ExitStack() as refused:
        for one in opened:
            refused.callback(one.close)
        yield
        refused.pop_all()


def _cache(settings: VenueSettings) -> Cache | None:
    url = settings.store.redis_url
    if url is None:
        return None
    from tradecore.store import Cache  # noqa: PLC0415 - loads the client of Redis

    return Cache.open(url.get_secret_value())


def _apply(limits: LimitTable, switches: Switches, state: VenueState, engine: VenueEngine) -> None:
    """Tell an engine limits and states: those of the settings may be new."""
    engine.risk.set_limits(limits.everybody.for_engine())
    for symbol, one in state.instruments.items():
        engine.risk.set_limits(limits.of_symbol(one), symbol=symbol)
    switches.apply(engine)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What was opened, before it is put together."""

    settings: VenueSettings
    clock: Clock
    logs: LogRing
    service: VenueService
    checkpoints: CheckpointFile
    records: Records
    cache: Cache | None
    identity: IdentityService
    known: Database
    limits: LimitTable
    switches: Switches
    day: TradingDay


def _assembled(parts: _Parts, bootstrap: Bootstrap | None) -> OpenVenue:
    settings, clock, service = parts.settings, parts.clock, parts.service
    disk = ThreadPoolExecutor(1, "disk")
    metrics = VenueMetrics()
    floor: Floor
    queue = CommandQueue(
        settle=service.settle,
        publish=lambda: floor.publish(),  # noqa: PLW0108 - the floor is made after its queue
        disk=disk,
        breaker=EngineBreaker(settings.engine.circuit_breaker_threshold),
        size_max=settings.engine.max_queue_size,
        interval_ms=settings.engine.process_interval,
        follow=lambda is_awaited: floor.following.follow(is_awaited=is_awaited),
        is_kept=service.is_kept,
        is_behind=lambda: floor.following.is_behind,
        served=lambda: floor.following.served(),  # noqa: PLW0108 - the same
    )
    floor = Floor(
        service=service,
        queue=queue,
        limits=parts.limits,
        switches=parts.switches,
        day=parts.day,
        checkpoints=parts.checkpoints,
        records=parts.records,
        cache=parts.cache,
        writer=RecordWriter(parts.records, service.rebuild),
        clock=clock,
        metrics=metrics,
        native=NativeDoor.of_settings(
            settings.order_entry, service.engine, parts.identity, beside=settings.server
        ),
    )
    directory = Directory()
    directory.learn(parts.identity.users.list())
    hub = Hub(floor, directory)
    floor.listeners.append(hub.take)
    floor.publish()
    users, fast, addresses = _budgets(settings.limits)
    gateway = Gateway(
        settings=settings,
        clock=clock,
        floor=floor,
        identity=parts.identity,
        directory=directory,
        hub=hub,
        metrics=metrics,
        logs=parts.logs,
        users=users,
        fast_users=fast,
        addresses=addresses,
        started_ns=clock.monotonic_ns(),
    )
    return OpenVenue(gateway, bootstrap, disk, parts.known)


def _budgets(limits: LimitSettings) -> tuple[Budgets, Budgets, Budgets]:
    return (
        Budgets("user", limits.requests_per_s, limits.burst),
        Budgets("user", limits.requests_per_s * _FAST, limits.burst * _FAST),
        Budgets("address", limits.anonymous_per_s, limits.anonymous_burst),
    )
