"""Asks a language model where triage is unsure, within a budget and for a bounded time.

The model is somewhere else, costs money and may be down, so nothing depends on it: whatever goes
wrong, the suggestions are those that triage has anyway. The package that speaks to models takes
seconds to load, and is loaded when the first text is asked about.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog

from activities.receive import Reader
from insight.second_opinion import (
    Opinion,
    instructions,
    is_wanted,
    opinion_type,
    sent,
    with_opinion,
)
from insight.suggest import Suggestions
from ledger.language_model_use import DailyUse, LanguageModelUse
from models.taxonomy import Taxonomy

if TYPE_CHECKING:
    from pydantic_ai.models import Model

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

MOST_OUTPUT_TOKENS = 1_000
"""An opinion takes some 50; models that think aloud first take more."""


@dataclass(frozen=True)
class Limits:
    """What may be spent in a UTC day, and how long an item waits."""

    per_day: DailyUse
    timeout: timedelta


class LanguageModel:
    """A reader that improves the guesses of another one. Safe to share among threads.

    `model` is a name such as `openai:gpt-5-mini`, whose key its provider's package finds in the
    environment, or a model of pydantic-ai.
    """

    def __init__(
        self, local: Reader, model: str | Model, use: LanguageModelUse, limits: Limits
    ) -> None:
        self._local = local
        self._model = model
        self._use = use
        self._limits = limits
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def suggest(self, text: str, taxonomy: Taxonomy) -> Suggestions:
        """What the other reader suggests, and where that is unsure, with the model's guesses."""
        found = self._local(text, taxonomy)
        message = sent(text)
        if not is_wanted(found, taxonomy) or not message.strip():
            return found
        try:
            model = self._ready()
            opinion = self._opinion(model, message, taxonomy)
        except Exception as error:  # whatever a provider's package raises, the item goes on
            # Its words may repeat the customer's, so they are not logged.
            log.warning("language_model_failed", why=type(error).__name__)
            return found
        if opinion is None:
            log.info("language_model_budget_spent")
            return found
        return with_opinion(found, opinion, taxonomy, f"{model.system}:{model.model_name}")

    def _opinion(self, model: Model, message: str, taxonomy: Taxonomy) -> Opinion | None:
        """What the model thinks, or None when the day's budget forbids to ask."""
        from pydantic_ai import Agent, UsageLimits  # noqa: PLC0415 - an extra that takes seconds

        told = instructions(taxonomy)
        # A token is seldom less than a byte of text, so this is more than a call can cost.
        reserved = len((told + message).encode("utf-8", "surrogatepass")) + MOST_OUTPUT_TOKENS
        day = self._use.reserve(reserved, self._limits.per_day)
        if day is None:
            return None
        seconds = self._limits.timeout.total_seconds()
        agent = Agent(
            model,
            output_type=opinion_type(taxonomy),
            instructions=told,
            retries=0,
            model_settings={"max_tokens": MOST_OUTPUT_TOKENS, "timeout": seconds},
        )
        run = self._within(seconds, agent.run(message, usage_limits=UsageLimits(request_limit=1)))
        self._use.settle(day, reserved, run.usage.total_tokens)
        return run.output

    def _ready(self) -> Model:
        """The model, made once: its connections are kept and belong to one event loop."""
        from pydantic_ai.models import infer_model  # noqa: PLC0415 - as above

        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=self._loop.run_forever, name="language-model", daemon=True
                ).start()
            self._model = model = infer_model(self._model)
        return model

    def _within(self, seconds: float, asking: Coroutine[object, object, Answer]) -> Answer:
        """The outcome on the own loop. Raises `TimeoutError`, after which the call is given up."""
        assert self._loop is not None, "made ready before"
        future = asyncio.run_coroutine_threadsafe(asking, self._loop)
        try:
            return future.result(seconds)
        finally:
            future.cancel()
