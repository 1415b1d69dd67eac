"""Secrets: from where they may come, and that nothing ever shows one."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, field_validator

from tradecore.config import ConfigError, Settings, effective, load
from tradecore.config.secrets import Source, refusal, warning
from tradecore.telemetry import scrub

CANARY = "CaNaRy7w3Zq9KtBv5"
HEAD = "[MAIN]\nEXCHANGE_NAME=BINANCE\n"
REFERRED = HEAD + "API_KEY=${KEY}\n"
LITERAL = HEAD + f"API_KEY={CANARY}\n"
OPEN = r"^a secret in a file others can read: use \$\{VAR\}, or chmod 600 x\.ini"
FROM_ENVIRONMENT = Source(is_literal=False, is_open=False, is_argument=False, file="x.ini")

posix = pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Let no test know the secrets of another."""
    module = sys.modules["tradecore.telemetry.scrub"]
    monkeypatch.setattr(module, "_known", {})


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_written_where_others_can_read_is_refused(read, mode):
    """With the command that mends it, and without the secret."""
    with pytest.raises(ConfigError, match=OPEN + r" \(\[MAIN\] API_KEY, x\.ini:3\)$") as caught:
        read(LITERAL, mode=mode)

    assert CANARY not in str(caught.value)


def test_a_secret_written_in_a_private_file_is_warned_about(read):
    """It is used; a reference would be better."""
    loaded = read(LITERAL, mode=0o600)

    assert loaded.settings.main.api_key.get_secret_value() == CANARY
    assert loaded.warnings == (
        "a secret written in x.ini: better use ${VAR} ([MAIN] API_KEY, x.ini:3)",
    )


@posix
def test_a_reference_may_stand_where_everybody_reads(read):
    """The secret itself is in the environment."""
    loaded = read(REFERRED, mode=0o644, environ={"KEY": CANARY})

    assert loaded.settings.main.api_key.get_secret_value() == CANARY
    assert loaded.warnings == ()


@posix
@pytest.mark.parametrize("value", ["${NONE:-" + CANARY + "}", "a${KEY}", "${NONE:-${KEY}x}"])
def test_a_part_written_in_the_file_is_written_in_the_file(read, value):
    """A default is as readable as a literal."""
    with pytest.raises(ConfigError, match=OPEN):
        read(HEAD + f"API_KEY={value}\n", mode=0o644)


@posix
def test_an_env_file_others_can_read_is_refused_too(read, write):
    """It is a file like any other; a private one is warned about."""
    write(f"KEY={CANARY}\n", ".env", 0o644)
    with pytest.raises(ConfigError, match=r"^a secret in a file others can read"):
        read(REFERRED, environ={})

    write(f"KEY={CANARY}\n", ".env", 0o600)
    assert read(REFERRED, environ={}).warnings[0].startswith("a secret written in ")


def test_a_secret_on_the_command_line_is_refused(read):
    """Every user of the machine sees the arguments of every process."""
    with pytest.raises(ConfigError, match=r"^a secret on the command line is seen by every user"):
        read(REFERRED, overrides=[f"main.api_key={CANARY}"])


@pytest.mark.parametrize("key", ["API_SECRET", "access-token", "Password"])
@posix
def test_a_secret_among_free_settings_is_found_by_its_name(read, key):
    """A strategy's own keys are nobody's, their names speak all the same."""
    with pytest.raises(ConfigError, match=OPEN):
        read(REFERRED + f"[PARAMS]\n{key}={CANARY}\n", mode=0o644)


@posix
def test_a_secret_deep_in_a_free_section_is_found_too(read):
    """In a mapping in a list, and known to every log once it is loaded."""
    main = "main: {exchange_name: BINANCE, api_key: '${KEY}'}\n"
    text = f"{main}params:\n  a:\n  - token: {CANARY}\n"

    with pytest.raises(ConfigError, match=r"^a secret in a file others can read"):
        read(text, "x.yaml", mode=0o644)

    assert read(text, "x.yaml").settings.params == {"a": [{"token": CANARY}]}
    assert scrub(CANARY) == "***"


