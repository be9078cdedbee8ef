from datetime import UTC, datetime, timedelta

import pytest

from jira_gateway.retry_after import LONGEST, SHORTEST, retry_delay

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("1.5", 1.5),
        (" 30 ", 30),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
    ],
)
def test_every_form_of_retry_after_is_obeyed(text: str, seconds: float) -> None:
    assert retry_delay({"Retry-After": text}, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "nan", "Sun, 99 Foo"])
def test_what_makes_no_sense_leaves_the_wait_to_the_retry_policy(text: str) -> None:
    assert retry_delay({"Retry-After": text}, NOW) is None


def test_an_answer_without_the_header_leaves_the_wait_to_the_retry_policy() -> None:
    assert retry_delay({}, NOW) is None


@pytest.mark.parametrize("text", ["0", "-5", "Sun, 01 Mar 2026 11:00:00 GMT"])
def test_a_moment_already_past_means_almost_at_once(text: str) -> None:
    assert retry_delay({"Retry-After": text}, NOW) == SHORTEST


@pytest.mark.parametrize("text", ["1e99", "inf"])
def test_nobody_waits_longer_than_a_day(text: str) -> None:
    assert retry_delay({"Retry-After": text}, NOW) == LONGEST


def test_a_date_is_measured_from_the_clock_of_the_answer() -> None:
    headers = {
        "Retry-After": "Sun, 01 Mar 2026 15:00:10 GMT",
        "Date": "Sun, 01 Mar 2026 15:00:00 GMT",
    }
    assert retry_delay(headers, NOW) == timedelta(seconds=10)
