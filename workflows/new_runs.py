"""When a long run goes on in a new one: its history has grown, or a newer build takes new runs.

A run is pinned to the build of the worker that began it, so that its code never changes under it.
At the moment at which it begins anew it may change builds, and that is the only one.
"""

from __future__ import annotations

from typing import Any, NoReturn

from temporalio import workflow


def should_begin_anew() -> bool:
    """Whether this is a moment to go on in a new run; no handler is under way then."""
    info = workflow.info()
    wanted = (
        info.is_continue_as_new_suggested() or info.is_target_worker_deployment_version_changed()
    )
    return wanted and workflow.all_handlers_finished()


def begin_anew(argument: Any) -> NoReturn:
    """Go on in a new run, on the build that takes new runs where builds are told apart."""
    workflow.continue_as_new(
        argument,
        initial_versioning_behavior=workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
    )
