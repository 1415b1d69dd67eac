"""The edge to the network: venues by WebSocket and HTTP, our own processes by ZeroMQ."""
