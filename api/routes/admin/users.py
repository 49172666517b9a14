"""Users of everybody, for operators: list, create, look at, change, delete, sign out."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.administration import queries, sessions, users
from api.administration import users as user_lookup
from api.administration.queries import page_request
from api.errors import UserNotFound
from api.http import body
from api.http.permissions import READ, REFUSALS, WRITE, actor_of
from api.http.requests import SignedInCall, id_in_path
from api.http.responses import reply, reply_nothing
from api.http.route_table import Body, Parameter, Route
from api.routes.admin import schemas
from api.routes.admin.list_parameters import ListQuery, Q, parameters, searched
from api.routes.admin.sessions import USER_SESSIONS, user_sessions
from models import User
from models.lists.users import SORTS, UserFilters

DEFAULT_SORT = "email"
MAX_MEMBERS = 200
LISTED = parameters(
    SORTS,
    DEFAULT_SORT,
    {
        "q": Parameter(f"Part of the e-mail or the name; {Q}"),
        "role": Parameter("Who has this role"),
        "provider": Parameter("Whose `auth_provider` is this one; `local` for none"),
        "disabled": Parameter("Who is disabled, or is not", {"type": "boolean"}),
    },
)


async def list_users(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with one page of users, by address by default."""
    query = ListQuery(request, LISTED)
    filters = UserFilters(
        q=query.search(),
        role=query.text("role"),
        provider=query.text("provider"),
        disabled=query.flag("disabled"),
    )
    wanted = query.page_request(filters, SORTS, DEFAULT_SORT)
    page = await queries.page_of_users(wanted, call.context.now)
    return reply(schemas.UserPage.model_validate(page))


async def list_members(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the first 200 users by address, for the platform's own page.

    `search` is as `q` of the list; unknown parameters are ignored, because that page may send some.
    """
    q = searched("search", request.args.get("search", ""))
    wanted = page_request(UserFilters(q=q), SORTS, sort=DEFAULT_SORT, limit=MAX_MEMBERS)
    rows = await queries.first_users(wanted, call.context.now)
    return reply(schemas.Members.model_validate({"data": rows}))


async def create_user(request: Request, call: SignedInCall) -> HTTPResponse:
    """201 with the new user."""
    sent = body.read(request, schemas.CreateUserRequest)
    form = users.NewUser(
        email=sent.email, name=sent.name, password=sent.password, roles=tuple(sent.roles)
    )
    user = await users.create(
        form,
        actor_of(call),
        call.context,
        settings=call.services.settings,
        hasher=call.services.hasher,
    )
    row = await queries.user(user.id, call.context.now)
    return reply(schemas.UserRow.model_validate(row), 201)


async def show_user(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    """200 with one user."""
    row = await queries.user(id_in_path(user_id, UserNotFound), call.context.now)
    return reply(schemas.UserRow.model_validate(row))


async def change_user(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    """200 with the changed user; fields that the body leaves out stay as they are."""
    sent = body.read(request, schemas.ChangeUserRequest)
    wanted = users.Wanted(
        name=sent.name,
        roles=None if sent.roles is None else tuple(sent.roles),
        disabled=sent.disabled,
    )
    named = id_in_path(user_id, UserNotFound)
    await users.change(named, wanted, actor_of(call), call.context)
    return reply(schemas.UserRow.model_validate(await queries.user(named, call.context.now)))


async def delete_user(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    """204 once the user, their sessions, keys and identities are deleted."""
    user = await _named(user_id)
    await user_lookup.delete_user(user, actor_of(call), call.context)
    return reply_nothing()


async def list_user_sessions(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    """200 with one page of a user's live sessions, newest first by default."""
    query = ListQuery(request, USER_SESSIONS)
    user = await _named(user_id)
    wanted = user_sessions(query, user.id)
    page = await queries.page_of_sessions(wanted, call.context.now)
    return reply(schemas.SessionPage.model_validate(page))


async def force_logout(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    """200 with the number of sessions that ended; API keys go on working."""
    user = await _named(user_id)
    count = await sessions.force_logout(user, actor_of(call), call.context)
    return reply(schemas.Revoked(revoked=count))


async def _named(user_id: str) -> User:
    return await user_lookup.user_by_id(id_in_path(user_id, UserNotFound))


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/users",
        list_users,
        "Everybody who has an account",
        guard=READ,
        query=LISTED,
        answers={200: schemas.UserPage},
        refusals=(*REFUSALS, errors.Invalid),
    ),
    Route(
        ("POST",),
        "/v1/admin/users",
        create_user,
        "Make an account; without a password it can sign in only through a provider",
        guard=WRITE,
        body=Body(schemas.CreateUserRequest),
        answers={201: schemas.UserRow},
        refusals=(
            *REFUSALS,
            errors.SessionRequired,
            errors.EmailTaken,
            errors.Invalid,
            errors.Overloaded,
        ),
    ),
    Route(
        ("GET",),
        "/v1/admin/users/{user_id}",
        show_user,
        "One user",
        guard=READ,
        answers={200: schemas.UserRow},
        refusals=(*REFUSALS, UserNotFound),
    ),
    Route(
        ("PATCH",),
        "/v1/admin/users/{user_id}",
        change_user,
        "Change a user's name and roles, disable or enable them",
        guard=WRITE,
        body=Body(schemas.ChangeUserRequest),
        answers={200: schemas.UserRow},
        refusals=(
            *REFUSALS,
            errors.SessionRequired,
            UserNotFound,
            errors.LastOperator,
            errors.Invalid,
        ),
    ),
    Route(
        ("DELETE",),
        "/v1/admin/users/{user_id}",
        delete_user,
        "Delete a user with sessions, keys and identities",
        guard=WRITE,
        answers={204: None},
        refusals=(*REFUSALS, UserNotFound, errors.LastOperator),
    ),
    Route(
        ("GET",),
        "/v1/admin/users/{user_id}/sessions",
        list_user_sessions,
        "The living sessions of one user",
        guard=READ,
        query=USER_SESSIONS,
        answers={200: schemas.SessionPage},
        refusals=(*REFUSALS, UserNotFound, errors.Invalid),
    ),
    Route(
        ("DELETE",),
        "/v1/admin/users/{user_id}/sessions",
        force_logout,
        "Force logout: end every session of a user; their keys go on working",
        guard=WRITE,
        answers={200: schemas.Revoked},
        refusals=(*REFUSALS, UserNotFound),
    ),
    Route(
        ("GET",),
        "/v1/users",
        list_members,
        "The platform's page of members: at most 200, by e-mail",
        guard=READ,
        query={"search": Parameter(f"Part of the e-mail or the name; {Q}")},
        answers={200: schemas.Members},
        refusals=(*REFUSALS, errors.Invalid),
    ),
)