def test_a_rule_about_a_secret_does_not_show_it(write):
    """Whatever the schema's own words are."""

    class Keys(Settings):
        """A key with a rule."""

        key: SecretStr

        @field_validator("key")
        @classmethod
        def _short(cls, value):
            raise ValueError(f"a key is short: {value.get_secret_value()}")

    class Held(Settings):
        """A section."""

        keys: Keys

    with pytest.raises(ConfigError, match=r"^a key is short: \*\*\* \(\[KEYS\] KEY, x\.ini:2\)$"):
        load(Held, write("[KEYS]\nKEY=${KEY}\n"), environ={"KEY": CANARY})


@pytest.mark.parametrize(
    "value",
    [
        "your_binance_api_key", "your-api-key-here", "YOUR_API_SECRET", "your_key", "my_secret",
        "changeme", "CHANGE_ME", "change-this", "replace_me", "<api key>", "{{api_key}}", "[key]",
        "...", "xxxxxxxx", "********", "????", "placeholder", "insert key here", "api_key",
        "secret", "password", "password123", "todo", "example", "none", "key_here", "api_key_here",
        "enter_your_key", "put-it-here", "dummy",
    ],
)  # fmt: skip
def test_a_placeholder_is_no_secret(value):
    """Whatever samples are made of, from any source."""
    assert refusal(value, FROM_ENVIRONMENT) == "a placeholder stands where a secret belongs"


@pytest.mark.parametrize("value", ["", "   "])
def test_nothing_is_no_secret(value):
    """A variable that is set to nothing was not set."""
    assert refusal(value, FROM_ENVIRONMENT) == "a secret is not empty"


@given(
    st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=40, max_size=64)
)
def test_a_random_key_is_not_taken_for_a_placeholder(value):
    """Keys of venues are long and mean nothing."""
    words = ("your", "change", "replace", "placeholder", "here", "xxx")
    if not any(word in value.lower() for word in words):
        assert refusal(value, FROM_ENVIRONMENT) is None


def test_a_placeholder_in_the_environment_is_refused(read):
    """Copied commands set copied values."""
    with pytest.raises(ConfigError, match=r"^a placeholder stands where .* API_KEY, x\.ini:3\)$"):
        read(REFERRED, environ={"KEY": "your_key"})


def test_a_secret_is_warned_about_only_where_it_is_written():
    """What comes from outside needs no advice."""
    assert warning(FROM_ENVIRONMENT) is None


def test_a_loaded_secret_is_known_to_every_log(read):
    """From the load on it is scrubbed from any text, named or not."""
    read(REFERRED, environ={"KEY": CANARY})

    assert scrub(f"the venue said {CANARY}!") == "the venue said ***!"


def test_a_loaded_secret_is_in_no_text_of_the_settings(read):
    """Neither in their text, nor in what is shown, nor in warnings."""
    loaded = read(
        LITERAL + f"[PARAMS]\nTOKEN={CANARY}\nURL=wss://u:{CANARY}@h\n[PEERS.X]\nURL=a\n"
        f"TOKEN={CANARY}\n"
    )

    shown = "\n".join(map(str, effective(loaded)))
    assert CANARY not in shown
    assert shown.count("value='***'") == 3
    assert CANARY not in str(loaded.warnings)
    assert CANARY not in str(loaded.settings.main)


@pytest.mark.parametrize(
    "text",
    [
        f"[MAIN]\nAPI_KEY={CANARY}\nAPI_KEY={CANARY}\n",
        f"[MAIN]\nAPI_KEY='{CANARY}\n",
        f"[MAIN]\nAPI_KEY=${{{CANARY}\n",
        f"[MAIN.API_KEY]\nX={CANARY}\n",
        f"[LIMITS]\nAPI_KEY={CANARY}\n",
        f"[MAIN]\nAPI_SECRET={CANARY}\nEXCHANGE_NAME=x\n",
    ],
)
def test_no_refusal_shows_a_secret(read, text):
    """Whatever else is wrong with the file."""
    with pytest.raises(ConfigError, match=r"x\.ini") as caught:
        read(text, mode=0o644)

    assert CANARY not in str(caught.value).replace(f"${{{CANARY}", "")
