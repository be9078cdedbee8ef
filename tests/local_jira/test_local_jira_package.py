"""The surface as the real `jira` package drives it."""

from typing import Any

import pytest
from jira import JIRA, JIRAError

from local_jira.testing import RunningLocalJira

FEEDBACK: dict[str, Any] = {
    "project": {"key": "FT"},
    "issuetype": {"name": "Feedback"},
    "summary": "Charged twice",
    "description": "I was *charged* twice.",
}


def test_starting_the_package_costs_one_call(local_jira: RunningLocalJira) -> None:
    before = local_jira.journal_position()
    client = JIRA(local_jira.url, basic_auth=local_jira.bot_auth, max_retries=0, timeout=(5, 30))

    assert client._is_cloud
    assert local_jira.counts(before) == {"GET /rest/api/2/serverInfo": 1}


def test_version_2_creates_reads_edits_and_deletes_an_issue(jira2: JIRA) -> None:
    issue = jira2.create_issue(fields={**FEEDBACK, "labels": ["billing"]})
    assert issue.key == "FT-1"
    assert issue.fields.status.name == "Open"
    assert issue.fields.priority.name == "Medium"
    assert issue.fields.description == "I was *charged* twice."

    issue.update(fields={"summary": "Charged three times"}, update={"labels": [{"add": "refund"}]})
    assert issue.fields.summary == "Charged three times"
    assert issue.fields.labels == ["billing", "refund"]

    issue.delete()
    with pytest.raises(JIRAError) as refused:
        jira2.issue("FT-1")
    assert refused.value.status_code == 404


def test_version_3_takes_and_gives_documents(jira3: JIRA) -> None:
    document = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "twice"}]}],
    }
    issue = jira3.create_issue(fields={**FEEDBACK, "description": document})
    assert issue.raw["fields"]["description"] == document

    comment = jira3.add_comment(issue, document)
    assert comment.raw["body"] == document
    with pytest.raises(JIRAError) as refused:
        jira3.add_comment(issue, "plain")
    assert refused.value.response.json()["errors"] == {"comment": "Comment body is not valid!"}


def test_comments_are_public_unless_marked_as_internal(jira2: JIRA) -> None:
    issue = jira2.create_issue(fields=FEEDBACK)
    public = jira2.add_comment(issue, "We look into it.")
    internal = jira2.add_comment(issue, "Ask finance.", is_internal=True)

    assert public.raw["jsdPublic"] is True
    assert internal.raw["jsdPublic"] is False
    public.update(body="We looked into it.")
    assert [comment.body for comment in jira2.comments(issue)] == [
        "We looked into it.",
        "Ask finance.",
    ]


def test_a_transition_sets_the_resolution_and_reopening_clears_it(jira2: JIRA) -> None:
    issue = jira2.create_issue(fields=FEEDBACK)
    names = {step["name"] for step in jira2.transitions(issue)}
    assert names == {"Start work", "Ask the customer", "Resolve"}

    jira2.transition_issue(issue, "Resolve", fields={"resolution": {"name": "Answered"}})
    done = jira2.issue(issue.key)
    assert done.fields.status.statusCategory.key == "done"
    assert done.fields.resolution.name == "Answered"

    jira2.transition_issue(issue, "Reopen")
    again = jira2.issue(issue.key, expand="changelog")
    assert again.fields.status.name == "Reopened"
    assert again.fields.resolution is None
    newest = again.changelog.histories[0]
    assert {(item.field, item.toString) for item in newest.items} == {
        ("status", "Reopened"),
        ("resolution", None),
    }


