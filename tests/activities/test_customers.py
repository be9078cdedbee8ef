from __future__ import annotations

import hmac
import os
from hashlib import sha256
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from activities.customer_sources import FileSource
from activities.customers import Customers
from models.item import ANONYMOUS

PEPPER = b"for tests only"
HEADER = "id,segment,plan,annual_revenue_minor,currency,zone,country\n"
GOOD = "acme,enterprise,gold,1200000,EUR,Europe/Berlin,DE\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


def _skipped(logs):
    return [entry for entry in logs if entry["event"] == "customer_row_skipped"]


def test_a_known_customer_has_all_facts_under_a_pseudonym(file):
    file.write_text(HEADER + GOOD)
    facts = Customers(FileSource(file), PEPPER).facts("acme")
    assert facts.known
    assert (facts.segment, facts.plan, facts.zone) == ("enterprise", "gold", "Europe/Berlin")
    assert (facts.annual_revenue_minor, facts.currency, facts.country) == (1200000, "EUR", "DE")
    assert facts.reference == hmac.new(PEPPER, b"acme", sha256).hexdigest()[:16]
    assert "acme" not in facts.model_dump_json()


def test_the_same_customer_has_the_same_pseudonym_known_or_not(file):
    file.write_text(HEADER + GOOD)
    known, unknown = Customers(FileSource(file), PEPPER), Customers(None, PEPPER)
    assert known.facts(" acme ").reference == unknown.facts("acme").reference
    assert Customers(None, b"another pepper").facts("acme").reference != known.reference("acme")


def test_an_unknown_customer_gets_defaults_and_the_hinted_country(file):
    file.write_text(HEADER + GOOD)
    facts = Customers(FileSource(file), PEPPER).facts("nobody", "FR")
    assert (facts.known, facts.segment, facts.country) == (False, "standard", "FR")


@pytest.mark.parametrize("nobody", [None, "", "  "])
def test_feedback_without_a_customer_belongs_to_nobody(nobody):
    facts = Customers(None, PEPPER).facts(nobody)
    assert (facts.reference, facts.known) == (ANONYMOUS, False)


def test_empty_values_are_the_defaults_and_the_hint_fills_the_country(file):
    file.write_text("country,id,segment\n,acme,\n")
    facts = Customers(FileSource(file), PEPPER).facts("acme", "US")
    assert (facts.known, facts.segment, facts.country) == (True, "standard", "US")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("jane doe,gold", "2 values"),
        (",gold,,,,,", "the id is empty"),
        ("jane doe,s,p,lots,EUR,,", "annual_revenue_minor"),
        ("jane doe,s,p,-5,EUR,,", "negative"),
        ("jane doe,s,p,5,euro,,", "currency"),
        ("jane doe,s,p,5,,,", "no currency"),
        ("jane doe,s,p,,,Mars/Olympus,", "zone"),
        ("jane doe,s,p,,,../../etc/passwd,", "zone"),
        ('jane doe,"s,p,,,,', "not a CSV line"),
        ("acme,s,p,,,,", "further up"),
        (f"jane doe,{'ü' * 33},p,,,,", "segment is longer than 64 bytes"),
    ],
)
def test_a_broken_row_is_told_by_its_line_and_the_rest_goes_on(file, row, problem):
    file.write_text(f"{HEADER}{GOOD}{row}\nlast,small,,,,,\n")
    customers = Customers(FileSource(file), PEPPER)
    with capture_logs() as logs:
        assert customers.facts("last").segment == "small"
    (told,) = _skipped(logs)
    assert told["where"] == f"{file}:3"
    assert problem in told["problem"]
    assert "jane" not in str(logs), "a log line holds no personal data"
    assert customers.facts("acme").segment == "enterprise"


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(file):
    file.write_text(HEADER + GOOD)
    customers = Customers(FileSource(file), PEPPER)
    with capture_logs() as logs:
        customers.facts("acme")
        customers.facts("acme")
    assert [entry["event"] for entry in logs] == ["customers_read"]
    file.write_text(HEADER + GOOD.replace("enterprise", "small"))
    os.utime(file, ns=(1, 1))
    assert customers.facts("acme").segment == "small"


def test_a_file_that_vanishes_leaves_what_was_known_and_is_reported_once(file):
    file.write_text(HEADER + GOOD)
    customers = Customers(FileSource(file), PEPPER)
    customers.facts("acme")
    file.unlink()
    with capture_logs() as logs:
        assert customers.facts("acme").known
        assert customers.facts("acme").known
    assert [entry["event"] for entry in logs] == ["customers_file_unreadable"]
    file.write_text(HEADER + GOOD.replace("gold", "silver"))
    assert customers.facts("acme").plan == "silver"


def test_a_file_in_another_encoding_or_without_ids_makes_everybody_unknown(file):
    file.write_bytes((HEADER + GOOD).encode("utf-16"))
    customers = Customers(FileSource(file), PEPPER)
    with capture_logs() as logs:
        assert not customers.facts("acme").known
        assert not customers.facts("acme").known
    assert [entry["event"] for entry in logs] == ["customers_file_unreadable"]
    file.write_text("name,plan\nacme,gold\n")
    with capture_logs() as logs:
        assert not customers.facts("acme").known
    assert "no column named id" in _skipped(logs)[0]["problem"]


def test_a_file_with_a_byte_order_mark_is_read(file):
    file.write_text(HEADER + GOOD, encoding="utf-8-sig")
    assert Customers(FileSource(file), PEPPER).facts("acme").known


def test_the_day_on_which_a_customer_joined_is_known(file):
    file.write_text("id,joined\nacme,2024-05-31\nother,31.5.2024\n")
    with capture_logs() as logs:
        customers = Customers(FileSource(file), PEPPER)
        assert str(customers.facts("acme").joined) == "2024-05-31"
        assert not customers.facts("other").known
    assert [entry["problem"] for entry in _skipped(logs)] == [
        "joined has a value that cannot be used"
    ]
