"""What each route is for and what each role may do, said once more, by hand."""

from __future__ import annotations

from tradecore.identity import Role

PUBLIC, ANYBODY, OPS_OR_HERE = "public", "anybody", "ops, or nobody on this machine"
#: What each route is for, said here once more, by hand: a scope, anybody with a token, everybody,
#: or who may look after the venue, to which whoever is on its machine and shows nothing belongs.
ROUTES = {
    ("POST", "/api/trading/orders"): "orders:write",
    ("PATCH", "/api/trading/orders/{orderId}"): "orders:write",
    ("DELETE", "/api/trading/orders/{orderId}"): "orders:write",
    ("GET", "/api/trading/orderbook/{symbol}"): PUBLIC,
    ("GET", "/api/orders"): "orders:read",
    ("GET", "/api/orders/{orderId}"): "orders:read",
    ("GET", "/api/positions"): "positions:read",
    ("GET", "/api/positions/portfolio/summary"): "positions:read",
    ("GET", "/api/risk/metrics"): "risk:read",
    ("GET", "/api/risk/limits"): "risk:read",
    ("PUT", "/api/risk/limits"): "risk:write",
    ("PATCH", "/api/risk/limits"): "risk:write",
    ("POST", "/api/v1/trading/risk/check"): "risk:read",
    ("GET", "/api/v1/trading/users/{user_id}/risk-profile"): "risk:read",
    ("POST", "/api/v1/trading/orders"): "orders:write",
    ("GET", "/api/v1/trading/orders/{order_id}"): "orders:read",
    ("DELETE", "/api/v1/trading/orders/{order_id}"): "orders:write",
    ("GET", "/api/v1/trading/trades"): "market:read",
    ("GET", "/api/v1/trading/users/{user_id}/trades"): "orders:read",
    ("GET", "/api/v1/trading/prices/{symbol}"): PUBLIC,
    ("POST", "/auth/token"): PUBLIC,
    ("POST", "/auth/refresh"): PUBLIC,
    ("POST", "/auth/revoke"): ANYBODY,
    ("GET", "/health"): PUBLIC,
    ("GET", "/health/ready"): PUBLIC,
    ("GET", "/health/live"): PUBLIC,
    ("GET", "/health/detailed"): OPS_OR_HERE,
    ("GET", "/metrics"): OPS_OR_HERE,
    ("GET", "/metrics/performance"): "ops",
    ("GET", "/admin/queue-status"): "ops",
    ("GET", "/admin/status"): "ops",
    ("POST", "/admin/reset-circuit-breaker"): "admin",
    ("POST", "/admin/gc"): "admin",
    ("GET", "/admin/logs"): "admin",
    ("POST", "/admin/kill-switch"): "risk:kill",
    ("GET", "/admin/instruments"): "ops",
    ("PUT", "/admin/instruments/{symbol}/state"): "admin",
    ("PATCH", "/admin/instruments/{symbol}"): "admin",
    ("GET", "/admin/accounts"): "accounts:read",
    ("POST", "/admin/accounts/{account}/deposits"): "admin",
    ("POST", "/admin/accounts/{account}/withdrawals"): "admin",
    ("GET", "/admin/accounts/{account}/statement"): "accounts:read",
    ("GET", "/admin/accounts/{account}/positions"): "accounts:read",
    ("GET", "/admin/users"): "admin",
    ("POST", "/admin/users"): "admin",
    ("PATCH", "/admin/users/{user_id}"): "admin",
    ("GET", "/admin/users/{user_id}/keys"): "admin",
    ("POST", "/admin/users/{user_id}/keys"): "admin",
    ("DELETE", "/admin/keys/{key_id}"): "admin",
}
READS = {"orders:read", "positions:read", "market:read", "risk:read", "settlement:read"}
#: What each role may do, by hand as well.
MAY = {
    Role.VIEWER: READS,
    Role.TRADER: READS | {"orders:write"},
    Role.MARKET_MAKER: READS | {"orders:write"},
    Role.RISK_MANAGER: READS | {"accounts:read", "risk:write", "risk:kill"},
    Role.COMPLIANCE: READS | {"accounts:read"},
    Role.SETTLEMENT_OPS: {"market:read"},
    Role.OPERATOR: {"market:read", "ops", OPS_OR_HERE},
    Role.ADMIN: {scope for scope in ROUTES.values() if scope not in {PUBLIC, ANYBODY}},
}
