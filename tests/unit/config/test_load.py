"""Settings in layers: what wins, what is refused, and that everything wrong is told at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import model_validator

from tradecore.config import ConfigError, ConfigNotFoundError, Place, Problem, Settings, load

MAIN = "[MAIN]\nEXCHANGE_NAME=BINANCE\nAPI_KEY=${KEY}\n"
MAIN_YAML = "main:\n  exchange_name: BINANCE\n  api_key: ${KEY}\n"


def told(caught) -> list[str]:
    """Return the problems of a refusal, one text each."""
    return [str(problem) for problem in caught.value.problems]


def test_an_ini_file_fills_the_model(read):
    """Text becomes what each field asks for; case of names does not matter."""
    loaded = read(
        MAIN + "testnet-mode=yes\nSYMBOLS=BTCUSDT, ETHUSDT\n[LIMITS]\nMAX_POSITION=1.50\n"
        "TIMEOUT=100ms\nBUFFER=64MiB\nREQUESTS=1200/min\n[PEERS.Deribit]\nURL=wss://d\n"
        "[PARAMS]\nHALF_SPREAD=2.0\n"
    ).settings

    assert loaded.main.testnet_mode is True
    assert loaded.main.symbols == ("BTCUSDT", "ETHUSDT")
    assert loaded.main.api_key.get_secret_value() == "k3y-for-tests"
    assert loaded.limits.max_position == Decimal("1.50")
    assert loaded.limits.timeout == 100_000_000
    assert loaded.limits.buffer == 64 * 2**20
    assert (loaded.limits.requests.count, loaded.limits.requests.period_ns) == (1200, 60 * 10**9)
    assert loaded.peers["Deribit"].url == "wss://d"
    assert loaded.params == {"HALF_SPREAD": "2.0"}


def test_a_yaml_file_fills_the_same_model(read):
    """Numbers keep their digits, lists are lists, free sections keep YAML's own types."""
    loaded = read(
        MAIN_YAML + "  symbols: [BTCUSDT, ETHUSDT]\nlimits:\n  max_position: 1.50\n"
        "  timeout: 100ms\n  requests: null\npeers:\n  deribit: {url: wss://d}\n"
        "params:\n  half_spread: 2.0\n  deep: {list: [1, a]}\n",
        "x.yaml",
    ).settings

    assert str(loaded.limits.max_position) == "1.50"
    assert loaded.main.symbols == ("BTCUSDT", "ETHUSDT")
    assert loaded.limits.requests is None
    assert loaded.params == {"half_spread": 2.0, "deep": {"list": [1, "a"]}}


def test_a_word_yaml_takes_for_a_truth_is_text_where_text_is_asked(read):
    """`no` is a country, too."""
    loaded = read(MAIN_YAML + "peers:\n  x:\n    url: no\n", "x.yaml").settings

    assert loaded.peers["x"].url == "no"


def test_later_layers_win_key_by_key(read):
    """Defaults, then the file, then the environment, then the command line."""
    loaded = read(
        MAIN + "[LIMITS]\nORDERS_PER_SECOND=2\nMAX_POSITION=2\nTIMEOUT=2s\n[PARAMS]\nA=2\nB=2\n",
        environ={
            "KEY": "k3y-for-tests",
            "TRADECORE__LIMITS__MAX_POSITION": "3",
            "TRADECORE__LIMITS__TIMEOUT": "3s",
            "TRADECORE__PARAMS__A": "3",
        },
        overrides=["limits.timeout=4s", "params.b=4", "LIMITS.timeout = 5s"],
    ).settings

    assert loaded.limits.buffer == 1_000_000
    assert loaded.limits.orders_per_second == 2
    assert loaded.limits.max_position == 3
    assert loaded.limits.timeout == 5 * 10**9
    assert loaded.params == {"A": "3", "B": "4"}


def test_a_variable_goes_before_the_env_file_and_that_before_a_default(read, write):
    """`.env` beside the file is read without being named."""
    write("KEY='from dotenv'\nexport ONLY=there # c\n", ".env")

    text = MAIN + "[PARAMS]\nA=${ONLY}\nB=${NONE:-d}\n"
    named = read(text, environ={"KEY": "from environ"}).settings
    unnamed = read(text, environ={}).settings

    assert named.main.api_key.get_secret_value() == "from environ"
    assert unnamed.main.api_key.get_secret_value() == "from dotenv"
    assert named.params == {"A": "there", "B": "d"}


