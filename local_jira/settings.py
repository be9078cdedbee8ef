"""What a local Jira needs to know before it starts."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from local_jira.limits import Limits

_PATH_PART = re.compile(r"[A-Za-z0-9._-]+")
DEFAULT_SEED = Path(__file__).parent / "seed" / "default.json"


class LocalJiraSettings(BaseModel):
    """Settings of one local Jira; everything has a default that suits trying out.

    `data_dir` holds the SQLite file; the seed fills it only when the file is new.
    `webhook_retry_scale` multiplies Jira's own delays of 5 to 15 minutes between retries.
    `search_lag_seconds` is how late the search index follows a write.
    `mode` chooses between Jira Cloud and Jira Data Center 9. `limits` are off unless asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path
    seed: Path = DEFAULT_SEED
    mode: Literal["cloud", "datacenter"] = "cloud"
    limits: Limits = Limits()
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    context_path: str = ""
    webhook_retry_scale: float = Field(default=0.01, ge=0, allow_inf_nan=False)
    webhook_timeout_seconds: float = Field(default=20.0, gt=0)
    webhook_connect_timeout_seconds: float = Field(default=5.0, gt=0)
    search_lag_seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    max_body_bytes: int = Field(default=10_000_000, gt=0)
    max_threads: int = Field(default=16, gt=0)

    @field_validator("context_path")
    @classmethod
    def _is_path(cls, value: str) -> str:
        """Without the slash at its end; dots alone would be taken out of it by every client."""
        parts = value.rstrip("/").split("/")
        whole = all(_PATH_PART.fullmatch(part) and part.strip(".") for part in parts[1:])
        if parts[0] or not whole:
            raise ValueError("must be a path such as /jira")
        return "/".join(parts)

    @property
    def is_datacenter(self) -> bool:
        """Whether this stands for Jira Data Center."""
        return self.mode == "datacenter"

    @property
    def base_url(self) -> str:
        """The address under which `self` links and webhooks name this site."""
        return f"http://{self.host}:{self.port}{self.context_path}"

    @property
    def database_file(self) -> Path:
        """The one SQLite file that holds everything."""
        return self.data_dir / "local_jira.sqlite3"
