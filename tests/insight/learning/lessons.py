"""Made-up texts with labels, enough to learn from in a second or two."""

from __future__ import annotations

_OPENINGS = ("Hello,", "Again:", "Since Monday", "Dear team,", "Honestly", "On my tablet")
_SAID = {
    "refund": ("I want my money back", "please refund the order", "refund me for the lamp"),
    "crash": ("the app crashes at start", "it crashed while saving", "crash on the second page"),
    "praise": ("lovely work, thank you", "what a great update, thank you", "I love the new look"),
}


def lesson() -> tuple[list[str], list[str]]:
    """Texts and their labels."""
    pairs = [
        (f"{opening} {said}", label)
        for opening in _OPENINGS
        for label, sayings in _SAID.items()
        for said in sayings
    ]
    return [text for text, _ in pairs], [label for _, label in pairs]
