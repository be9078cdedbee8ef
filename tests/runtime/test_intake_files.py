from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.intake import IntakeRow
from runtime.intake_files import BadRow, UnreadableFile, WrongMapping, parse_mapping, read_rows
from runtime.intake_lines import LONGEST_LINE
from runtime.problems import ExitCode

COMPLAINT = {
    "id": "cfpb-1",
    "received": "2026-01-31",
    "company": "A BANK",
    "product": "Mortgage",
    "issue": "gold label",
    "outcome": "gold outcome",
    "text": "They took my payment twice. I called XXXX and nobody answered.",
}
THREAD = {
    "id": "thread-1",
    "brand": "AnAirline",
    "customer": "cust-1",
    "opened_at": "2026-01-31T21:46:51+00:00",
    "messages": [
        {"role": "customer", "author": "cust-1", "text": "@AnAirline my bag is lost. Help!"},
        {"role": "customer", "author": "cust-2", "text": "mine too"},
        {"role": "customer", "author": "cust-1", "text": "It is blue."},
        {"role": "agent", "author": "AnAirline", "text": "Which flight?"},
        {"role": "customer", "author": "cust-1", "text": "The one from Rome."},
    ],
}
ISSUE = {
    "id": "proj-1",
    "project": "proj",
    "created_at": "2026-01-31T10:00:00+00:00",
    "title": "Export fails",
    "description": None,
    "affects_version": "3.2.1",
    "resolution": "Fixed",
}
PLAIN = {"source": "shop", "submission_id": "1", "summary": "Broken", "description": "It broke."}


def _jsonl(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "rows.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _only(path: Path, **options: object) -> IntakeRow | BadRow:
    (row,) = read_rows(path, **options)
    return row


def _good_and_bad(path: Path, **options: object) -> tuple[list[str], list[tuple[int, str]]]:
    rows = list(read_rows(path, **options))
    good = [row.submission_id for row in rows if isinstance(row, IntakeRow)]
    return good, [(row.line, row.what) for row in rows if isinstance(row, BadRow)]


def test_a_plain_row_is_taken_as_it_is(tmp_path):
    full = {
        **PLAIN,
        "customer": "c1",
        "reporter_account_id": "acc",
        "issue_type": "Bug",
        "release": "1.2",
        "created_at": "2026-01-31T10:00:00+02:00",
        "country": "de",
        "something": "else",
    }
    assert _only(_jsonl(tmp_path, full)) == IntakeRow(
        source="shop",
        submission_id="1",
        summary="Broken",
        description="It broke.",
        customer="c1",
        reporter_account_id="acc",
        issue_type="Bug",
        release="1.2",
        created_at=datetime(2026, 1, 31, 8, tzinfo=UTC),
        country="DE",
    )


def test_a_complaint_has_its_first_sentence_as_summary_and_no_label_in_it(tmp_path):
    row = _only(_jsonl(tmp_path, COMPLAINT))
    assert row.summary == "They took my payment twice."
    assert row.description == COMPLAINT["text"]
    assert (row.source, row.submission_id, row.country) == ("consumer_complaints", "cfpb-1", "US")
    assert row.created_at == datetime(2026, 1, 31, tzinfo=UTC)
    assert "gold" not in row.model_dump_json(), "triage must not be handed the answer"


def test_a_thread_is_what_its_customer_wrote_before_the_first_answer(tmp_path):
    row = _only(_jsonl(tmp_path, THREAD))
    assert row.description == "@AnAirline my bag is lost. Help!\nIt is blue."
    assert row.summary == "my bag is lost."
    assert row.customer == "cust-1"


def test_a_thread_that_an_agent_began_is_all_that_its_customer_wrote(tmp_path):
    turned = {**THREAD, "messages": THREAD["messages"][3:]}
    assert _only(_jsonl(tmp_path, turned)).description == "The one from Rome."


def test_a_tracker_issue_keeps_title_and_version_and_may_have_no_description(tmp_path):
    row = _only(_jsonl(tmp_path, ISSUE))
    assert (row.source, row.summary, row.description) == ("tracker_proj", "Export fails", "")
    assert row.release == "3.2.1"


def test_columns_are_named_by_a_mapping(tmp_path):
    mapping = parse_mapping("submission_id=nr, summary=titel,description=inhalt,source==web shop")
    path = _csv(tmp_path, "nr;titel;inhalt\n7;Kaputt;Es ist kaputt.\n")
    row = _only(path, mapping=mapping)
    assert (row.source, row.submission_id, row.summary) == ("web shop", "7", "Kaputt")


def test_a_row_without_a_source_gets_the_name_of_the_file(tmp_path):
    assert _only(_jsonl(tmp_path, {"submission_id": 5, "summary": "x"})).source == "rows"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("summary", "not field=column"),
        ("summary=", "not field=column"),
        ("source==", "not field=column"),
        ("sumary=a", "no field 'sumary'"),
        ("summary=a,summary=b", "given twice"),
    ],
)
def test_a_wrong_mapping_is_told(text, what):
    with pytest.raises(WrongMapping, match=what) as caught:
        parse_mapping(text)
    assert caught.value.exit_code is ExitCode.WRONG_USE


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ("{not json", "not valid JSON at column"),
        ('{"submission_id": "2"', "not valid JSON"),
        ("[1, 2]", "not a JSON object"),
        ("17", "not a JSON object"),
        ("[" * 100_000, "nested too deep"),
        ('{"submission_id": ' + "9" * 5000 + "}", "huge number"),
        ({**PLAIN, "submission_id": None}, "no submission_id"),
        ({**PLAIN, "submission_id": "  "}, "no submission_id"),
        ({**PLAIN, "submission_id": "x" * 201}, "beyond 200"),
        ({"source": "shop", "summary": "without an id"}, "no submission_id"),
        ({**PLAIN, "submission_id": "2", "summary": "", "description": " \n"}, "no text"),
        ({**PLAIN, "submission_id": "2", "summary": {"a": 1}}, "summary is not a text"),
        ({**PLAIN, "submission_id": "2", "created_at": "yesterday"}, "not a date"),
        (PLAIN, "came before, in line 1"),
        ({"a": 1}, "no known shape"),
        ({**THREAD, "messages": "none"}, "no text"),
        ({**COMPLAINT, "text": None}, "no text"),
    ],
)
def test_a_broken_json_row_is_one_sentence_and_the_rest_goes_on(tmp_path, broken, what):
    path = _jsonl(tmp_path, PLAIN, broken, "", {**PLAIN, "submission_id": "3"})
    good, bad = _good_and_bad(path)
    assert good == ["1", "3"]
    ((line, told),) = bad
    assert line == 2
    assert what in told


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ("2,only two", "has 2 values and the header has 3"),
        ("2,a,b,c", "has 4 values"),
        ('2,"never closed,text', "quotation mark"),
        ('2,a "quoted" word,"x" y', "quotation mark"),
        (",a,b", "no submission_id"),
        ("2,,", "no text"),
        ("1,again,the same", "came before, in line 2"),
    ],
)
def test_a_broken_csv_row_is_one_sentence_and_the_rest_goes_on(tmp_path, broken, what):
    path = _csv(tmp_path, f"submission_id,summary,description\n1,a,b\n{broken}\n3,c,d\n4,e,f\n")
    good, bad = _good_and_bad(path)
    assert good == ["1", "3", "4"]
    ((line, told),) = bad
    assert line == 3
    assert what in told


