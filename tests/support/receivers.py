"""The other side of reminders: a program that takes HTTP, and a mail server that takes SMTP, both on this machine."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl


class Program(ThreadingHTTPServer):
    """Keeps what it is told, ``posts`` with headers and bytes; ``status``, ``answer`` and ``headers``: what it says."""

    daemon_threads = True

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.headers: dict[str, str] = {}
        self.status, self.answer, self.cut = 200, b"{}", False
        super().__init__(("127.0.0.1", 0), _Taken)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/told"

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Taken(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Program)
        body = self.rfile.read(int(self.headers["content-length"]))
        server.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
        server.heard.append({**_read(body, self.headers["content-type"] or ""), "path": self.path})
        self._answer(server)

    def do_GET(self) -> None:
        assert isinstance(self.server, Program)
        self._answer(self.server)

    def _answer(self, server: Program) -> None:
        server.tokens.append(self.headers["authorization"])
        if server.cut:  # taken, and no answer
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(server.status)
        for name, value in {"content-length": str(len(server.answer)), **server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(server.answer)

    def log_message(self, *_arguments: object) -> None:
        """Keep still."""


def _read(body: bytes, kind: str) -> dict[str, Any]:
    if "urlencoded" in kind:
        return dict(parse_qsl(body.decode()))
    payload: dict[str, Any] = json.loads(body)
    return payload


class Mail(socketserver.ThreadingTCPServer):
    """Keeps each message with its recipients; ``refusing``: takes none."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refusing = False
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.server_address[1]}?mode=insecure&from=nianjian@example.com"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, Mail)
        self._say(b"220 here")
        recipients: list[str] = []
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"RCPT":
                recipients.append(line.decode().partition("<")[2].partition(">")[0])
                self._say(b"550 no" if server.refusing else b"250 ok")
            elif word == b"DATA":
                self._say(b"354 go on")
                server.taken.append((recipients, self._message()))
                self._say(b"250 taken")
            elif word == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    def _message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def _say(self, text: bytes) -> None:
        self.wfile.write(text + b"\r\n")


@contextmanager
def served(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve until the block ends."""
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
