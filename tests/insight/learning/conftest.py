from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lessons import lesson

from insight.learning.classifier import TrainedClassifier
from insight.learning.training import train


@pytest.fixture(scope="session")
def by_words() -> TrainedClassifier:
    """A model that was learnt by words alone."""
    texts, labels = lesson()
    return train(texts, labels, None)
