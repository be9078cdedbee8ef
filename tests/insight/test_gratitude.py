from __future__ import annotations

import pytest

from insight.gratitude import is_gratitude


@pytest.mark.parametrize(
    "text",
    [
        "Thank you!",
        "thanks",
        "THANKS SO MUCH!!!",
        "Thanks Anna, works now :)",
        "Perfect, thank you very much for your quick help.",
        "Thank you so much.\n\nBest regards,\nJohn Smith",
        "Great, thanks again 👍",
        "ty",
        "[~accountid:5b10a2844c20165700ede21g] thank you!",
        "@anna thanks",
        "Much appreciated",
        "Vielen Dank für die schnelle Hilfe!",
        "Danke, hat geklappt",
        "Merci beaucoup pour votre aide",
        "¡Muchas gracias!",
        "Grazie mille",
        "Obrigado, tudo certo agora",
        "Bedankt voor je hulp",
        "Tack så mycket",
        "Dziękuję bardzo za pomoc",
        "Спасибо большое!",
        "Спасибо, всё работает",
        "ありがとうございます。",
        "ありがとうございました！解決しました。",
        "谢谢您！",
        "감사합니다",
    ],
)
def test_a_mere_thank_you_is_recognised(text):
    assert is_gratitude(text), "this only thanks: it must not start a clock"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Thanks but it still fails",
        "Thanks, still broken",
        "Thanks for nothing",
        "Thanks. Broken again",
        "thanks, problem again",
        "Thanks Nothing works",
        "Thank you. When do I get my refund?",
        "Thank you, please also cancel my plan",
        "Thanks! One more thing: the export is empty",
        "Thanks, I will try it tomorrow and tell you whether it works",
        "thanks " * 100,
        "No thanks to you I lost my data",
        "Danke, aber es geht noch nicht",
        "Merci, ça ne marche pas",
        "Gracias, pero sigue fallando",
        "ありがとうございますが、まだ動きません",
        "谢谢，但是还是不行",
        "감사합니다만 아직 안 됩니다",
        "It works now",
        "tyranny",
        "thanks, is it fixed now",
        "Thank you, we have to have it all fixed now",
        "Thanks, it was working",
    ],
)
def test_in_doubt_it_is_not_a_mere_thank_you(text):
    assert not is_gratitude(text), "somebody waits for an answer to this"
