"""Every number's definition, in one place; docs/numbers.md says the same at greater length."""

from __future__ import annotations

from insight.numbers.metric import Definition, Unit
from models.decision import Confidence

DECISION_GOAL_DAYS = 5.0
AUTOMATION_GOAL = 0.9

RECONTACT = Definition(
    id="recontact",
    name="Came back after a resolution",
    words="Of the resolutions in the period whose seven days are over: those after which the same "
    "customer began another contact about the same theme within seven days. Where the theme of one "
    "of the two is not known, the same category counts.",
    at_most=True,
)
RESOLUTION_IS = {
    Confidence.CONFIRMED: Definition(
        id="resolution_confirmed",
        name="Resolutions confirmed",
        words="Of the resolutions in the period: those that the customer said were one, and who did "
        "not come back.",
    ),
    Confidence.ASSUMED: Definition(
        id="resolution_assumed",
        name="Resolutions only assumed",
        words="Of the resolutions in the period: those of which nobody has said anything.",
    ),
    Confidence.FAILED: Definition(
        id="resolution_failed",
        name="Resolutions failed",
        words="Of the resolutions in the period: those after which the customer came back within "
        "seven days or said it was none. A later return moves one here from the other two.",
        at_most=True,
    ),
}
REPEAT_SAME = Definition(
    id="repeat_same_category",
    name="Began again, same category",
    words="Of the contacts of known customers that began in the period: those that began at most "
    "seven days after the same customer's previous contact of that category began, whatever had "
    "become of it. A blank category is one.",
    at_most=True,
)
REPEAT_ANY = Definition(
    id="repeat_any_category",
    name="Began again, any category",
    words="As “began again, same category”, whatever the category.",
    at_most=True,
)
DISPUTED = Definition(
    id="disputed",
    name="Resolution disputed",
    words="Of the contacts that began in the period and whose customer said what the resolution was "
    "worth: those who said it was none.",
    at_most=True,
)
STILL_GONE = Definition(
    id="not_back",
    name="Not back",
    words="Kaplan and Meier's estimate that a customer has not come back so many days after a "
    "resolution; one followed for less is counted for as long as it was followed.",
)
CONTAINED = Definition(
    id="containment",
    name="Contained",
    words="Of the contacts that a bot began to handle in the period: those whose customer asked for "
    "no person.",
)
DEFLECTED = Definition(
    id="deflection",
    name="Deflection that held",
    words="Of the same contacts, as far as seven days are over: those that were contained and whose "
    "customer did not come back within seven days, nor said it was no resolution.",
)
CONTAINED_BACK = Definition(
    id="contained_came_back",
    name="Contained, and back",
    words="Of the contained contacts whose seven days are over: those whose customer came back.",
    at_most=True,
)
HANDLED_BACK = Definition(
    id="handled_came_back",
    name="Handled by people, and back",
    words="Of the resolved contacts that people handled, whose seven days are over: those whose "
    "customer came back.",
    at_most=True,
)
FIRST_RESPONSE = Definition(
    id="first_response_p50",
    name="First response, median",
    words="Minutes from the beginning of a contact to our first answer, wall clock, for contacts "
    "that began in the period and were answered. An answer dated before the beginning is an error "
    "of the source and left out.",
    unit=Unit.MINUTES,
    at_most=True,
)
FIRST_RESPONSE_90 = FIRST_RESPONSE.model_copy(
    update={"id": "first_response_p90", "name": "First response, 90th percentile"}
)
RECOMMENDATION = Definition(
    id="recommendation_p50",
    name="Recommendation, median",
    words="Days from the beginning of a contact to the first action or decision that somebody "
    "proposed, for contacts that began in the period and have one. The goal is three to five.",
    unit=Unit.DAYS,
    goal=DECISION_GOAL_DAYS,
    at_most=True,
)
RESOLUTION_TIME = Definition(
    id="decision_p50",
    name="Decision, median",
    words="Hours from the beginning of a contact to its decision or resolution, wall clock, for "
    "contacts that began in the period and have one.",
    unit=Unit.HOURS,
    at_most=True,
)
RESOLUTION_TIME_90 = RESOLUTION_TIME.model_copy(
    update={"id": "decision_p90", "name": "Decision, 90th percentile"}
)
ESCALATION_LAG = Definition(
    id="escalation_lag_p50",
    name="Escalation lag, median",
    words="Hours from the breach of a promise to the first escalation, for contacts that began in "
    "the period and were escalated after a breach; an escalation ahead of the breach counts as 0.",
    unit=Unit.HOURS,
    minimum=10,
    at_most=True,
)
ACKNOWLEDGEMENT_LAG = Definition(
    id="acknowledgement_lag_p50",
    name="Acknowledgement lag, median",
    words="Hours from the first escalation to the first acknowledgement by a person.",
    unit=Unit.HOURS,
    minimum=10,
    at_most=True,
)
UNACKNOWLEDGED = Definition(
    id="never_acknowledged",
    name="Escalated, never acknowledged",
    words="Of the contacts that were escalated: those that nobody acknowledged.",
    minimum=10,
    at_most=True,
)
KEPT = Definition(
    id="promise_kept",
    name="Promises kept",
    words="Of the contacts that began in the period and whose promise was judged: those for which "
    "all that was promised was kept.",
)
REOPENED = Definition(
    id="reopened",
    name="Reopened",
    words="Of the contacts that began in the period, where it is counted: those reopened at least "
    "once.",
    at_most=True,
)
REASSIGNED = Definition(
    id="reassigned",
    name="Reassigned",
    words="Of the contacts that began in the period, where it is counted: those handed on at least "
    "once.",
    at_most=True,
)
REASSIGNED_MEAN = Definition(
    id="reassigned_mean",
    name="Times handed on, mean",
    words="How often such a contact was handed on, on average.",
    unit=Unit.SCORE,
    at_most=True,
)
CHANGED = Definition(
    id="changed",
    name="Changed on the way",
    words="Of the contacts that began in the period: those of which this was changed at least once "
    "according to the log.",
    at_most=True,
)
AUTOMATED = Definition(
    id="analysis_automated",
    name="Analysis automated",
    words="Of the contacts triaged in the period: those whose category, severity and owner stood as "
    "suggested, without a person correcting or confirming them.",
    goal=AUTOMATION_GOAL,
)
SAID_AGAIN = Definition(
    id="said_again",
    name="Had to say it again",
    words="Of the answered conversations that began in the period: those in which the customer gave "
    "an order number, a device or steps tried, was asked for it all the same, and gave it again. "
    "Read in English only, so it is a lower bound.",
    at_most=True,
)
WROTE_AGAIN = Definition(
    id="wrote_again",
    name="Wrote again after an answer",
    words="Of the conversations that began in the period: those whose customer wrote again after "
    "our first answer.",
    at_most=True,
)
WROTE_AGAIN_1H = WROTE_AGAIN.model_copy(
    update={
        "id": "wrote_again_1h",
        "name": "Wrote again after an hour of silence",
        "words": WROTE_AGAIN.words[:-1] + ", at least an hour after our last message before it.",
    }
)
WROTE_AGAIN_24H = WROTE_AGAIN.model_copy(
    update={
        "id": "wrote_again_24h",
        "name": "Wrote again after a day of silence",
        "words": WROTE_AGAIN.words[:-1] + ", at least 24 hours after our last message before it.",
    }
)
LAST_WORD = Definition(
    id="customer_last_word",
    name="Customer has the last word",
    words="Of the conversations that began in the period: those whose last message is a customer's.",
    at_most=True,
)
SCORE_MEAN = Definition(
    id="score_mean",
    name="Score, mean",
    words="The mean of the customers' scores, from 1 to 5, of contacts that began in the period.",
    unit=Unit.SCORE,
)
SATISFIED = Definition(
    id="satisfied",
    name="Satisfied",
    words="Of the contacts that began in the period and have a score: those with 4 or 5 of 5.",
)
SATISFIED_RESTATED = Definition(
    id="satisfied_restated",
    name="Satisfied, and it held",
    words="Of the same contacts: those with 4 or 5 whose customer did not come back within seven "
    "days of the resolution, nor said it was none. A later return restates this.",
)
PROMOTERS = Definition(
    id="nps",
    name="Net promoter score",
    words="The share of scores of 9 and 10 less the share of scores of 0 to 6, from -1 to 1.",
    unit=Unit.SCORE,
)
ADOPTION_AND_SCORE = Definition(
    id="adoption_and_score",
    name="Adoption and satisfaction",
    words="Over the releases whose use is known and that have at least five scores in the period: "
    "the rank correlation (Spearman) of the share of people who use a release, of those who have "
    "it, with its mean score from 1 to 5. +1 says that the more used, the better liked; 0 that "
    "neither tells anything of the other. The sample is the number of releases.",
    unit=Unit.CORRELATION,
    minimum=8,
)
EXCEPTIONS = Definition(
    id="exceptions",
    name="Exceptions granted",
    words="Of the contacts decided in the period: those for which an exception from policy was "
    "granted.",
)
BECOMING_RULE = Definition(
    id="exception_rate",
    name="Exceptions by category",
    words="The same by category. An exception is becoming the rule where even the lower bound is "
    "above ten in a hundred.",
)
EXCEPTION_PROLONGED = Definition(
    id="exceptions_prolonged",
    name="Exceptions prolonged",
    words="Of the exceptions granted: those whose end was moved at least once.",
    minimum=10,
    at_most=True,
)
OVERTURNED = Definition(
    id="approvals_overturned",
    name="Approvals overturned",
    words="Of the requests that were approved: those whose effect was undone afterwards, or that "
    "were void before they were carried out since what they rested on had changed.",
    minimum=10,
    at_most=True,
)
NEAR_MISS = Definition(
    id="near_misses",
    name="Near misses",
    words="Of the requests decided by votes: those in which people voted both ways, or a vote was "
    "refused because whoever cast it might not.",
    minimum=10,
)
REFUSED_TO_AUTOMATION = Definition(
    id="refused_to_automation",
    name="Refused to automation",
    words="Of the requests that a rule asked for by itself: those that people refused.",
    minimum=10,
)
CONTACTS = Definition(
    id="contacts", name="Contacts", words="Contacts that began in the period.", unit=Unit.COUNT
)
