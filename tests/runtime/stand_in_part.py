"""Small stand-ins for parts of the local stack: `python stand_in_part.py KIND …`.

`web` serves an empty page and keeps webhooks in memory, `dies` ends with a last word, `stubborn`
ignores SIGTERM.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOOKS: dict[str, dict[str, object]] = {}


class Page(BaseHTTPRequestHandler):
    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._answer(200, list(HOOKS.values()) if "webhook" in self.path else {})

    def do_POST(self) -> None:
        hook = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = str(len(HOOKS) + 1)
        address = f"http://127.0.0.1:{self.server.server_address[1]}{self.path}/{number}"
        HOOKS[self.path + "/" + number] = {**hook, "self": address}
        self._answer(201, HOOKS[self.path + "/" + number])

    def do_DELETE(self) -> None:
        HOOKS.pop(self.path, None)
        self._answer(204, None)

    def log_message(self, *_: object) -> None:
        pass


def web(port: int) -> None:
    ThreadingHTTPServer(("127.0.0.1", port), Page).serve_forever()


def main() -> None:
    match sys.argv[1]:
        case "web":
            web(int(os.environ.get(sys.argv[2], sys.argv[2]).rpartition(":")[2]))
        case "dies":
            sys.stdout.write("the disk is full\n")
            sys.exit(7)
        case "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            time.sleep(60)


if __name__ == "__main__":
    main()
