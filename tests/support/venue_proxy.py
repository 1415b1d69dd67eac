"""A local exchange whose answers to some requests are a test's, over a socket of its own."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

KEPT = ("content-type", "x-mbx-used-weight-1m", "x-mbx-order-count-1m", "retry-after")


@contextlib.contextmanager
def venue_proxy(venue, answers):
    """Pass requests on to an exchange; gives the address and how often each was asked.

    Args:
        venue: The exchange.
        answers: By method and path what is answered instead, as status and JSON text: one after
            the other, and then what the exchange says; the last one for good if it is `None`.
    """
    asked = defaultdict(int)
    waiting = {call: list(said) for call, said in answers.items()}

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            call = f"{self.command} {self.path.partition('?')[0]}"
            asked[call] += 1
            said = waiting.get(call) or []
            if said:
                status, body = said[0]
                if said[1:] != [None]:
                    said.pop(0)
                self.reply(status, body.encode(), {"content-type": "application/json"})
                return
            with httpx.Client(trust_env=False) as client:
                passed = client.request(
                    self.command,
                    f"{venue.rest}{self.path}",
                    headers={k: v for k, v in self.headers.items() if k.lower().startswith("x-")},
                )
            kept = {name: passed.headers[name] for name in KEPT if name in passed.headers}
            self.reply(passed.status_code, passed.content, kept)

        do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815 - the library's names

        def reply(self, status, body, headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
