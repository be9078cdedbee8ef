"""Organisations: the customers of one company, and the service desks that they use."""

from collections.abc import Callable

from local_jira.calls import Answer, Call
from local_jira.database import next_number
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.seed_desk import SeedOrganization
from local_jira.seed_file import Seed, SeedProject
from local_jira.seeding import keep_seed, stored_seed
from local_jira.service_desk.requests import desk_project, require_agent
from local_jira.service_desk.shapes import (
    Json,
    desk_url,
    find_person,
    named_people,
    page,
    person_json,
    route,
)
from local_jira.views.context import View, view_for

FIRST_ID = 100
LONGEST_NAME = 200


def _shown(view: View, organization: SeedOrganization) -> Json:
    return {
        "id": organization.id,
        "name": organization.name,
        "scimManaged": False,
        "_links": {"self": desk_url(view, f"organization/{organization.id}")},
    }


def _organization(seed: Seed, wanted: str) -> SeedOrganization:
    for organization in seed.organizations:
        if organization.id == wanted:
            return organization
    raise NotFoundError(f"The organization with id {wanted} does not exist.")


def _change(call: Call, change: Callable[[Seed], Seed]) -> None:
    """Put changed definitions in the place of the stored ones, in one transaction."""
    with call.site.write(call) as work:
        keep_seed(work.connection, change(stored_seed(work.connection)))
    call.site.reload()


def _with_projects(seed: Seed, change: Callable[[SeedProject], SeedProject]) -> Seed:
    return seed.model_copy(update={"projects": tuple(change(p) for p in seed.projects)})


def _with_desk_organizations(project: SeedProject, chosen: tuple[str, ...]) -> SeedProject:
    if project.desk is None:
        return project
    desk = project.desk.model_copy(update={"organizations": chosen})
    return project.model_copy(update={"desk": desk})


def get_organizations(call: Call) -> Answer:
    """GET organization: all of them for agents, their own for customers."""
    view = view_for(call)
    found = [
        entry
        for entry in view.catalog.seed.organizations
        if not call.actor.is_customer or call.actor.account_id in entry.members
    ]
    return page(call, view, found, lambda entry: _shown(view, entry))


def post_organization(call: Call) -> Answer:
    """POST organization."""
    require_agent(call)
    name = call.json_object().get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise BadRequestError("The name must be a text of 1 to 200 characters.")
    with call.site.write(call) as work:
        seed = stored_seed(work.connection)
        new_id = str(next_number(work.connection, "organization", FIRST_ID))
        made = SeedOrganization(id=new_id, name=name.strip())
        keep_seed(
            work.connection, seed.model_copy(update={"organizations": (*seed.organizations, made)})
        )
    call.site.reload()
    return Answer(201, _shown(view_for(call), made))


def _visible(call: Call) -> SeedOrganization:
    found = _organization(call.site.catalog.seed, call.parameters["organizationId"])
    if call.actor.is_customer and call.actor.account_id not in found.members:
        raise NotFoundError(f"The organization with id {found.id} does not exist.")
    return found


def get_organization(call: Call) -> Answer:
    """GET organization/{organizationId}."""
    return Answer(200, _shown(view_for(call), _visible(call)))


def delete_organization(call: Call) -> Answer:
    """DELETE organization/{organizationId}: the desks that it used lose it."""
    require_agent(call)

    def without(seed: Seed) -> Seed:
        gone = _organization(seed, call.parameters["organizationId"])

        def left(project: SeedProject) -> SeedProject:
            known = project.desk.organizations if project.desk else ()
            return _with_desk_organizations(project, tuple(o for o in known if o != gone.id))

        others = tuple(o for o in seed.organizations if o.id != gone.id)
        return _with_projects(seed.model_copy(update={"organizations": others}), left)

    _change(call, without)
    return Answer(204)


def get_members(call: Call) -> Answer:
    """GET organization/{organizationId}/user: ordered by account id."""
    view = view_for(call)
    members = sorted(_visible(call).members)
    return page(call, view, members, lambda name: person_json(view, view.account(name)))


def _change_members(call: Call, add: bool) -> Answer:
    require_agent(call)
    view = view_for(call)
    names = [find_person(view, name).account_id for name in named_people(call.json_object())]

    def changed(seed: Seed) -> Seed:
        known = _organization(seed, call.parameters["organizationId"])
        kept = [name for name in known.members if name not in names]
        members = (*kept, *dict.fromkeys(names)) if add else tuple(kept)
        one = known.model_copy(update={"members": members})
        others = tuple(one if o.id == known.id else o for o in seed.organizations)
        return seed.model_copy(update={"organizations": others})

    _change(call, changed)
    return Answer(204)


def post_members(call: Call) -> Answer:
    """POST organization/{organizationId}/user."""
    return _change_members(call, add=True)


def delete_members(call: Call) -> Answer:
    """DELETE organization/{organizationId}/user."""
    return _change_members(call, add=False)


def get_desk_organizations(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/organization."""
    view = view_for(call)
    _, desk = desk_project(view, call.parameters["serviceDeskId"])
    require_agent(call)
    found = [_organization(view.catalog.seed, wanted) for wanted in desk.organizations]
    return page(call, view, found, lambda entry: _shown(view, entry))


def _change_desk(call: Call, add: bool) -> Answer:
    own, _ = desk_project(view_for(call), call.parameters["serviceDeskId"])
    require_agent(call)
    wanted = str(call.json_object().get("organizationId"))

    def changed(seed: Seed) -> Seed:
        chosen = _organization(seed, wanted).id

        def with_or_without(project: SeedProject) -> SeedProject:
            if project.desk is None or project.id != own.id:
                return project
            others = tuple(o for o in project.desk.organizations if o != chosen)
            return _with_desk_organizations(project, (*others, chosen) if add else others)

        return _with_projects(seed, with_or_without)

    _change(call, changed)
    return Answer(204)


def post_desk_organization(call: Call) -> Answer:
    """POST servicedesk/{serviceDeskId}/organization: adding it again changes nothing."""
    return _change_desk(call, add=True)


def delete_desk_organization(call: Call) -> Answer:
    """DELETE servicedesk/{serviceDeskId}/organization."""
    return _change_desk(call, add=False)


_OF_DESK = "servicedesk/{serviceDeskId}/organization"
_ONE = "organization/{organizationId}"
ROUTES = [
    route("GET", _OF_DESK, get_desk_organizations),
    route("POST", _OF_DESK, post_desk_organization),
    route("DELETE", _OF_DESK, delete_desk_organization),
    route("GET", "organization", get_organizations),
    route("POST", "organization", post_organization),
    route("GET", _ONE, get_organization),
    route("DELETE", _ONE, delete_organization),
    route("GET", _ONE + "/user", get_members),
    route("POST", _ONE + "/user", post_members),
    route("DELETE", _ONE + "/user", delete_members),
]
