"""What holds between an issue, its parent and its sub-tasks."""

from typing import TYPE_CHECKING

from local_jira.failures import BadRequestError
from local_jira.store.issues import IssueRecord

if TYPE_CHECKING:
    from local_jira.site import Site


def check_hierarchy(site: "Site", issue: IssueRecord) -> None:
    """Raise BadRequestError for a sub-task without a parent, and for a parent above another type."""
    is_subtask = site.catalog.issue_types[issue.fields["issuetype"]].subtask
    has_parent = issue.fields.get("parent") is not None
    if is_subtask and not has_parent:
        raise BadRequestError(
            errors={
                "issuetype": "Issue type is a sub-task but parent issue key or id not specified."
            }
        )
    if has_parent and (not is_subtask or issue.fields["parent"] == issue.id):
        raise BadRequestError(
            errors={"parentId": "Given parent work item does not belong to appropriate hierarchy."}
        )