def test_an_empty_value_is_none_where_none_is_allowed(read):
    """`KEY=` unsets; where a value is needed it is told."""
    assert read(MAIN + "API_SECRET=\n[LIMITS]\nREQUESTS=\n").settings.limits.requests is None
    with pytest.raises(ConfigError, match=r"valid integer.*\[LIMITS\] ORDERS_PER_SECOND, x\.ini:5"):
        read(MAIN + "[LIMITS]\nORDERS_PER_SECOND=\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("TESTNET_MOD=1\n",
         "unknown key 'TESTNET_MOD'; did you mean TESTNET_MODE? ([MAIN] TESTNET_MOD, x.ini:4)"),
        ("ZZZ=1\n", ("unknown key 'ZZZ'; known are API_KEY API_SECRET EXCHANGE_NAME SYMBOLS"
         " TESTNET_MODE ([MAIN] ZZZ, x.ini:4)")),
        ("[LIMIT]\nA=1\n", "unknown section 'LIMIT'; did you mean LIMITS? ([LIMIT], x.ini:4)"),
        ("[QQQ]\n", "unknown section 'QQQ'; known are LIMITS MAIN PARAMS PEERS ([QQQ], x.ini:4)"),
        ("[LIMITS.INNER]\nA=1\n",
         "unknown section 'INNER'; there are no sections here ([LIMITS.INNER], x.ini:4)"),
        ("[MAIN.API_SECRET]\nA=1\n",
         "a value stands here, not a section ([MAIN.API_SECRET], x.ini:4)"),
        ("[PEERS]\nX=1\n", "a section stands here, not a value ([PEERS] X, x.ini:5)"),
        ("[PEERS.X]\nTOKEN=${KEY}\n", "missing key ([PEERS.X] URL, x.ini:4)"),
        ("[LIMITS]\nORDERS_PER_SECOND=0\n", ("input should be greater than or equal to 1: '0'"
         " ([LIMITS] ORDERS_PER_SECOND, x.ini:5)")),
        ("[LIMITS]\nORDERS_PER_SECOND=ten\n", ("input should be a valid integer, unable to parse"
         " string as an integer: 'ten' ([LIMITS] ORDERS_PER_SECOND, x.ini:5)")),
        ("[LIMITS]\nMAX_POSITION=-1\n",
         "a position limit is positive: -1 ([LIMITS] MAX_POSITION, x.ini:5)"),
        ("[LIMITS]\nMAX_POSITION=nan\n",
         "input should be a finite number: 'nan' ([LIMITS] MAX_POSITION, x.ini:5)"),
        ("[LIMITS]\nTIMEOUT=5\n",
         ("a duration is a number with a unit, one of ns us ms s m h d: '5'"
         " ([LIMITS] TIMEOUT, x.ini:5)")),
        ("TESTNET_MODE=maybe\n", ("input should be a valid boolean, unable to interpret input:"
         " 'maybe' ([MAIN] TESTNET_MODE, x.ini:4)")),
        ("SYMBOLS=${NOPE}\n",
         "variable NOPE is not set and ${NOPE} has no default ([MAIN] SYMBOLS, x.ini:4)"),
        ("SYMBOLS=${\n", ("a reference is ${NAME} or ${NAME:-default}; $$ is a dollar"
         " ([MAIN] SYMBOLS, x.ini:4)")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(read, text, problem):
    """Rule, value, section, key, file and line in one text."""
    with pytest.raises(ConfigError, match=r"x\.ini:") as caught:
        read(MAIN + text)

    assert told(caught) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mian: {}\n", "unknown section 'mian'; did you mean main? ([mian], x.yaml:4)"),
        ("limits: [1]\n", "a section stands here, not a value (limits, x.yaml:4)"),
        ("limits: 3\n", "a section stands here, not a value (limits, x.yaml:4)"),
        ("limits:\n  timeout: [1s]\n",
         "one value stands here, not a list ([limits] timeout, x.yaml:5)"),
        ("limits:\n  timeout: {a: 1}\n",
         "a value stands here, not a section ([limits.timeout], x.yaml:5)"),
        ("limits:\n  orders_per_second: null\n",
         "input should be a valid integer: None ([limits] orders_per_second, x.yaml:5)"),
        ("peers:\n  x: 1\n", "a section stands here, not a value ([peers] x, x.yaml:5)"),
    ],
)  # fmt: skip
def test_yaml_is_refused_the_same_way(read, text, problem):
    """Shapes that INI cannot even write are told as plainly."""
    with pytest.raises(ConfigError, match=r"x\.yaml:") as caught:
        read(MAIN_YAML + text, "x.yaml")

    assert told(caught) == [problem]


