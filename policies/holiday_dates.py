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
) -> dict[str, str]:
    """Local ISO date → name of each public holiday in these years; none for an unknown country.

    Names are English where the package has them. An unknown part counts as the whole country.
    """
    if not is_known_country(country):
        return {}
    import holidays  # noqa: PLC0415 - as above

    years = range(first_year, last_year + 1)
    known = subdivision if subdivision in subdivisions_of(country) else None
    language = "en_US" if "en_US" in _languages_of(country) else None
    days = holidays.country_holidays(country, subdiv=known, years=years, language=language)
    return {day.isoformat(): name for day, name in sorted(days.items())}


@lru_cache(maxsize=256)
def _languages_of(country: str) -> frozenset[str]:
    import holidays  # noqa: PLC0415 - as above

    return frozenset(holidays.list_localized_countries().get(country, ()))
