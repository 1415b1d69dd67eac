"""Who is let in: signatures over raw bytes, time windows, permissions, limits."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from support.binance_desk import KEY, SECRET, Desk
from tradecore.core import InputError
from tradecore.sign import Ed25519Key
from tradecore.simulation.binance import LimitSettings

BALANCE = "/fapi/v3/balance"
PRIVATE_PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n"
)


def public_pem(key):
    """Return the public half of a key as text."""
    raw = bytes.fromhex("302a300506032b6570032100" + key.public_key)
    body = base64.b64encode(raw).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


def code_of(response):
    """Return status and code of a refusal."""
    return response.status, json.loads(response.body).get("code")


@pytest.mark.parametrize(
    "split",
    [
        pytest.param(lambda text: {"query": text}, id="query"),
        pytest.param(lambda text: {"body": text}, id="body"),
    ],
)
def test_a_signature_covers_the_bytes_as_sent(desk, split):
    """Parameters in the query or in the form are verified without decoding them first."""
    text = f"batchOrders=%5B%2C+%5D&timestamp={desk.now_ms}"
    text += "&signature=" + desk.sign(text).upper()
    assert desk.raw("GET", BALANCE, **split(text)).status == 200


def test_query_and_body_are_signed_together_without_a_separator(desk):
    """The payload is the query followed by the body; the signature may stand anywhere."""
    query, body = f"timestamp={desk.now_ms}", "recvWindow=5000"
    signature = desk.sign(query + body)
    answer = desk.raw("GET", BALANCE, query=f"signature={signature}&{query}", body=body)
    assert answer.status == 200


def test_an_ed25519_key_signs_requests():
    """The signature is base64, percent-encoded, by the key whose public half is registered."""
    key = Ed25519Key(PRIVATE_PEM)
    desk = Desk(keys={"ed": SecretStr(public_pem(key))})
    text = f"timestamp={desk.now_ms}"
    signed = f"{text}&signature={quote(key.sign(text), safe='')}"
    assert desk.raw("GET", BALANCE, query=signed, key="ed").status == 200
    wrong = f"{text}0&signature={quote(key.sign(text), safe='')}"
    assert code_of(desk.raw("GET", BALANCE, query=wrong, key="ed")) in {(400, -1022), (400, -1021)}


@pytest.mark.parametrize(
    ("key", "params", "expected"),
    [
        pytest.param(None, {}, (401, -2014), id="no-key"),
        pytest.param("not a key", {}, (401, -2014), id="garbled-key"),
        pytest.param("stranger", {}, (401, -2015), id="unknown-key"),
        pytest.param(KEY, {"signature": "00"}, (400, -1022), id="wrong-signature"),
        pytest.param(KEY, {"shift": -5_001}, (400, -1021), id="too-old"),
        pytest.param(KEY, {"shift": 1_000}, (400, -1021), id="ahead"),
        pytest.param(KEY, {"recvWindow": 60_001}, (400, -1131), id="window-too-long"),
        pytest.param(KEY, {"timestamp": ""}, (400, -1102), id="no-timestamp"),
    ],
)
def test_what_is_wrong_is_said_in_the_documented_order(desk, key, params, expected):
    """Key before time, time before signature; each has its code."""
    text = f"timestamp={desk.now_ms + params.pop('shift', 0)}"
    if "timestamp" in params:
        text = "a=1"
        params.pop("timestamp")
    signature = params.pop("signature", None)
    text += "".join(f"&{name}={value}" for name, value in params.items())
    text += f"&signature={signature or desk.sign(text)}"
    assert code_of(desk.raw("GET", BALANCE, query=text, key=key)) == expected


def test_a_window_holds_from_its_last_millisecond_to_just_under_a_second_ahead(desk):
    """`now - timestamp <= recvWindow` and `timestamp < now + 1000` are let in."""
    for shift in (-5_000, 999):
        assert desk.signed("GET", BALANCE, timestamp=desk.now_ms + shift).status == 200


def test_weight_is_counted_by_address_and_told(desk):
    """The used weight grows by each request's own, and begins again with the minute."""
    desk.raw("GET", "/fapi/v1/depth", query="symbol=BTCUSDT&limit=1000")
    answer = desk.raw("GET", "/fapi/v1/ping")
    assert answer.headers["X-MBX-USED-WEIGHT-1M"] == "21"
    desk.now_ns += 60_000_000_000
    assert desk.raw("GET", "/fapi/v1/ping").headers["X-MBX-USED-WEIGHT-1M"] == "1"


def test_who_ignores_429_is_banned_with_418():
    """Over the weight 429 with Retry-After, then 418 until the ban is over."""
    desk = Desk(limits=LimitSettings(weight=2, patience=2, ban_s=120))
    statuses = [desk.raw("GET", "/fapi/v1/ping").status for _ in range(6)]
    assert statuses == [200, 200, 429, 429, 418, 418]
    banned = desk.raw("GET", "/fapi/v1/ping")
    assert int(banned.headers["Retry-After"]) == 120
    assert "banned until" in json.loads(banned.body)["msg"]
    assert desk.raw("GET", "/fapi/v1/ping", peer="10.0.0.9").status == 200
    desk.now_ns += 121_000_000_000
    assert desk.raw("GET", "/fapi/v1/ping").status == 200


def test_orders_are_counted_by_account():
    """Too many orders are refused with -1015, and a good one tells both counts."""
    desk = Desk(limits=LimitSettings(orders_ten_s=1))
    first = desk.signed(
        "POST",
        "/fapi/v1/order",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        timeInForce="GTC",
        quantity="0.01",
        price="59000",
    )
    assert first.headers["X-MBX-ORDER-COUNT-10S"] == "1"
    assert first.headers["X-MBX-ORDER-COUNT-1M"] == "1"
    assert desk.order()["code"] == -1015
    assert desk.other("BUY", "0.01", "59000")["status"] == "NEW"