def test_csv_values_may_hold_separators_line_breaks_and_quotation_marks(tmp_path):
    path = _csv(
        tmp_path,
        'submission_id,description\n1,"one, ""two""\nand three"\n\n2,plain\n3,"x\n\ny"\n',
    )
    rows = list(read_rows(path))
    assert [row.description for row in rows] == ['one, "two"\nand three', "plain", "x\n\ny"]


def test_two_open_quotation_marks_cost_only_their_own_rows(tmp_path):
    path = _csv(tmp_path, 'submission_id,summary\n1,"open\n2,fine\n3,also "open\n4,fine\n')
    good, bad = _good_and_bad(path)
    assert good == ["2", "4"]
    assert [line for line, _ in bad] == [2, 4]


def test_a_value_of_100_kb_fits_and_is_shortened_with_a_note(tmp_path):
    path = _csv(tmp_path, f"submission_id,summary,description\n1,{'s' * 400},{'d ' * 100_000}\n")
    row = _only(path)
    assert len(row.summary) == 255
    assert len(row.description) == 32_000
    assert "has 199999 characters" in row.description[-80:]


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_wrong_byte_costs_its_line_and_not_the_file(tmp_path, suffix):
    header = b"submission_id,summary\n" if suffix == "csv" else b""
    line = {
        "csv": b"%d,caf%s\n",
        "jsonl": b'{"submission_id": %d, "summary": "caf%s"}\n',
    }[suffix]
    path = tmp_path / f"rows.{suffix}"
    rows = line % (1, b"e"), line % (2, "é".encode("latin-1")), line % (3, "é".encode())
    path.write_bytes(header + b"".join(rows))
    good, bad = _good_and_bad(path)
    assert good == ["1", "3"]
    assert "not UTF-8" in bad[0][1]