@pytest.mark.filterwarnings("ignore:Unable to gather applicationlinks")
def test_properties_links_and_remote_links_work(jira2: JIRA) -> None:
    first = jira2.create_issue(fields=FEEDBACK)
    second = jira2.create_issue(fields=FEEDBACK)
    jira2.add_issue_property(first, "followthrough", {"seq": 1})
    assert jira2.issue_property(first, "followthrough").value.seq == 1

    jira2.create_issue_link("Blocks", first.key, second.key)
    [link] = jira2.issue(first.key).fields.issuelinks
    assert link.type.outward == "blocks"
    assert link.outwardIssue.key == second.key
    [back] = jira2.issue(second.key).fields.issuelinks
    assert back.inwardIssue.key == first.key
    jira2.delete_issue_link(link.id)
    assert jira2.issue(first.key).fields.issuelinks == []

    destination = {"url": "https://example.com/theme/1", "title": "Theme 1"}
    jira2.add_remote_link(first, destination=destination, globalId="theme=1")
    jira2.add_remote_link(first, destination=destination, globalId="theme=1")
    assert len(jira2.remote_links(first)) == 1


def test_search_pages_through_everything_in_both_forms(jira2: JIRA) -> None:
    keys = {jira2.create_issue(fields=FEEDBACK, prefetch=False).key for _ in range(7)}
    for use_post in (False, True):
        seen: list[str] = []
        token = None
        while True:
            page = jira2.enhanced_search_issues(
                "project = FT ORDER BY created",
                nextPageToken=token,
                maxResults=3,
                fields="summary",
                use_post=use_post,
            )
            seen += [issue.key for issue in page]
            token = page.nextPageToken
            if token is None:
                break
        assert len(seen) == len(set(seen))
        assert set(seen) == keys
    assert len(jira2.search_issues("project = FT", maxResults=False)) == 7
    assert jira2.approximate_issue_count("project = FT") == 7


def test_the_definitions_are_there(jira2: JIRA) -> None:
    assert jira2.myself()["accountId"] == "acc-followthrough-bot"
    assert {project.key for project in jira2.projects()} == {"FT", "PROD"}
    assert jira2.project("FT").name == "Feedback"
    assert [priority.name for priority in jira2.priorities()][:2] == ["Highest", "High"]
    assert {"Answered", "Fixed", "Won't Do"} <= {r.name for r in jira2.resolutions()}
    assert {"Open", "Waiting for customer", "Reopened"} <= {s.name for s in jira2.statuses()}
    assert {t.name for t in jira2.issue_link_types()} == {"Blocks", "Duplicate", "Relates"}
    assert {version.name for version in jira2.project_versions("FT")} == {"4.1", "4.2", "4.3"}
    meta = jira2.createmeta(projectKeys="FT", expand="projects.issuetypes.fields")
    types = {entry["name"]: entry for entry in meta["projects"][0]["issuetypes"]}
    assert types["Feedback"]["fields"]["summary"]["required"] is True
    assert [user.accountId for user in jira2.search_users(query="ada")] == ["acc-ada-agent"]
    assert jira2.user("acc-fay-finance").displayName == "Fay Finance"
    assert jira2.my_permissions(permissions="TRANSITION_ISSUES")["permissions"]


def test_assigning_goes_through_the_user_search(jira2: JIRA) -> None:
    issue = jira2.create_issue(fields=FEEDBACK)
    jira2.assign_issue(issue, "omar.owner@followthrough.example")
    assert jira2.issue(issue.key).fields.assignee.accountId == "acc-omar-owner"


def test_bulk_creation_reports_what_failed(jira2: JIRA) -> None:
    results = jira2.create_issues([FEEDBACK, {**FEEDBACK, "summary": ""}], prefetch=False)
    assert [result["status"] for result in results] == ["Success", "Error"]
    assert "You must specify a summary of the issue." in str(results[1]["error"])


def test_watchers_can_be_added_and_removed(jira2: JIRA) -> None:
    issue = jira2.create_issue(fields=FEEDBACK)
    jira2.add_watcher(issue, "acc-ada-agent")
    assert jira2.watchers(issue).watchCount == 1


def test_a_bearer_token_signs_in_too(local_jira: RunningLocalJira) -> None:
    client = JIRA(local_jira.url, token_auth="local-bot-token", max_retries=0, timeout=(5, 30))
    assert client.myself()["accountId"] == "acc-followthrough-bot"
