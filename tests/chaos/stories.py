"""What becomes of an issue: short courses of acts, one drawn for each issue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from models.approval import Choice
from tests.chaos.house_rules import LARGE, SMALL
from tests.chaos.people import People

OUTAGE = "The site is down for everyone and we cannot log in, nothing loads, it is an outage"
REFUND = "I was charged twice on my invoice and want a refund of the double charge please"
BUG = "The export crashes with an error message every time I press the button, please fix this bug"
NOISE = "qwzx zzz"
TEXTS = (OUTAGE, REFUND, REFUND, BUG, BUG, NOISE)
Story = Callable[["Course"], Awaitable[None]]


class Course:
    """One issue and those who act on it; every wait is drawn from the run's seed."""

    def __init__(self, people: People, chance: Random, key: str, customer: str) -> None:
        self.people, self.chance, self.key, self.customer = people, chance, key, customer

    async def rest(self, longest: float = 5.0) -> None:
        """Nobody does anything for a while."""
        await asyncio.sleep(self.chance.uniform(0.2, longest))

    async def say(self, who: str, text: str, *, internal: bool = True) -> None:
        """A comment, and then a rest."""
        await self.people.comment(self.key, who, text, internal=internal)
        await self.rest()

    async def answer(self) -> None:
        """Somebody answers the customer in public."""
        await self.say("ada", "We are looking into it.", internal=False)

    async def resolve(self, who: str = "omar", outcome: str = "answered") -> None:
        """The item is decided by a command."""
        await self.say(who, f"/resolve {outcome} It was explained to the customer.")

    async def ask_refund(self, minor: int) -> str:
        """A refund is proposed; answers the request's id."""
        await self.say(
            "omar", f"/propose refund {minor / 100:.2f} EUR The customer was charged twice."
        )
        return await self.people.request_on(self.key)


async def answered(course: Course) -> None:
    """An ordinary course: answered, asked again, answered again, decided."""
    await course.answer()
    await course.say(course.customer, "And when will it work again?", internal=False)
    await course.answer()
    await course.resolve()


async def small_refund(course: Course) -> None:
    """One lead decides, while somebody without a vote tries to."""
    request = await course.ask_refund(SMALL)
    await course.say("fay", f"/approve {request} I may not decide small ones.")
    await course.say("lena", f"/approve {request} The invoice shows it.")
    await course.answer()
    await course.resolve()


async def large_refund(course: Course) -> None:
    """Two of finance decide, in Jira and at the desk; others try to as well."""
    request = await course.ask_refund(LARGE)
    await course.people.vote(request, "finn", Choice.APPROVE, forged=True)
    await course.say("omar", f"/approve {request} I asked for it and I like it.")
    await course.say("fay", f"/approve {request} The books agree.")
    await course.say("fay", f"/approve {request} I say it twice.")
    await course.rest()
    await course.people.vote(request, "finn", Choice.APPROVE)
    await course.answer()
    await course.rest()
    await course.resolve()


async def refused_refund(course: Course) -> None:
    """One of finance refuses, another agrees too late."""
    request = await course.ask_refund(LARGE)
    await course.people.vote(request, "fay", Choice.REJECT)
    await course.people.vote(request, "finn", Choice.APPROVE)
    await course.resolve(outcome="declined")


async def half_approved(course: Course) -> None:
    """One of two votes, and then nothing: it expires."""
    request = await course.ask_refund(LARGE)
    await course.say("finn", f"/approve {request} One of two.")


async def waiting(course: Course) -> None:
    """The customer is asked something, and the clocks stand still until they reply."""
    await course.answer()
    await course.people.move(course.key, "ada", "In Progress")
    await course.people.move(course.key, "ada", "Waiting for customer")
    await course.rest(8)
    await course.say(course.customer, "It is version 4.2.", internal=False)
    await course.people.move(course.key, "ada", "In Progress")
    await course.rest()
    await course.resolve(outcome="fixed")


async def comes_back(course: Course) -> None:
    """Decided too early: the customer is angry, and it is decided again."""
    await course.resolve()
    await course.say(course.customer, "This is not solved at all! Still broken!", internal=False)
    await course.answer()
    await course.resolve(outcome="fixed")


async def by_hand(course: Course) -> None:
    """Somebody works as they always did: edits fields, moves it to Done."""
    names = ("Highest", "High", "Medium", "Low", "Lowest")
    for _ in range(course.chance.randint(2, 5)):
        await course.people.edit(course.key, "ada", priority={"name": course.chance.choice(names)})
        await course.people.edit(
            course.key, "omar", labels=[f"by-hand-{course.chance.randint(1, 9)}"]
        )
        await course.rest(3)
    await course.answer()
    await course.people.move(course.key, "ada", "In Progress")
    await course.people.move(course.key, "ada", "Done", "Fixed")


async def taken_on(course: Course) -> None:
    """It escalates, somebody takes it on and corrects what triage thought."""
    await course.rest(10)
    await course.say("lena", "/ack I am on it.")
    await course.say("ada", "/override severity=S2 category=bug They cannot work.")
    await course.answer()


async def deleted(course: Course) -> None:
    """The issue is deleted for good."""
    await course.answer()
    await course.people.jira("admin", "DELETE", f"issue/{course.key}")


async def forgotten(_course: Course) -> None:
    """Nobody does anything; only the ladder speaks."""


STORIES: tuple[Story, ...] = (
    answered, small_refund, large_refund, refused_refund, half_approved, waiting, comes_back,
    by_hand, taken_on, deleted, forgotten, large_refund,
)  # fmt: skip