def test_everything_wrong_is_told_at_once(read):
    """In the order of the file: syntax, names, values, references, what is missing."""
    text = "[MAIN]\nAPI_KEY=${NONE}\nnonsense\n[LIMITS]\nTIMEOUT=5\nTIMEOUT=6s\nWAT=1\n[PEER]\n"

    with pytest.raises(ConfigError, match=r"^7 problems in the configuration\n  ") as caught:
        read(text, environ={})

    assert [(problem.place.line, problem.message[:12]) for problem in caught.value.problems] == [
        (1, "missing key"),
        (2, "variable NON"),
        (3, "a line is [S"),
        (5, "a duration i"),
        (6, "duplicated n"),
        (7, "unknown key "),
        (8, "unknown sect"),
    ]


def test_what_is_missing_is_named_in_the_files_own_case(read):
    """A whole section, where all of it is missing."""
    with pytest.raises(ConfigError, match=r"^missing section \(\[MAIN\], x\.ini\)$"):
        read("")
    with pytest.raises(ConfigError, match=r"^missing section \(\[main\], x\.yaml\)$"):
        read("", "x.yaml")
    with pytest.raises(ConfigError, match=r"missing key \(\[main\] exchange_name, x\.yaml:2\)"):
        read("main:\n  api_key: ${KEY}\n", "x.yaml")


def test_the_environment_and_the_command_line_are_checked_like_a_file(read):
    """Each says where the setting came from."""
    with pytest.raises(ConfigError, match=r"^5 problems") as caught:
        read(
            MAIN,
            environ={
                "KEY": "k3y-for-tests",
                "TRADECORE__LIMITS__TIMEOU": "1s",
                "TRADECORE__LIMIT__X": "1",
                "TRADECORE__": "1",
            },
            overrides=["limits.timeout", "limits.timeout=5"],
        )

    assert told(caught) == [
        "an override is section.key=value: 'limits.timeout' (command line)",
        (
            "a duration is a number with a unit, one of ns us ms s m h d: '5'"
            " ([limits] timeout, command line)"
        ),
        "a name is TRADECORE__SECTION__KEY (environment variable TRADECORE__)",
        (
            "unknown key 'TIMEOU'; did you mean TIMEOUT?"
            " ([LIMITS] TIMEOU, environment variable TRADECORE__LIMITS__TIMEOU)"
        ),
        (
            "unknown section 'LIMIT'; did you mean LIMITS?"
            " ([LIMIT], environment variable TRADECORE__LIMIT__X)"
        ),
    ]


def test_settings_of_another_program_in_the_environment_are_passed_over(read):
    """One environment serves many processes; a strange section is worth a warning."""
    loaded = read(MAIN, environ={"KEY": "k3y-for-tests", "TRADECORE__WAREHOUSE__X": "1"})

    assert loaded.warnings == (
        (
            "no such section here, ignored: WAREHOUSE"
            " ([WAREHOUSE], environment variable TRADECORE__WAREHOUSE__X)"
        ),
    )


def test_a_value_and_a_section_under_one_name_are_refused(read):
    """The environment cannot say both."""
    environ = {"KEY": "k3y-for-tests", "TRADECORE__LIMITS": "1", "TRADECORE__LIMITS__TIMEOUT": "1s"}

    with pytest.raises(ConfigError, match=r"'LIMITS' is given as a value too"):
        read(MAIN, environ=environ)


