from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.contact import Contact, Information, ScoreKind
from models.contact import Path as Way
from models.decision import Confidence
from runtime.contact_files import read_contacts
from runtime.import_mappings import Shape, columns_for
from runtime.intake_lines import BadRow
from runtime.problems import WrongSettings

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / "export.txt"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def read(file: Path, shape: Shape, mapping: Path | None = None) -> list[Contact | BadRow]:
    columns = columns_for(shape, mapping)
    return [*read_contacts(file, columns, source=None, otherwise=shape.value, pseudonym=str.upper)]


def the_contact(file: Path, shape: Shape, mapping: Path | None = None) -> Contact:
    (only,) = read(file, shape, mapping)
    assert isinstance(only, Contact), only
    return only


@pytest.mark.parametrize("shape", Shape)
def test_every_shape_that_is_shipped_can_be_read(shape):
    assert columns_for(shape, None).id


def test_a_log_of_changes_becomes_one_contact_for_each_item(write):
    file = write(
        "number,sys_mod_count,made_sla,caller_id,opened_at,category,priority,reopen_count,resolved_at\n"
        "INC1,1,true,c1,2026-06-01T09:00,net,3 - Moderate,0,\n"
        "INC1,0,true,c1,2026-06-01T09:00,net,4 - Low,0,\n"
        "INC1,2,false,c1,2026-06-01T09:00,net,3 - Moderate,1,2026-06-02T09:00\n"
    )
    contact = the_contact(file, Shape.SERVICENOW)
    assert (contact.id, contact.kept, contact.reopened) == ("INC1", False, 1)
    assert contact.changes == {"priority": 1}
    assert contact.resolved_at == datetime(2026, 6, 2, 9, tzinfo=UTC)


def test_a_customer_is_known_by_a_pseudonym_only(write):
    file = write("id,created_at,customer\n1,2026-06-01,ann@example.org\n")
    assert the_contact(file, Shape.GENERIC).customer == "ANN@EXAMPLE.ORG"


def test_a_zendesk_rating_in_words_is_a_score(write):
    rows = {"id": 7, "created_at": "2026-06-01T09:00:00Z", "satisfaction_rating": {"score": "good"}}
    contact = the_contact(write(json.dumps(rows)), Shape.ZENDESK)
    assert (contact.id, contact.score) == ("7", 5.0)


def test_an_intercom_resolution_by_a_bot_is_contained_and_only_assumed(write):
    row = {
        "id": "1",
        "created_at": "2026-06-01T09:00:00Z",
        "ai_agent": {"resolution_state": "assumed_resolution"},
    }
    contact = the_contact(write(json.dumps(row)), Shape.INTERCOM)
    assert (contact.path, contact.contained, contact.resolution) == (
        Way.BOT,
        True,
        Confidence.ASSUMED,
    )


def test_moments_may_be_seconds_since_1970(write):
    contact = the_contact(write('{"id": "1", "created_at": 1780304400}'), Shape.INTERCOM)
    assert contact.opened_at == datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_an_nps_answer_is_of_its_own_kind(write):
    contact = the_contact(write("id,date,score\n1,2026-06-01,9\n"), Shape.NPS)
    assert (contact.score, contact.score_kind) == (9.0, ScoreKind.NPS)


def test_a_conversation_is_counted_and_none_of_its_words_are_kept(write):
    told = [
        ("customer", "ann", "My order 4711821 is lost", "09:00"),
        ("agent", "shop", "What is your order number?", "09:30"),
        ("customer", "ann", "I said order 4711821", "11:30"),
        ("customer", "bob", "Same here", "12:00"),
    ]
    messages = [
        {"role": role, "author": who, "text": text, "at": f"2026-06-01T{at}:00Z"}
        for role, who, text, at in told
    ]
    row = {"id": "t1", "customer": "ann", "messages": messages}
    contact = the_contact(write(json.dumps(row)), Shape.TWCS)
    thread = contact.thread
    assert thread is not None
    assert (thread.customer_messages_after, thread.silences) == (1, (2.0,))
    assert thread.said_again == (Information.ORDER_NUMBER,)
    assert contact.answered_at == datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    assert "lost" not in contact.model_dump_json()
    assert "4711821" not in contact.model_dump_json()


def test_bad_rows_are_told_by_line_and_the_rest_goes_on(write):
    file = write(
        "id,created_at,score\n1,2026-06-01,4\n,2026-06-01,4\n3,soon,4\n4,2026-06-01,much\n5,2026-06-02,5\n"
    )
    found = read(file, Shape.GENERIC)
    assert [one.line for one in found if isinstance(one, BadRow)] == [3, 4, 5]
    assert [one.id for one in found if isinstance(one, Contact)] == ["1", "5"]


def test_a_text_in_place_of_a_category_is_refused_and_not_repeated(write):
    file = write(f"id,created_at,category\n1,2026-06-01,{'secret words ' * 20}\n")
    (bad,) = read(file, Shape.GENERIC)
    assert isinstance(bad, BadRow)
    assert "category is longer" in bad.what
    assert "secret" not in f"{bad.what} {bad.remedy}"


def test_a_mapping_names_other_columns_and_leaves_the_rest_to_the_shape(write, tmp_path):
    mapping = tmp_path / "calls.yaml"
    mapping.write_text(
        'id: call\nopened_at: [began, started]\nmoments: "%d.%m.%Y %H:%M"\nzone: Europe/Berlin\n'
        "facts: {team: team}\nsource: =hotline\n",
        encoding="utf-8",
    )
    file = write("call,started,category,team\nc1,01.06.2026 09:00,billing,north\n")
    contact = the_contact(file, Shape.GENERIC, mapping)
    assert contact.reference == "hotline/c1"
    assert (contact.category, contact.facts) == ("billing", {"team": "north"})
    assert contact.opened_at == datetime(2026, 6, 1, 7, tzinfo=UTC)


def test_a_mistake_in_a_mapping_is_told_with_its_place(tmp_path):
    mapping = tmp_path / "calls.yaml"
    mapping.write_text("ids: call\n", encoding="utf-8")
    with pytest.raises(WrongSettings, match=r"calls\.yaml:1:1"):
        columns_for(Shape.GENERIC, mapping)
