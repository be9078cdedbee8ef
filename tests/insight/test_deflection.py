from __future__ import annotations

from insight.numbers.deflection import deflection
from insight.numbers.findings import FindingKind
from insight.numbers.periods import parse_period
from insight.numbers.recontact import resolutions
from models.contact import OWN, Path
from tests.insight.made_contacts import a_contact, day

ALL = parse_period("all")
LATE = day(60)


def contained(many, back_every, *, path=Path.BOT):
    """So many contacts that end on the first day; one in `back_every` comes back on the third."""
    contacts = []
    for n in range(many):
        who = {"source": OWN, "customer": f"{path}-{n}"}
        begun = {"path": path, "contained": True if path is Path.BOT else None}
        contacts.append(a_contact(f"{path}-{n}", 0, resolved_at=day(1), **who, **begun))
        if back_every and n % back_every == 0:
            contacts.append(a_contact(f"{path}-{n}-again", 3, **who))
    return contacts


def section(contacts, period=ALL):
    return deflection(contacts, resolutions(contacts, LATE), period, LATE)


def value_of(found, name):
    return next(one for one in found.metrics if one.definition.id == name)


def test_containment_stands_beside_the_deflection_that_held():
    found = section(contained(40, 4))
    assert value_of(found, "containment").value == 1.0
    assert value_of(found, "deflection").value == 0.75
    assert value_of(found, "contained_came_back").numerator == 10


def test_an_alarm_tells_that_contained_customers_come_back():
    (alarm,) = section(contained(60, 2)).findings
    assert alarm.kind is FindingKind.ALARM
    assert "50 in 100 contained" in alarm.says


def test_no_alarm_while_containment_is_what_it_looks_like():
    assert section(contained(60, 20)).findings == ()


def test_an_alarm_tells_that_more_come_back_than_from_people():
    contacts = [*contained(100, 6), *contained(100, 0, path=Path.AGENT)]
    (alarm,) = section(contacts).findings
    assert "of those whom people handled 0 in 100" in alarm.says


def test_a_handover_counts_against_containment_and_deflection():
    handed = [a_contact("h", 0, source=OWN, contained=False, path=Path.AGENT)]
    found = section([*contained(1, 0), *handed])
    assert value_of(found, "containment").value == 0.5
    assert value_of(found, "deflection").value == 0.5


def test_without_a_bot_there_is_nothing_to_say():
    assert not section(contained(40, 4, path=Path.AGENT)).says_something
