"""Looking for themes can be measured; the figures themselves are of the machine and not tested."""

from __future__ import annotations

import pytest

from bench import themes


def test_the_made_up_problems_are_found_so_that_something_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(themes, "SIZES", (1_000,))
    (measured,) = themes.measure_themes()
    assert themes.PROBLEMS * 0.9 <= measured.themes <= themes.PROBLEMS * 1.1
