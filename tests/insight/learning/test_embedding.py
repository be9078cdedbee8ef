from __future__ import annotations

import hashlib

from insight.learning.embedding import VOCABULARY


def test_the_word_list_is_the_published_one_line_for_line():
    digest = hashlib.sha256(VOCABULARY.read_bytes()).hexdigest()
    assert digest == "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3", (
        "each word's line is its number in the model; put the published list back"
    )
    assert digest in VOCABULARY.with_suffix(".NOTICE.md").read_text()