def test_an_unknown_path_is_not_found(desk):
    """404 stands before any question of keys."""
    assert desk.raw("GET", "/fapi/v1/nothing", key=None).status == 404


def test_keys_are_not_shown(desk):
    """Neither the table nor a key's text holds its secret."""
    assert SECRET not in repr(desk.exchange)


#: Two known primes make a key that is nobody's: 2^521 - 1 and 2^607 - 1.
PRIMES = (2**521 - 1, 2**607 - 1)
EXPONENT = 65_537


def tagged(tag, value):
    """Return a value as DER writes it."""
    size = len(value)
    if size < 128:
        return bytes([tag, size]) + value
    count = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | count]) + size.to_bytes(count, "big") + value


def rsa_pem(modulus=PRIMES[0] * PRIMES[1], exponent=EXPONENT, *, cut=0):
    """Return an RSA public key as text, less its last bytes."""
    numbers = b"".join(
        tagged(0x02, one.to_bytes(one.bit_length() // 8 + 1, "big")) for one in (modulus, exponent)
    )
    name = tagged(0x06, bytes.fromhex("2a864886f70d010101")) + tagged(0x05, b"")
    der = tagged(0x30, tagged(0x30, name) + tagged(0x03, b"\0" + tagged(0x30, numbers)))
    body = base64.b64encode(der[: len(der) - cut]).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


def rsa_sign(text):
    """Return the signature of a text by that key."""
    modulus, secret = PRIMES[0] * PRIMES[1], (PRIMES[0] - 1) * (PRIMES[1] - 1)
    size = (modulus.bit_length() + 7) // 8
    digest = bytes.fromhex("3031300d060960864801650304020105000420")
    digest += hashlib.sha256(text.encode()).digest()
    block = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    number = pow(int.from_bytes(block, "big"), pow(EXPONENT, -1, secret), modulus)
    return base64.b64encode(number.to_bytes(size, "big")).decode()


def test_an_rsa_key_signs_requests_and_messages():
    """PKCS #1 v1.5 over SHA-256, in base64; the request channel is signed, not logged on to."""
    desk = Desk(keys={"rsa": SecretStr(rsa_pem())})
    text = f"timestamp={desk.now_ms}"
    signature = rsa_sign(text)
    signed = f"{text}&signature={quote(signature, safe='')}"
    assert desk.raw("GET", BALANCE, query=signed, key="rsa").status == 200
    other = f"{text}&recvWindow=5000&signature={quote(signature, safe='')}"
    assert code_of(desk.raw("GET", BALANCE, query=other, key="rsa")) == (400, -1022)
    for odd in ("AAAA", "x", "", "é"):
        wrong = f"{text}&signature={quote(odd, safe='')}"
        assert code_of(desk.raw("GET", BALANCE, query=wrong, key="rsa")) == (400, -1022)
    line = desk.listen("/ws-fapi/v1")
    params = {"apiKey": "rsa", "timestamp": desk.now_ms}
    params["signature"] = rsa_sign(f"apiKey=rsa&timestamp={desk.now_ms}")
    (answer,) = desk.say(line, {"id": 1, "method": "account.balance", "params": params})
    assert answer["status"] == 200
    (answer,) = desk.say(line, {"id": 2, "method": "session.logon", "params": params})
    assert answer["error"]["code"] == -1020


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        pytest.param(rsa_pem(cut=40), "it ends too soon", id="cut"),
        pytest.param(rsa_pem(PRIMES[0]), "1024 bits or more: 521", id="short"),
        pytest.param(rsa_pem(exponent=1), "1024 bits", id="exponent"),
        pytest.param(rsa_pem().replace("M", "!", 1), "base64", id="not-base64"),
    ],
)
def test_a_public_key_that_is_none_is_refused(pem, words):
    """The exchange does not open with a key that nobody can sign for."""
    with pytest.raises(InputError, match=words):
        Desk(keys={"rsa": SecretStr(pem)})


def test_who_is_logged_on_need_not_sign():
    """An Ed25519 key logs the channel on; the time is still needed, and logging off ends it."""
    key = Ed25519Key(PRIVATE_PEM)
    desk = Desk(keys={"ed": SecretStr(public_pem(key))})
    line = desk.listen("/ws-fapi/v1")

    def say(method, **params):
        (answer,) = desk.say(line, {"id": 1, "method": method, "params": params})
        return answer

    params = {"apiKey": "ed", "timestamp": desk.now_ms}
    text = f"apiKey=ed&timestamp={desk.now_ms}"
    assert say("session.logon", **params, signature=key.sign(text + "0"))["status"] == 400
    logged = say("session.logon", **params, signature=key.sign(text))
    assert logged["result"]["apiKey"] == "ed"
    terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    terms |= {"quantity": "0.010", "price": "59000", "timestamp": desk.now_ms}
    assert say("order.place", **terms)["result"]["status"] == "NEW"
    assert say("order.place", **{**terms, "timestamp": 1})["error"]["code"] == -1021
    assert say("account.balance")["error"]["code"] == -1102
    assert say("session.logout")["result"]["apiKey"] is None
    assert say("order.place", **terms)["error"]["code"] == -2014


def test_a_malformed_parameter_is_named(desk):
    """The text says which one, not of which type it should have been."""
    answer = desk.ask("POST", "/fapi/v1/positionSide/dual", dualSidePosition="odd")
    assert "'dualSidePosition'" in answer["msg"]