def test_a_utf_16_file_is_named_as_such(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("submission_id,summary\n1,a\n", encoding="utf-16")
    assert _only(path) == BadRow(line=1, what="the file is UTF-16", remedy="Save it as UTF-8.")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("submission_id,summary\r\n1,a\r\n", encoding="utf-8-sig")
    assert _only(path).summary == "a"


def test_a_line_beyond_all_measure_is_passed_over(tmp_path):
    huge = json.dumps({**PLAIN, "description": "x" * (3 * LONGEST_LINE)})
    good, bad = _good_and_bad(_jsonl(tmp_path, huge, {**PLAIN, "submission_id": "2"}))
    assert good == ["2"]
    assert bad == [(1, "the line is longer than 4 MB")]


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_file_has_no_rows(tmp_path, text):
    assert list(read_rows(_csv(tmp_path, text))) == []


def test_a_csv_header_that_names_a_column_twice_is_told(tmp_path):
    good, bad = _good_and_bad(_csv(tmp_path, "submission_id,summary,summary\n1,a,b\n"))
    assert (good, len(bad)) == ([], 1)
    assert "twice" in bad[0][1]


def test_a_file_of_unknown_columns_is_refused_by_naming_them(tmp_path):
    path = _csv(tmp_path, "nr,titel\n" + "1,x\n" * 50)
    with pytest.raises(UnreadableFile, match="nr, titel") as caught:
        list(read_rows(path))
    assert "--map" in str(caught.value)
    assert caught.value.exit_code is ExitCode.WRONG_USE


def test_a_mapped_column_that_the_row_lacks_is_told(tmp_path):
    row = _only(_jsonl(tmp_path, PLAIN), mapping={"summary": "title"})
    assert "no column 'title'" in row.what


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_opened_is_told(tmp_path, name):
    with pytest.raises(UnreadableFile, match="cannot be read"):
        list(read_rows(tmp_path / name))


def test_a_json_array_is_told_with_the_way_out(tmp_path):
    with pytest.raises(UnreadableFile, match="JSON array"):
        list(read_rows(_jsonl(tmp_path, "[", json.dumps(PLAIN), "]")))


def test_only_so_many_good_rows_are_read(tmp_path):
    rows = [{**PLAIN, "submission_id": str(number)} for number in range(5)]
    path = _jsonl(tmp_path, "{broken", *rows)
    good, bad = _good_and_bad(path, limit=2)
    assert (good, len(bad)) == (["0", "1"], 1)
    assert list(read_rows(path, limit=0)) == []


def test_characters_that_no_tracker_stores_are_dropped(tmp_path):
    path = _jsonl(tmp_path, r'{"submission_id": "1", "summary": "a\u0000b\ud800c \ud83d\ude42"}')
    summary = _only(path).summary
    assert summary.encode()
    assert summary == "ab�c 🙂"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Hi! My card was refused. Again.", "Hi! My card was refused."),
        ("Short", "Short"),
        (
            "カードが使えません。助けてください。よろしくお願いします。",
            "カードが使えません。助けてください。",
        ),
        ("one line without an end\nthe next line", "one line without an end"),
        ("word " * 60, "word " * 23 + "word…"),
        ("x" * 300, "x" * 119 + "…"),
        ("@brand @other it is late", "it is late"),
        ("@brand", "@brand"),
    ],
)
def test_a_text_without_a_title_is_summed_up_by_its_first_sentence(tmp_path, text, summary):
    made = _only(_jsonl(tmp_path, {"submission_id": "1", "description": text})).summary
    assert made == summary
    assert len(made) <= 120


def test_memory_stays_flat_however_long_the_file_is(tmp_path):
    path = tmp_path / "rows.jsonl"
    with path.open("w") as file:
        for number in range(3000):
            file.write(
                json.dumps({**PLAIN, "submission_id": str(number), "description": "x" * 5000})
            )
            file.write("\n")
    tracemalloc.start()
    assert sum(1 for _ in read_rows(path)) == 3000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size / 4, "rows must be read one at a time"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b'{"a":1}\n', b"submission_id,summary\n"]))
def test_no_bytes_break_the_reading(tmp_path_factory, content, start):
    path = tmp_path_factory.mktemp("any") / "rows"
    path.write_bytes(start + content)
    try:
        rows = list(read_rows(path))
    except UnreadableFile:
        return
    assert all(isinstance(row, IntakeRow | BadRow) for row in rows)
