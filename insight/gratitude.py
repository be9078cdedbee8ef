"""Is this a mere thank-you? Such a reply asks for nothing and must not start a clock.

In doubt the answer is no: a complaint taken for thanks would wait unseen, while thanks taken for a
question only cost somebody a glance.
"""

from __future__ import annotations

import re

from insight.words import clean

LONGEST = 400
"""Characters. Whoever writes more has something to say."""
MOST_NAMES = 2
"""Words after the thanks or the greeting that may be names."""

_THANKS = (
    "thanks a lot|thanks again|thank you again|again thank you|thank you|thanks|thankyou|thank u|thx|tnx|ty|many thanks|cheers|much appreciated|"
    "i appreciate it|appreciate it|appreciated|grateful|"
    "vielen dank|besten dank|herzlichen dank|danke schön|dankeschön|danke|merci beaucoup|merci|"
    "muchas gracias|mil gracias|gracias|grazie mille|grazie|muito obrigado|muito obrigada|"
    "obrigado|obrigada|dank je wel|dankjewel|dank u wel|dank je|dank u|bedankt|tack så mycket|"
    "tack|tusen takk|mange tak|takk|tak|kiitos|dziękuję bardzo|dziękuję|dzięki|děkuji|díky|"
    "köszönöm|mulțumesc|большое спасибо|спасибо|дякую|teşekkür ederim|teşekkürler|ευχαριστώ"
)
_FILLERS = (
    "a all also am and appreciate are as awesome best bye by care day everyone excellent "
    "everything evening fantastic fast fine fixed for from glad good great guys has "
    "happy hello help helped helpful helping hey hi i i'll i'm is it it's its job just kind "
    "kindly lot love lots many me morning much my nice night no now of ok okay on our perfect "
    "perfectly quick quickly quite reply replying resolved resolving response responding "
    "really regards resolution "
    "so solved solving sorted sorting support swift sincerely team that that's the there this "
    "time too understood us very warm we week weekend weekends well what wonderful "
    "wonderfully work worked working works yes you your yours brilliant amazing super done "
    "cool lovely sir madam mate folks dear assistance attention fixing looking into both ever "
    "schön sehr für die das der ihre ihren eure hilfe antwort schnelle rasche alles gut klappt "
    "funktioniert jetzt wieder geklappt gelöst es ist hat geholfen mir uns und viele grüße gruß liebe lg mfg "
    "pour votre ton aide réponse rapide bien c'est parfait marche tout maintenant et cordialement "
    "bonne journée por su tu ayuda respuesta rápida todo bien funciona ahora ya y saludos un "
    "perfecto per il tuo aiuto vostro adesso ora tutto bene pela ajuda tudo certo agora "
    "voor je uw hulp snelle werkt nu goed groeten för hjälpen snabba svaret nu fungerar det "
    "bra bardzo za pomoc działa teraz за помощь всё все большое работает теперь вам тебе"
)
_FAREWELLS = "regards best cheers sincerely grüße gruß lg mfg saludos groeten br"
_FULL_OF_THANKS = re.compile(
    r"(?:どうも)?(?:誠に)?(?:ありがとう(?:ございます|ございました|ございまし)?|感謝(?:します|いたします)|"
    r"助かりました|お世話になりました|解決しました|了解(?:です|しました)|"
    r"谢谢(?:您|你|你们)?|感谢(?:您|你|你们)?(?:的帮助)?|多谢|謝謝(?:您|你)?|非常|太|了|已(?:经)?解决|的帮助|"
    r"감사합니다|고맙습니다|감사해요|정말|대단히|ขอบคุณ(?:ครับ|ค่ะ|มาก)*|धन्यवाद|شكرا(?:ً)?|شكراً|جزيلا(?:ً)?)+"
)
_THANKFUL_ELSEWHERE = re.compile(
    "ありがと|感謝|助かりました|谢谢|感谢|多谢|謝謝|감사|고맙|ขอบคุณ|धन्यवाद|شكر"
)
_THANKS_AT = re.compile(rf"(?<!\w)(?:{_THANKS})(?!\w)")
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_NOTHING_SAID = re.compile(r"[\W_]*")
_MENTION = re.compile(r"\[~[^\]\s]{1,200}\]|(?<!\w)@\w+")
_ASKING = re.compile(
    r"[?？؟]|\b(?:is|are|has|have|does|did|will|can|could) (?:it|this|that|you|we|they|there|all)\b",
    re.IGNORECASE,
)
_FILLER_WORDS = frozenset(_FILLERS.split())
_NEVER_NAMES = (
    "but still however nothing not never no broken fail fails failed failing again why when how "
    "refund cancel error bug wrong missing useless worse worst down crash crashed please need "
    "aber noch nicht mais encore pas pero aún todavía ancora mas ainda maar nog"
)
_FAREWELL_WORDS = frozenset(_FAREWELLS.split())
_NEVER_NAME_WORDS = frozenset(_NEVER_NAMES.split())


def is_gratitude(text: str) -> bool:
    """Whether the text thanks, says at most that all is well, and asks for nothing."""
    if len(text) > LONGEST or _ASKING.search(text):
        return False
    text = _MENTION.sub("", text)
    cleaned = clean(text).strip()
    if _THANKFUL_ELSEWHERE.search(cleaned):
        rest = re.sub(r"[\W_]+", "", cleaned)
        return _FULL_OF_THANKS.fullmatch(rest) is not None
    if _THANKS_AT.search(cleaned) is None:
        return False
    return _only_fillers(text.replace("’", "'"))


def _only_fillers(text: str) -> bool:
    """Everything beside the thanks is a filler, or a name where a name may stand."""
    marked = _THANKS_AT.sub(" \x00 ", text.casefold())
    names = 0
    name_may_follow = False
    for piece in re.findall(rf"\x00|{_PIECE.pattern}|[.!\n]", marked):
        if piece == "\x00":
            name_may_follow = True
        elif piece in ".!":
            name_may_follow = False
        elif piece == "\n" or piece in _FAREWELL_WORDS:
            name_may_follow = name_may_follow or piece in _FAREWELL_WORDS
        elif piece in _FILLER_WORDS:
            continue
        elif name_may_follow and _is_name(piece, text) and names < MOST_NAMES:
            names += 1
        else:
            return False
    return True


def _is_name(piece: str, text: str) -> bool:
    """Written with a capital, and not a word that tells of trouble."""
    if piece in _NEVER_NAME_WORDS or not piece.isalpha():
        return False
    return re.search(rf"(?<!\w){re.escape(piece[:1].upper() + piece[1:])}(?!\w)", text) is not None
