"""The surface as jira.js drives it, a client in another language.

It checks every answer against schemas of its own, generated from Atlassian's documents: a wrong
type, a missing or an undeclared member fails the call. See `jira_js_driver.py`.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from jira_js_driver import HERE, JiraJs, JiraJsError, running_jira_js
from local_jira_tools import adf
from small_seed import PEOPLE

from local_jira.testing import RunningLocalJira, running_local_jira

FIELDS: dict[str, Any] = {
    "project": {"key": "FT"},
    "issuetype": {"name": "Feedback"},
    "summary": "Charged twice",
}
INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}
EVERYTHING = "names,schema,transitions,changelog,renderedFields,editmeta"


@pytest.fixture(scope="module")
def jira_js() -> Iterator[JiraJs]:
    with running_jira_js() as running:
        yield running


@pytest.fixture(scope="module")
def behind_a_path() -> Iterator[RunningLocalJira]:
    with running_local_jira(context_path="/jira") as running:
        yield running


@pytest.fixture
def cloud(jira_js: JiraJs, local_jira: RunningLocalJira) -> JiraJs:
    return jira_js.signed_in(local_jira.url, local_jira.bot_auth)


@pytest.fixture
def people(jira_js: JiraJs, small_site: RunningLocalJira) -> dict[str, JiraJs]:
    return {name: jira_js.signed_in(small_site.url, auth) for name, auth in PEOPLE.items()}


def test_the_lock_of_jira_js_names_no_address() -> None:
    lock = (HERE / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')


def test_an_issue_lives_from_creation_to_deletion(cloud: JiraJs) -> None:
    made = cloud(
        "issues.createIssue",
        fields={**FIELDS, "description": adf("Twice.")},
        properties=[{"key": "ours", "value": {"op": 1}}],
    )
    one = {"issueIdOrKey": made["key"]}
    cloud(
        "issues.editIssue",
        **one,
        fields={"assignee": {"accountId": "acc-ada-agent"}},
        update={"labels": [{"add": "billing"}]},
    )
    shown = cloud("issues.getIssue", **one, fields=["*all"], properties=["*all"], expand=EVERYTHING)
    assert shown["fields"]["labels"] == ["billing"]
    assert shown["fields"]["assignee"]["accountId"] == "acc-ada-agent"
    assert shown["properties"] == {"ours": {"op": 1}}
    cloud("issues.deleteIssue", **one)
    with pytest.raises(JiraJsError) as caught:
        cloud("issues.getIssue", **one)
    assert (caught.value.kind, caught.value.status) == ("NotFoundError", 404)


def test_everything_holds_behind_a_context_path(
    jira_js: JiraJs, behind_a_path: RunningLocalJira
) -> None:
    client = jira_js.signed_in(behind_a_path.url, behind_a_path.bot_auth)
    key = client("issues.createIssue", fields=FIELDS)["key"]
    shown = client("issues.getIssue", issueIdOrKey=key)
    assert shown["self"].startswith(f"{behind_a_path.url}/rest/api/3/issue/")


def test_comments_are_public_or_internal_on_purpose(cloud: JiraJs) -> None:
    one = {"issueIdOrKey": cloud("issues.createIssue", fields=FIELDS)["key"]}
    cloud("issueComments.addComment", **one, body="We *look* at it")
    hidden = cloud("issueComments.addComment", **one, body=adf("Ours"), properties=[INTERNAL])
    cloud("issueComments.updateComment", **one, id=hidden["id"], body={"body": adf("Ours still")})
    shown = cloud("issueComments.getComments", **one, expand="properties,renderedBody")["comments"]
    assert [comment["jsdPublic"] for comment in shown] == [True, False]
    assert shown[0]["renderedBody"] == "<p>We <b>look</b> at it</p>"
    assert shown[1]["body"] == adf("Ours still")
    listed = cloud("issueComments.getCommentsByIds", ids=[int(hidden["id"])])
    assert listed["total"] == 1


def test_properties_of_issues_and_comments_are_kept(cloud: JiraJs) -> None:
    one = {"issueIdOrKey": cloud("issues.createIssue", fields=FIELDS)["key"]}
    comment = cloud("issueComments.addComment", **one, body=adf("Hello"))["id"]
    for group, place in (
        ("issueProperties.{}IssueProperty", one),
        ("issueCommentProperties.{}CommentProperty", {"commentId": comment}),
    ):
        cloud(group.format("set"), **place, propertyKey="ours", body={"seq": 7})
        read = cloud(group.format("get"), **place, propertyKey="ours")
        assert read == {"key": "ours", "value": {"seq": 7}}
        assert len(cloud(group.format("get") + "Keys", **place)["keys"]) == 1
        cloud(group.format("delete"), **place, propertyKey="ours")


def test_a_step_moves_the_issue_and_the_history_tells_it(cloud: JiraJs) -> None:
    one = {"issueIdOrKey": cloud("issues.createIssue", fields=FIELDS)["key"]}
    offered = cloud("issues.getTransitions", **one, expand="transitions.fields")["transitions"]
    [step] = [step["id"] for step in offered if step["to"]["name"] == "In Progress"]
    cloud(
        "issues.doTransition",
        **one,
        transition={"id": step},
        historyMetadata={"type": "ours", "actor": {"id": "bot"}},
    )
    [history] = cloud("issues.getChangeLogs", **one)["values"]
    assert history["items"][0]["toString"] == "In Progress"
    assert history["historyMetadata"]["type"] == "ours"
    many = cloud("issues.getBulkChangelogs", issueIdsOrKeys=["FT-1"], fieldIds=["status"])
    assert len(many["issueChangeLogs"][0]["changeHistories"]) == 1


def test_a_search_goes_from_page_to_page_by_token(cloud: JiraJs) -> None:
    keys = [cloud("issues.createIssue", fields=FIELDS)["key"] for _ in range(3)]
    asked = {"jql": "project = FT ORDER BY key", "maxResults": 2, "fields": ["*all"]}
    first = cloud("issueSearch.searchAndReconsileIssuesUsingJqlPost", **asked)
    assert first["isLast"] is False
    last = cloud(
        "issueSearch.searchAndReconsileIssuesUsingJql",
        **asked,
        nextPageToken=first["nextPageToken"],
    )
    assert last["isLast"] is True
    assert [issue["key"] for issue in first["issues"] + last["issues"]] == keys
    assert cloud("issueSearch.countIssues", jql="project = FT") == {"count": 3}
    assert cloud("jql.parseJqlQueries", queries=["project = FT", "x ="])["queries"][1]["errors"]


def test_links_lead_from_cause_to_effect(cloud: JiraJs) -> None:
    cause, effect = (cloud("issues.createIssue", fields=FIELDS)["key"] for _ in range(2))
    ends = {"inwardIssue": {"key": cause}, "outwardIssue": {"key": effect}}
    cloud("issueLinks.linkIssues", type={"name": "Blocks"}, **ends)
    [link] = cloud("issues.getIssue", issueIdOrKey=cause)["fields"]["issuelinks"]
    assert link["outwardIssue"]["key"] == effect
    assert cloud("issueLinks.getIssueLink", linkId=link["id"])["inwardIssue"]["key"] == cause
    cloud("issueLinks.deleteIssueLink", linkId=link["id"])
    one = {"issueIdOrKey": cause}
    there = {"url": "https://shop.example/1", "title": "Order"}
    cloud("issueRemoteLinks.createOrUpdateRemoteIssueLink", **one, globalId="o=1", object=there)
    [remote] = cloud("issueRemoteLinks.getRemoteIssueLinks", **one)
    assert remote["object"]["title"] == "Order"
    cloud("issueRemoteLinks.deleteRemoteIssueLinkByGlobalId", **one, globalId="o=1")
    assert cloud("issueRemoteLinks.getRemoteIssueLinks", **one) == []


def test_files_come_back_as_they_went(cloud: JiraJs) -> None:
    one = {"issueIdOrKey": cloud("issues.createIssue", fields=FIELDS)["key"]}
    file = {"filename": "Größe.txt", "content": "What the customer sent: ☂"}
    [added] = cloud("issueAttachments.addAttachment", **one, attachments=file)
    assert (added["filename"], added["mimeType"]) == ("Größe.txt", "text/plain")
    content = cloud("issueAttachments.getAttachmentContent", id=added["id"])
    assert base64.b64decode(content).decode() == file["content"]
    cloud("issueAttachments.removeAttachment", id=added["id"])
    assert cloud("issues.getIssue", **one)["fields"]["attachment"] == []


def test_bulk_calls_tell_apart_what_worked_and_what_did_not(cloud: JiraJs) -> None:
    made = cloud("issues.createIssues", issueUpdates=[{"fields": FIELDS}, {"fields": {}}])
    assert made["errors"][0]["failedElementNumber"] == 1
    number = int(made["issues"][0]["id"])
    fetched = cloud("issues.bulkFetchIssues", issueIdsOrKeys=["FT-1", "FT-99"], fields=["*all"])
    assert len(fetched["issues"]) == len(fetched["issueErrors"]) == 1
    task = cloud(
        "issueProperties.bulkSetIssuesPropertiesList",
        entitiesIds=[number],
        properties={"ours": 1},
    )
    assert cloud("tasks.getTask", taskId=task["id"])["status"] == "COMPLETE"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("serverInfo.getServerInfo", {}),
        ("myself.getCurrentUser", {}),
        ("jiraSettings.getConfiguration", {}),
        ("permissions.getMyPermissions", {"permissions": "EDIT_ISSUES,ADD_COMMENTS"}),
        ("projects.searchProjects", {}),
        ("projects.getProject", {"projectIdOrKey": "FT"}),
        ("projects.getAllStatuses", {"projectIdOrKey": "FT"}),
        ("projectComponents.getProjectComponents", {"projectIdOrKey": "FT"}),
        ("projectVersions.getProjectVersions", {"projectIdOrKey": "FT"}),
        ("issueTypes.getIssueAllTypes", {}),
        ("workflowStatuses.getStatuses", {}),
        ("status.search", {}),
        ("workflowStatusCategories.getStatusCategories", {}),
        ("issuePriorities.searchPriorities", {}),
        ("issueResolutions.getResolution", {"id": "10000"}),
        ("issueLinkTypes.getIssueLinkTypes", {}),
        ("issueFields.getFields", {}),
        ("issueFields.getFieldsPaginated", {}),
        ("labels.getAllLabels", {}),
        ("issues.getCreateIssueMetaIssueTypes", {"projectIdOrKey": "FT"}),
        (
            "issues.getCreateIssueMetaIssueTypeId",
            {"projectIdOrKey": "FT", "issueTypeId": "10001"},
        ),
        ("users.getUser", {"accountId": "acc-ada-agent"}),
        ("users.getAllUsers", {}),
        ("userSearch.findUsers", {"query": "ada"}),
        ("userSearch.findAssignableUsers", {"project": "FT"}),
        ("groups.getUsersFromGroup", {"groupname": "staff"}),
        ("issueAttachments.getAttachmentMeta", {}),
    ],
)
def test_what_the_site_defines_fits_the_clients_schemas(
    cloud: JiraJs, operation: str, arguments: dict[str, Any]
) -> None:
    assert cloud(operation, **arguments)


def asked(people: dict[str, JiraJs]) -> dict[str, str]:
    made = people["carl"](
        "request.createCustomerRequest",
        "serviceDesk",
        serviceDeskId="1",
        requestTypeId="2",
        requestFieldValues={"summary": "Refund me", "customfield_10001": "INV-7"},
    )
    return {"issueIdOrKey": made["issueKey"]}


def test_a_request_and_all_its_parts_fit_the_clients_schemas(people: dict[str, JiraJs]) -> None:
    one, anna = asked(people), people["anna"]
    parts = "participant,status,sla,requestType,serviceDesk,comment,action"
    shown = anna(
        "request.getCustomerRequestByIdOrKey", "serviceDesk", **one, expand=parts.split(",")
    )
    assert shown["currentStatus"]["status"] == "Open"
    listed = people["carl"]("request.getCustomerRequests", "serviceDesk")
    assert [request["issueKey"] for request in listed["values"]] == [one["issueIdOrKey"]]
    for part in ("RequestStatus", "Transitions"):
        people["carl"](f"request.getCustomer{part}", "serviceDesk", **one)
    anna("request.addRequestParticipants", "serviceDesk", **one, accountIds=["acc-ben"])
    assert anna("request.getRequestParticipants", "serviceDesk", **one)["size"] == 1
    anna("request.removeRequestParticipants", "serviceDesk", **one, accountIds=["acc-ben"])


def test_only_agents_read_internal_comments(people: dict[str, JiraJs]) -> None:
    one = asked(people)
    for body, public in (("Our secret", False), ("Hello", True)):
        people["anna"](
            "request.createRequestComment", "serviceDesk", **one, body=body, public=public
        )
    seen = {
        name: [
            comment["body"]
            for comment in people[name]("request.getRequestComments", "serviceDesk", **one)[
                "values"
            ]
        ]
        for name in ("anna", "carl")
    }
    assert seen == {"anna": ["Our secret", "Hello"], "carl": ["Hello"]}


def test_clocks_and_approvals_fit_the_clients_schemas(people: dict[str, JiraJs]) -> None:
    one, anna, ben = asked(people), people["anna"], people["ben"]
    [clock] = anna("request.getSlaInformation", "serviceDesk", **one)["values"]
    anna("request.getSlaInformationById", "serviceDesk", **one, slaMetricId=clock["id"])
    anna("issues.doTransition", **one, transition={"id": "11"})
    [pending] = anna("request.getApprovals", "serviceDesk", **one)["values"]
    decision = {**one, "approvalId": pending["id"], "decision": "approve"}
    assert anna("request.answerApproval", "serviceDesk", **decision)["finalDecision"] == "pending"
    assert ben("request.answerApproval", "serviceDesk", **decision)["finalDecision"] == "approved"
    with pytest.raises(JiraJsError) as caught:
        ben("request.answerApproval", "serviceDesk", **decision)
    assert caught.value.status == 409
    [done] = anna("request.getApprovals", "serviceDesk", **one)["values"]
    assert done["completedDate"]["epochMillis"] >= done["createdDate"]["epochMillis"]


def test_desks_queues_and_organisations_fit_the_clients_schemas(
    people: dict[str, JiraJs],
) -> None:
    def ask(operation: str, **arguments: Any) -> Any:
        return people["anna"](operation, "serviceDesk", **arguments)

    ask("info.getInfo")
    [desk] = [entry["id"] for entry in ask("servicedesk.getServiceDesks")["values"]]
    of_desk = {"serviceDeskId": desk}
    ask("servicedesk.getServiceDeskById", **of_desk)
    kind = ask("servicedesk.getRequestTypes", **of_desk)["values"][1]["id"]
    ask("servicedesk.getRequestTypeById", **of_desk, requestTypeId=kind)
    ask("servicedesk.getRequestTypeFields", **of_desk, requestTypeId=kind)
    [queue] = ask("servicedesk.getQueues", **of_desk, includeCount=True)["values"]
    ask("servicedesk.getQueue", **of_desk, queueId=queue["id"])
    ask("servicedesk.getIssuesInQueue", **of_desk, queueId=queue["id"])
    made = ask("organization.createOrganization", name="New Ltd")["id"]
    one, member = {"organizationId": made}, {"body": {"accountIds": ["acc-carl"]}}
    chosen = {"body": {"organizationId": int(made)}}
    ask("organization.addOrganization", **of_desk, **chosen)
    ask("organization.addUsersToOrganization", **one, **member)
    assert ask("organization.getUsersInOrganization", **one)["size"] == 1
    ask("organization.removeUsersFromOrganization", **one, **member)
    assert ask("organization.getServiceDeskOrganizations", **of_desk)["size"] == 2
    ask("organization.removeOrganization", **of_desk, **chosen)
    ask("organization.deleteOrganization", **one)
    assert ask("organization.getOrganizations")["size"] == 1


@contextmanager
def answering(body: dict[str, Any]) -> Iterator[str]:
    """A server that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_an_answer_of_another_shape_would_be_seen(jira_js: JiraJs) -> None:
    who = ("bot@followthrough.example", "token")
    with answering({"id": 7}) as site, pytest.raises(JiraJsError) as caught:
        jira_js.signed_in(site, who)("issues.getIssue", issueIdOrKey="FT-1")
    assert caught.value.kind == "SchemaMismatchError"
    with answering({"surprise": 7}) as site, pytest.raises(AssertionError, match="surprise"):
        jira_js.signed_in(site, who)("issues.getIssue", issueIdOrKey="FT-1")
