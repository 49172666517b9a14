"""The profile, the password and the sessions of the signed-in user."""

from __future__ import annotations

from os import urandom
from time import time
from uuid import UUID

from sanic import HTTPResponse, Request
from sanic.response import BaseHTTPResponse

from api import errors
from api.accounts import password, sessions
from api.accounts.profile import rename
from api.authentication.credential_cache import CachedCredential
from api.authentication.principal import Principal, principal_of
from api.http import body
from api.http.fast_path import LINE_END, RememberedResponse
from api.http.metrics import count_quietly
from api.http.permissions import anyone, session_only, whole_user
from api.http.requests import SignedInCall, id_in_path, proxy_request_id
from api.http.responses import date_header, reply, reply_list, reply_nothing
from api.http.route_table import ArrayOf, Body, Route
from api.routes.account import schemas
from models import RefreshToken


async def me(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the profile of the caller, as the database has it now."""
    return reply(profile_of(call.principal))


async def rename_me(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the profile under its new name."""
    name = body.read(request, schemas.RenameRequest).name
    assert name is not None, "a change changes something"
    user = await rename(call.principal, name, call.context)
    return reply(profile_of(principal_of(user, call.principal.method)))


async def change_password(request: Request, call: SignedInCall) -> HTTPResponse:
    """204 once the password is replaced; every other session has ended, this one lives on."""
    # Before the form is read: where no password can be changed, its errors are of no use.
    password.check_password_is_ours(call.services.settings)
    sent = body.read(request, schemas.PasswordRequest)
    await password.change_password(
        call.services,
        call.principal,
        sent.current_password,
        sent.new_password,
        call.context,
    )
    return reply_nothing()


async def list_sessions(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the caller's unexpired sessions, newest first; `current` marks the asking one."""
    rows = await sessions.sessions_of(call.principal.user_id, call.context.now)
    return reply_list([_session(row, call.principal.session_id) for row in rows])


async def end_session(request: Request, call: SignedInCall, session_id: str) -> HTTPResponse:
    """204 once the session has ended; another user's is `SessionNotFound`, as a missing one is."""
    await sessions.revoke_session(
        call.principal.user_id, id_in_path(session_id, errors.SessionNotFound), call.context
    )
    return reply_nothing()


async def end_other_sessions(request: Request, call: SignedInCall) -> HTTPResponse:
    """204 once every session of the caller has ended, except the asking one."""
    principal = call.principal
    await sessions.revoke_other_sessions(principal.user_id, principal.session_id, call.context)
    return reply_nothing()


def profile_of(principal: Principal) -> schemas.Me:
    """The body of `/me` for a principal."""
    return schemas.Me(
        id=principal.user_id,
        email=principal.email,
        name=principal.name,
        roles=list(principal.roles),
        avatar_url=principal.avatar_url,
        email_verified=principal.email_verified,
    )


def _session(row: RefreshToken, current: UUID | None) -> schemas.Session:
    return schemas.Session(
        id=row.id,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        ip_address=row.ip_address,
        user_agent=row.user_agent,
        current=row.id == current,
    )


_ME_LINES = LINE_END.join(
    (
        b"cache-control: no-store",
        b"content-type: application/json",
        b"date: %b",
        b"content-length: %d",
        b"x-content-type-options: nosniff",
        b"x-request-id: %b",
    )
)


def answer_me(request: Request, known: CachedCredential) -> BaseHTTPResponse | None:
    """The answer to GET `/v1/auth/me` for a cached credential."""
    body = known.me
    if body is None:
        body = known.me = profile_of(known.principal).model_dump_json().encode()
    count_quietly(request.method, "/v1/auth/me")
    request_id = proxy_request_id(request) or urandom(16).hex()
    date = date_header(int(time()))
    return RememberedResponse(_ME_LINES % (date.encode(), len(body), request_id.encode()), body)


ROUTES = (
    Route(
        ("GET",),
        "/v1/auth/me",
        me,
        "Who is asking",
        guard=anyone,
        answers={200: schemas.Me},
        logged="failures",
        fast_answer=answer_me,
    ),
    Route(
        ("PATCH",),
        "/v1/auth/me",
        rename_me,
        "Change one's own name",
        guard=whole_user,
        body=Body(schemas.RenameRequest),
        answers={200: schemas.Me},
        refusals=(errors.ScopeRequired, errors.Invalid),
    ),
    Route(
        ("POST",),
        "/v1/auth/password",
        change_password,
        "Change one's own password; every other session ends",
        guard=session_only,
        body=Body(schemas.PasswordRequest),
        answers={204: None},
        refusals=(
            errors.WrongCurrentPassword,
            errors.SessionRequired,
            errors.PasswordIsInEnvironment,
            errors.Invalid,
            errors.Throttled,
            errors.Overloaded,
        ),
    ),
    Route(
        ("GET",),
        "/v1/auth/sessions",
        list_sessions,
        "One's own sessions, newest first",
        guard=session_only,
        answers={200: ArrayOf(schemas.Session)},
        refusals=(errors.SessionRequired,),
    ),
    Route(
        ("DELETE",),
        "/v1/auth/sessions",
        end_other_sessions,
        "End every session of one's own but the current one",
        guard=session_only,
        answers={204: None},
        refusals=(errors.SessionRequired,),
    ),
    Route(
        ("DELETE",),
        "/v1/auth/sessions/{session_id}",
        end_session,
        "End one session of one's own",
        guard=session_only,
        answers={204: None},
        refusals=(errors.SessionRequired, errors.SessionNotFound),
    ),
)
