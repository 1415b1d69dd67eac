"""The file of a process: which it is for, where keys come from, what the environment may say."""

from __future__ import annotations

import pytest

from tradecore.config import ConfigError
from tradecore.processes.settings import EngineSettings, kind_of, load_process

ENGINE = "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("trader.ini", "trader"),
        ("trading_engine_binance.ini", "trading_engine"),
        ("market_server_binance.yaml", "market_server"),
        ("position_server_deribit.yml", "position_server"),
        ("run.ini", None),
        ("traders.ini", None),
        ("trader.ini.bak", None),
    ],
)
def test_a_files_name_says_which_process_it_is_for(name, kind):
    """`KIND.ini` or `KIND_anything.ini`."""
    assert kind_of(f"config/{name}") == kind


def test_keys_come_from_the_environment_where_the_file_has_none(read):
    """`BINANCE_API_KEY` and `BINANCE_API_SECRET` stand in."""
    environ = {"BINANCE_API_KEY": "k-from-outside", "BINANCE_API_SECRET": "s-from-outside"}

    identity = read("trading_engine", environ=environ).global_

    assert identity.api_key.get_secret_value() == "k-from-outside"
    assert identity.api_secret.get_secret_value() == "s-from-outside"


def test_a_key_in_the_file_goes_before_the_environment(read):
    """What a file says of one account is not overruled by a variable for all."""
    environ = {"BINANCE_API_KEY": "k-from-outside", "BINANCE_API_SECRET": "s-from-outside"}
    environ |= {"OTHER": "k-of-the-file", "OTHER_SECRET": "s-of-the-file"}
    keys = "API_KEY=${OTHER}\nAPI_SECRET=${OTHER_SECRET}\n"

    identity = read("trading_engine", ENGINE + keys, environ=environ).global_

    assert identity.api_key.get_secret_value() == "k-of-the-file"
    assert identity.api_secret.get_secret_value() == "s-of-the-file"


def test_keys_come_from_the_env_file_beside(write):
    """`.env` beside the file is read; the process's own environment goes before it."""
    path = write(ENGINE, "trading_engine.ini")
    keys = "BINANCE_API_KEY=k-in-env-file\nBINANCE_API_SECRET=s-in-env-file\n"
    write(f"{keys}LOG_LEVEL=ERROR\n", ".env")

    settings = load_process(EngineSettings, path, environ={"LOG_LEVEL": "warn"}).settings

    assert settings.global_.api_key.get_secret_value() == "k-in-env-file"
    assert settings.global_.log_level == "WARNING"


def test_an_env_file_that_others_can_read_is_no_place_for_keys(write):
    """The rule of literal secrets holds for `.env` as well."""
    path = write(ENGINE, "trading_engine.ini")
    write("BINANCE_API_KEY=k-in-env-file\n", ".env").chmod(0o644)

    with pytest.raises(ConfigError, match=r"a secret in a file others can read: chmod 600 .*\.env"):
        load_process(EngineSettings, path, environ={})


@pytest.mark.parametrize("key", ["your_binance_api_key", "<key>", "changeme"])
def test_a_placeholder_is_refused(read, key):
    """The requirement's own sample would start with a key that is none."""
    with pytest.raises(ConfigError, match="a placeholder stands where a secret belongs"):
        read("trading_engine", ENGINE + f"API_KEY={key}\n")


def test_a_wrong_variable_is_named_as_it_is_called_outside(read):
    """`LOG_LEVEL=LOUD` is told as that."""
    with pytest.raises(ConfigError, match=r"LOUD.*environment variable LOG_LEVEL"):
        read("trading_engine", environ={"LOG_LEVEL": "LOUD"})


def test_a_file_of_another_venue_is_refused(read):
    """The command line names the venue so that no order goes to another."""
    with pytest.raises(ConfigError, match="names: BINANCE, asked for DERIBIT"):
        read("trading_engine", exchange="DERIBIT")


def test_a_venue_without_a_file_is_named_on_the_command_line():
    """`--test-auth` needs a venue and a key, no file."""
    settings = load_process(EngineSettings, None, exchange="BINANCE", environ={}).settings

    assert settings.global_.exchange_name == "BINANCE"
    assert settings.endpoints()["TRADER_SUB_ENDPOINT"] == "tcp://127.0.0.1:7003"
