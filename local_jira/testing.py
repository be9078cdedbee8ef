"""Runs a local Jira inside a test: on a free port, in a thread, with data that goes away."""

import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local_jira.server import build_server, listen
from local_jira.settings import LocalJiraSettings

Json = dict[str, Any]
START_TIMEOUT_SECONDS = 20.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak to 127.0.0.1 without TLS: to load certificates takes longer than a call."""


@dataclass
class RunningLocalJira:
    """A site that runs for a test. `admin_auth` and `bot_auth` are (e-mail, token) pairs."""

    url: str
    data_dir: Path
    admin_auth: tuple[str, str] = ("admin@followthrough.example", "local-admin-token")
    bot_auth: tuple[str, str] = ("followthrough-bot@followthrough.example", "local-bot-token")
    mode: str = "cloud"

    def client(self, auth: tuple[str, str] | None = None) -> httpx.Client:
        """An HTTP client that acts as the bot, or as somebody else."""
        return httpx.Client(
            base_url=self.url,
            auth=auth or self.bot_auth,
            timeout=30,
            trust_env=False,
            verify=PLAIN,
        )

    def auth_of(self, name: str) -> tuple[str, str]:
        """How a person of the default seed signs in, by first name (`ada`): by address or name."""
        emails = {
            "ada": "ada.agent", "omar": "omar.owner", "lena": "lena.lead", "fay": "fay.finance", "finn": "finn.finance",
            "sam": "sam.security", "eve": "eve.executive", "petra": "petra.product",
        }  # fmt: skip
        if self.mode == "datacenter":
            surname = "customer" if name == "cora" else emails[name].partition(".")[2]
            return f"{name}-{surname}", f"local-{name}"
        if name == "cora":
            return "cora.customer@customers.example", "local-cora"
        return f"{emails[name]}@followthrough.example", f"local-{name}"

    def journal(self, since_id: int = 0) -> list[Json]:
        """The requests after a line of the journal."""
        return list(self._local("GET", f"journal?since_id={since_id}&limit=100000")["requests"])

    def journal_position(self) -> int:
        """The last line's id, to start counting from."""
        return int(self._local("GET", "journal?limit=0")["lastId"])

    def counts(self, since_id: int = 0) -> dict[str, int]:
        """How many requests each "METHOD endpoint" had after a line of the journal."""
        counted = self._local("GET", f"journal?since_id={since_id}&limit=0")["counts"]
        return {f"{line['method']} {line['endpoint']}": line["requests"] for line in counted}

    def add_fault(self, **rule: Any) -> Json:
        """Let the next matching calls fail; see `local_jira.faults.FaultRule`."""
        return self._local("POST", "faults", rule)

    def clear_faults(self) -> None:
        """Lift all faults."""
        self._local("DELETE", "faults")

    def set_limits(self, **limits: Any) -> None:
        """Put rate limits in force; see `local_jira.limits.Limits`."""
        self._local("PUT", "limits", limits)

    def lift_limits(self) -> None:
        """No rate limits any more."""
        self._local("DELETE", "limits")

    def deliveries(self, since_id: int = 0) -> list[Json]:
        """The webhooks sent or waiting."""
        return list(
            self._local("GET", f"deliveries?since_id={since_id}&limit=100000")["deliveries"]
        )

    def send_again(self, delivery_id: int) -> None:
        """Deliver a webhook once more."""
        self._local("POST", f"deliveries/{delivery_id}/send-again")

    def reset(self) -> None:
        """Back to the seed."""
        self._local("POST", "reset")

    def _local(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = httpx.request(
            method,
            f"{self.url}/__local__/{path}",
            json=body,
            timeout=30,
            trust_env=False,
            verify=PLAIN,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else {}


@contextmanager
def running_local_jira(data_dir: Path | None = None, **settings: Any) -> Iterator[RunningLocalJira]:
    """Run a site on a free port of 127.0.0.1 until the block ends.

    Without `data_dir` the data lives in a temporary directory. Other settings are those of
    `LocalJiraSettings`; webhooks are retried after milliseconds instead of minutes unless
    `webhook_retry_scale` says otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="local-jira-") as temporary:
        directory = data_dir or Path(temporary)
        listener = listen("127.0.0.1", settings.pop("port", 0))
        chosen = LocalJiraSettings(
            data_dir=directory,
            port=listener.getsockname()[1],
            **{"webhook_retry_scale": 0.0001, **settings},
        )
        server = build_server(chosen)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="local-jira-server", daemon=True
        )
        thread.start()
        try:
            deadline = time.monotonic() + START_TIMEOUT_SECONDS
            while not server.started:
                if not thread.is_alive() or time.monotonic() > deadline:
                    raise RuntimeError("the local Jira did not start; see the log above")
                time.sleep(0.005)
            yield RunningLocalJira(chosen.base_url, directory, mode=chosen.mode)
        finally:
            server.should_exit = True
            thread.join(START_TIMEOUT_SECONDS)
            listener.close()