@pytest.mark.parametrize("name", ["x.toml", "x", "x.ini.bak"])
def test_a_kind_of_file_that_is_not_known_is_refused(read, name):
    """The text names those that are."""
    with pytest.raises(ConfigError, match=r"^a configuration is one of \.ini \.cfg \.conf \.yaml"):
        read(MAIN, name)


@pytest.mark.parametrize("name", ["gone.ini", "gone.yaml", "gone.toml"])
def test_a_missing_file_is_not_found(schema, name):
    """Its code is not that of a wrong one."""
    with pytest.raises(ConfigNotFoundError, match=rf"^no such file \({name}\)$"):
        load(schema, name, environ={})


def test_a_named_env_file_must_be_there(read):
    """Only the one beside the file may be absent."""
    with pytest.raises(ConfigNotFoundError, match=r"^no such file \(gone\.env\)$"):
        read(MAIN, dotenv="gone.env")


def test_bad_lines_of_an_env_file_are_told_without_their_text(read, write):
    """What stands there may be a secret."""
    write("A=1\nCaNaRy\n1B=2\nA=3\n", ".env")

    with pytest.raises(ConfigError, match=r"^3 problems") as caught:
        read(MAIN)

    assert told(caught) == [
        "a line is NAME=value or a comment (.env:2)",
        "a variable's name has letters, digits and _ (.env:3)",
        "duplicated name 'A', first in line 1 (.env:4)",
    ]


def test_settings_without_a_file(schema):
    """Environment and command line alone will do."""
    environ = {"TRADECORE__MAIN__EXCHANGE_NAME": "DERIBIT", "TRADECORE__MAIN__API_KEY": "k3y-for-x"}

    loaded = load(schema, environ=environ)

    assert loaded.settings.main.exchange_name == "DERIBIT"


def test_a_schema_of_defaults_needs_nothing():
    """An empty file is in order where nothing is required."""

    class Small(Settings):
        """Nothing needed."""

        number: int = 1

    assert load(Small, environ={}).settings == Small()


def test_a_rule_over_a_whole_section_is_told_with_the_section(write):
    """Two settings that contradict each other have one place in common."""

    class Range(Settings):
        """From and to."""

        low: int
        high: int

        @model_validator(mode="after")
        def _in_order(self):
            if self.low > self.high:
                raise ValueError(f"low is not above high: low={self.low}, high={self.high}")
            return self

    class Ranged(Settings):
        """A section with a rule, and a key above all sections."""

        range: Range
        name: str = "x"

    with pytest.raises(ConfigError, match=r"^low is not above high: low=2, high=1 \(\[RANGE\], x"):
        load(Ranged, write("[RANGE]\nLOW=2\nHIGH=1\n"), environ={})


def test_a_key_above_all_sections_is_missed_as_a_key():
    """YAML and the environment can set one."""

    class Flat(Settings):
        """One key."""

        names: tuple[str, ...]

    with pytest.raises(ConfigError, match=r"^missing key \(NAMES, defaults\)$"):
        load(Flat, environ={})


def test_overrides_alone_are_checked(schema):
    """Without a file, what is wrong with them is told with what is missing."""
    environ = {"TRADECORE__MAIN__EXCHANGE_NAME": "DERIBIT", "TRADECORE__MAIN__API_KEY": "k3y-for-x"}

    with pytest.raises(ConfigError, match=r"^an override is section\.key=value: 'x' \(command"):
        load(schema, environ=environ, overrides=["x"])


def test_settings_are_fixed(read):
    """What was checked stays as it was checked."""
    loaded = read(MAIN).settings

    with pytest.raises(ValueError, match="frozen"):
        loaded.limits.timeout = 1


def test_a_refusal_can_be_read_by_programs():
    """Problems keep their parts."""
    problem = Problem("rule", Place("x.ini", 3, "A", "B"))

    assert ConfigError([problem]).problems == (problem,)
    assert str(ConfigError([problem])) == "rule ([A] B, x.ini:3)"
    assert str(ConfigError([problem, problem])).count("\n  rule") == 2
