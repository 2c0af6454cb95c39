"""A switch that speaks plain text: it greets, and says one answer to each question, which a blank line ends."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


@contextmanager
def speaking(greeting: bytes, *answers: bytes) -> Iterator[int]:
    """Its port; after the last answer it closes the connection."""

    class One(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(greeting)
            for one in answers:
                while (line := self.rfile.readline()) not in {b"\r\n", b"\n", b""}:
                    pass
                if not line:
                    return
                self.wfile.write(one)

    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), One) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
