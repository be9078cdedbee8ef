"""Public holidays by country, from the `holidays` package.

The package is large, so it is loaded only when a calendar names a country.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=256)
def is_known_country(country: str) -> bool:
    """Whether the public holidays of the country (ISO code) are known."""
    import holidays  # noqa: PLC0415 - a third of a second that a calendar without a country saves

    try:
        holidays.country_holidays(country)
    except NotImplementedError:
        return False
    return True


def subdivisions_of(country: str) -> frozenset[str]:
    """Codes of the parts of a known country that have holidays of their own."""
    import holidays  # noqa: PLC0415 - as above

    return frozenset(holidays.country_holidays(country).subdivisions)


@lru_cache(maxsize=256)
def public_holidays(
    country: str, subdivision: str | None, first_year: int, last_year: int
) -> tuple[str, ...]:
    """Local ISO dates of all public holidays in these years; none for an unknown country."""
    if not is_known_country(country):
        return ()
    import holidays  # noqa: PLC0415 - as above

    years = range(first_year, last_year + 1)
    days = holidays.country_holidays(country, subdiv=subdivision, years=years)
    return tuple(sorted(day.isoformat() for day in days))
