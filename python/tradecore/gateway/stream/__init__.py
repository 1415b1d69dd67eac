"""Channels over WebSocket: a snapshot, then every change with its number."""
