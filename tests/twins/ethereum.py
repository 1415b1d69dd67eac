"""The slow, obvious twin of `tradecore.sign`'s typed data: Keccak, EIP-712 and ECDSA by the book.

Sources: FIPS 202 (with the padding Keccak had before it), EIP-712, SEC 1 §4.1, RFC 6979.
"""

from __future__ import annotations

import hmac
import re

ROUNDS = 24
MASK = (1 << 64) - 1
P = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GENERATOR = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def _rotate(word, by):
    by %= 64
    return ((word << by) | (word >> (64 - by))) & MASK


def _round_constants():
    """Return the 24 constants of iota, from the 8-bit shift register that defines them."""
    register, constants = 1, []
    for _ in range(ROUNDS):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << (2**power - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


CONSTANTS = _round_constants()


def _permute(lanes):
    for constant in CONSTANTS:
        parity = [
            lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)
        ]
        for x in range(5):
            mixed = parity[x - 1] ^ _rotate(parity[(x + 1) % 5], 1)
            lanes[x] = [lane ^ mixed for lane in lanes[x]]
        x, y, moving = 1, 0, lanes[1][0]
        for step in range(ROUNDS):
            x, y = y, (2 * x + 3 * y) % 5
            moving, lanes[x][y] = lanes[x][y], _rotate(moving, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & MASK & row[(x + 2) % 5])
        lanes[0][0] ^= constant


def keccak(message):
    """Return Keccak-256 of `message` (bytes)."""
    rate = 136
    padded = bytearray(message) + b"\x01" + bytes(-(len(message) + 1) % rate)
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for index in range(rate // 8):
            lane = int.from_bytes(padded[start + 8 * index : start + 8 * index + 8], "little")
            lanes[index % 5][index // 5] ^= lane
        _permute(lanes)
    return b"".join(lanes[index][0].to_bytes(8, "little") for index in range(4))


def _definitions(encode_type):
    """Return `{struct: [(type, name), ...]}` of an encoded type, in its order."""
    found = re.findall(r"(\w+)\(([^)]*)\)", encode_type)
    return {name: [tuple(f.split(" ")) for f in body.split(",")] for name, body in found}


def _type_text(name, definitions):
    used, open_names = set(), [name]
    while open_names:
        for kind, _ in definitions[open_names.pop()]:
            base = kind.removesuffix("[]")
            if base in definitions and base not in used | {name}:
                used.add(base)
                open_names.append(base)
    return "".join(
        f"{struct}({','.join(' '.join(field) for field in definitions[struct])})"
        for struct in [name, *sorted(used)]
    )


def _encode(kind, value, definitions):
    if kind.endswith("[]"):
        return keccak(b"".join(_encode(kind[:-2], item, definitions) for item in value))
    if kind in definitions:
        return _hash_struct(kind, value, definitions)
    if kind == "string":
        return keccak(value.encode())
    if isinstance(value, str):
        value = int(value, 16 if value.startswith("0x") else 10)
    return (int(value) % 2**256).to_bytes(32, "big")


def _hash_struct(name, message, definitions):
    words = [_encode(kind, message[field], definitions) for kind, field in definitions[name]]
    return keccak(keccak(_type_text(name, definitions).encode()) + b"".join(words))


def struct_hash(encode_type, message):
    """Return the hash of `message` (a dict by field) of the first struct of `encode_type`."""
    definitions = _definitions(encode_type)
    return _hash_struct(next(iter(definitions)), message, definitions)


def _add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _multiply(scalar, point):
    product = None
    while scalar:
        if scalar & 1:
            product = _add(product, point)
        point, scalar = _add(point, point), scalar >> 1
    return product


def address(private_key):
    """Return the lower-case address of a private key given as a number."""
    x, y = _multiply(private_key, GENERATOR)
    return "0x" + keccak(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:].hex()


def _nonces(private_key, digest):
    """Yield the candidates of RFC 6979 §3.2 with HMAC-SHA256."""
    reduced = (int.from_bytes(digest, "big") % ORDER).to_bytes(32, "big")
    seed = private_key.to_bytes(32, "big") + reduced
    key, value = bytes(32), b"\x01" * 32
    for tag in (b"\x00", b"\x01"):
        key = hmac.digest(key, value + tag + seed, "sha256")
        value = hmac.digest(key, value, "sha256")
    while True:
        value = hmac.digest(key, value, "sha256")
        yield int.from_bytes(value, "big")
        key = hmac.digest(key, value + b"\x00", "sha256")
        value = hmac.digest(key, value, "sha256")


def sign(private_key, digest):
    """Return `(r, s, v)` of a digest: deterministic, low s, v 27 or 28."""
    z = int.from_bytes(digest, "big") % ORDER
    for nonce in _nonces(private_key, digest):
        if not 0 < nonce < ORDER:
            continue
        x, y = _multiply(nonce, GENERATOR)
        r = x % ORDER
        s = pow(nonce, -1, ORDER) * (z + r * private_key) % ORDER
        if r == 0 or s == 0:
            continue
        odd = y & 1
        return (r, s, 27 + odd) if s <= ORDER // 2 else (r, ORDER - s, 28 - odd)
    raise AssertionError("Invariant: candidates never end")
