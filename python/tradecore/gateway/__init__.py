"""The venue's front door: HTTP and WebSocket before a `VenueService`; it knows no matching."""
