"""No key without a test of what it does: one that is forgotten here would be believed to work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradecore.processes.settings import KINDS

TESTS = Path(__file__).parents[3]
#: Tables whose rows name the keys they set.
TABLES = (
    "unit/processes/settings/test_engine_keys.py",
    "unit/processes/settings/test_other_keys.py",
    "unit/processes/test_limit_keys.py",
)
OPERATIONS, HOST = "integration/test_operations.py", "unit/processes/test_host_keys.py"
CURVE, MARKET = "integration/test_curve.py", "integration/test_market_keys.py"
SAFETY, OTHER = "integration/test_engine_safety.py", TABLES[1]
COLLECT = (MARKET, "test_what_is_collected_is_published_and_nothing_else")
ADDRESSES = (OTHER, "test_addresses_of_market_data_and_their_backups")
DEADMAN = (SAFETY, "test_the_venue_cancels_what_a_dead_engine_leaves")
#: What is shown by a whole process, a host or a bus.
KEPT = "unit/processes/test_recorded_host.py"
ELSEWHERE = {
    "curve.allowed_keys": (CURVE, "test_who_is_not_on_the_list_is_not_let_in"),
    "curve.public_key": (CURVE, "test_a_position_goes_through_two_doors"),
    "curve.secret_key": (CURVE, "test_any_key_survives_a_file"),
    "curve.server_key": (CURVE, "test_a_server_with_a_wrong_key_hears_nothing_and_is_not_ready"),
    "global.api_key": (
        "integration/test_engine_refuses.py",
        "test_with_a_wrong_key_no_order_is_taken",
    ),
    "global.log_file": (OPERATIONS, "test_a_daemons_log_goes_where_its_file_says"),
    "global.log_level": (OPERATIONS, "test_a_log_level_leaves_out_what_is_below_it"),
    "http_api.refresh_credentials_interval_ms": (
        OPERATIONS,
        "test_a_key_that_changed_ends_the_process",
    ),
    "journal.directory": (OPERATIONS, "test_a_processs_files_stand_where_the_journal_is"),
    "journal.segment_mb": (
        "integration/test_intent_kill.py",
        "test_an_engines_file_begins_anew_after_its_size",
    ),
    "journal.sync": (
        "unit/processes/test_intent_file.py",
        "test_what_was_written_comes_back_in_order",
    ),
    "market_data.collect_mark_price": COLLECT,
    "market_data.collect_orderbook": COLLECT,
    "market_data.collect_ticker": COLLECT,
    "market_data.collect_trades": COLLECT,
    "market_data.snapshot_interval_ms": (
        MARKET,
        "test_a_whole_book_comes_in_its_interval_among_the_changes",
    ),
    "market_data.symbols": (MARKET, "test_only_the_symbols_named_are_followed"),
    "monitoring.alert_on_errors": (OPERATIONS, "test_no_alert_leaves_where_none_is_wanted"),
    "monitoring.alert_webhook_url": (OPERATIONS, "test_an_error_reaches_the_receiver_of_alerts"),
    "journal.run_mb": (KEPT, "test_a_run_that_may_have_no_file_has_none"),
    "journal.runs_kept": (KEPT, "test_the_newest_runs_are_kept"),
    "monitoring.enable_metrics": (OPERATIONS, "test_metrics_that_are_off_are_not_served"),
    "monitoring.health_check_interval_ms": (
        HOST,
        "test_readiness_is_judged_anew_in_its_interval",
    ),
    "monitoring.log_performance_metrics": (HOST, "test_the_line_of_metrics_can_be_left_out"),
    "monitoring.metrics_interval_ms": (HOST, "test_metrics_are_told_in_their_interval"),
    "performance.busy_poll_us": (
        "unit/transport/test_eager_loop.py",
        "test_a_process_is_given_the_loop_its_settings_ask_for",
    ),
    "performance.cpu_limit_percent": (
        HOST,
        "test_processor_time_over_its_limit_is_told_and_work_goes_on",
    ),
    "performance.memory_limit_mb": (OPERATIONS, "test_a_process_over_its_memory_ends_with_1"),
    "risk_management.position_limit_check_interval_ms": (
        "integration/test_position_server.py",
        "test_a_limit_is_told_without_any_order",
    ),
    "safety.deadman_countdown_ms": DEADMAN,
    "safety.deadman_refresh_ms": DEADMAN,
    "safety.on_silence": (SAFETY, "test_orders_of_a_trader_that_fell_silent"),
    "safety.stop_budget_ms": (HOST, "test_a_stop_may_take_its_budget"),
    "strategy.class": ("unit/cli/test_processes.py", "test_a_strategy_that_is_not_there_is_told"),
    "strategy.params": (
        OTHER,
        "test_a_strategys_own_settings_lose_capitals_only_where_all_are",
    ),
    "websocket.ws_market_backup_url": ADDRESSES,
    "websocket.ws_market_url": ADDRESSES,
    "websocket.ws_public_backup_url": ADDRESSES,
    "websocket.ws_public_url": ADDRESSES,
}


def keys(model, section=()):
    """Yield every key of a model with its section."""
    for name, field in model.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            yield from keys(field.annotation, (*section, name.rstrip("_")))
        else:
            yield ".".join((*section, name.rstrip("_")))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_process_has_a_test_of_what_it_does(kind):
    """In a table that sets it, or named here with the test that shows it."""
    tables = "".join((TESTS / name).read_text(encoding="utf-8") for name in TABLES)

    untested = [
        key
        for key in keys(KINDS[kind])
        if key not in ELSEWHERE
        and f"{key}=" not in tables
        and f'"{key.rpartition(".")[2]}' not in tables
    ]

    assert untested == []


@pytest.mark.parametrize(("file", "test"), sorted(set(ELSEWHERE.values())))
def test_the_tests_that_are_named_are_there(file, test):
    """A test that is renamed takes its keys along."""
    assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8")


def test_no_key_is_named_that_is_gone():
    """What no process has needs no test."""
    known = {key for model in KINDS.values() for key in keys(model)}

    assert set(ELSEWHERE) <= known
