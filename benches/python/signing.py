"""What a signature costs, each checked against another way to make it before it is timed."""

from __future__ import annotations

import hmac
import statistics
import timeit

from tradecore import sign

ROUNDS = 25
MESSAGE = ("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=9000&" * 3)[:200]
KEY = "a secret of ordinary length, as venues give them to those who trade"
ORDER = {
    "chain_id": 326,
    "sub_account_id": 42,
    "instrument_hash": "0x030501",
    "base_decimals": 9,
    "side": "buy",
    "quantity": "0.25",
    "price": "68900.5",
    "nonce": 7,
    "expiration_ns": 1_900_000_000_000_000_000,
}


def medians_ns(statements: list[str], names: dict[str, object], calls: int) -> list[float]:
    """Return the median time of a call of each statement, all of them in every round."""
    timers = [timeit.Timer(statement, globals=names) for statement in statements]
    rounds = [[timer.timeit(calls) / calls * 1e9 for timer in timers] for _ in range(ROUNDS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def hmac_rows(algorithm: str) -> list[dict[str, object]]:
    """Measure a prepared key beside the fastest way of the standard library, and a key a call."""
    message = MESSAGE.encode()
    prepared = hmac.new(KEY.encode(), digestmod=algorithm)

    def copied() -> str:
        signing = prepared.copy()
        signing.update(message)
        return signing.hexdigest()

    def anew() -> str:
        return hmac.new(KEY.encode(), message, algorithm).hexdigest()

    key = sign.HmacKey(KEY, algorithm=algorithm)
    once = getattr(sign, f"hmac_{algorithm}")
    assert key.sign(MESSAGE) == once(KEY, MESSAGE) == copied() == anew()

    names = {"key": key, "once": once, "copied": copied, "anew": anew}
    names |= {"message": MESSAGE, "secret": KEY}
    statements = ["key.sign(message)", "copied()", "once(secret, message)", "anew()"]
    times = medians_ns(statements, names, calls=10_000)
    return [
        {
            "name": f"hmac-{algorithm} of 200 bytes, {how}",
            "value": ours,
            "unit": "ns",
            "baseline_name": f"hmac of the standard library, {how}",
            "baseline_value": theirs,
            "ratio": theirs / ours,
        }
        for how, ours, theirs in (
            ("key prepared", times[0], times[1]),
            ("key each time", times[2], times[3]),
        )
    ]


def run() -> list[dict[str, object]]:
    """Measure HMAC beside the standard library; Ed25519 and typed data, which it lacks, alone."""
    ed25519 = sign.Ed25519Key("9d" * 32)
    wallet = sign.Eip712Key("07" * 32)
    assert sign.ed25519_verify(ed25519.public_key, MESSAGE, ed25519.sign(MESSAGE))
    signed = sign.eip712_order(wallet, **ORDER)
    recovered = sign.eip712_recover(signed.digest, r=signed.r, s=signed.s, v=signed.v)
    assert recovered == wallet.address

    names = {"ed25519": ed25519, "sign": sign, "wallet": wallet, "order": ORDER}
    names |= {"message": MESSAGE}
    statements = ["ed25519.sign(message)", "sign.eip712_order(wallet, **order)"]
    alone = ("ed25519 of 200 bytes, key prepared", "eip-712 order of GRVT, key prepared")
    times = medians_ns(statements, names, calls=100)
    return [
        *hmac_rows("sha256"),
        *hmac_rows("sha512"),
        *(
            {
                "name": name,
                "value": time / 1e3,
                "unit": "µs",
                "baseline_name": None,
                "baseline_value": None,
                "ratio": None,
            }
            for name, time in zip(alone, times, strict=True)
        ),
    ]
