"""`--once`: data on standard output, words on standard error, and an exit status that is true."""

from __future__ import annotations

import json

import pytest

from tests.tui.by_hand import many_users
from tests.tui.world import LARGE, Size, World
from tui.cli.print_command import SUBJECTS, Question, Status, answer
from tui.http.client import Client, connection
from tui.session.target import Target

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Nothing here is about the screen."""
    return LARGE


async def once(world: World, question: Question, target: Target | None = None) -> Status:
    target = target or world.target()
    client = Client(connection(target.url, world.transport))
    return await answer(client, target, world.surroundings.token_store(target), question)


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_each_subject_is_printed_as_json(
    world: World, subject: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert await once(world, Question(subject, is_json=True)) == Status.DONE
    printed = json.loads(data_of(capsys))
    if subject == "overview":
        assert printed["users"]["total"] == 1
    else:
        path = {"audit": "audit-events"}.get(subject, subject)
        assert set(printed[0]) == set((await world.ask("GET", f"/v1/admin/{path}"))["data"][0])


async def test_all_pages_are_printed_with_their_filter(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await many_users(450)
    capsys.readouterr()
    assert await once(world, Question("users", is_json=True, filter="role:user")) == Status.DONE
    assert len(json.loads(data_of(capsys))) == 450


async def test_nothing_is_an_empty_array(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert await once(world, Question("users", is_json=True, filter="nobody")) == Status.DONE
    assert json.loads(data_of(capsys)) == []


async def test_without_json_it_is_a_table(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert await once(world, Question("users", is_json=False)) == Status.DONE
    titles, row = [line for line in data_of(capsys).splitlines() if line]
    assert titles.startswith("E-mail")
    assert row.startswith("root@example.com")


@pytest.mark.parametrize(
    ("question", "differences", "status"),
    [
        (Question("users", is_json=True, filter="colour:red"), {}, Status.MISUSED),
        (Question("overview", is_json=True, filter="x"), {}, Status.MISUSED),
        (Question("users", is_json=True), {"url": "https://auth.test/x"}, Status.TROUBLE),
        (Question("users", is_json=True), {"api_key": None}, Status.NOT_SIGNED_IN),
        (Question("users", is_json=True), {"api_key": "evr_" + "0" * 64}, Status.NOT_SIGNED_IN),
    ],
)
async def test_what_goes_wrong_is_words_and_a_status(
    world: World,
    capsys: pytest.CaptureFixture[str],
    question: Question,
    differences: dict[str, str],
    status: Status,
) -> None:
    capsys.readouterr()
    target = world.target(**differences)
    assert await once(world, question, target) == status
    printed = capsys.readouterr()
    assert "[info" in printed.out or not printed.out
    assert printed.err


async def test_a_user_without_the_role_is_another_status(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    target = world.target(api_key=key["key"])
    assert await once(world, Question("users", is_json=True), target) == Status.NOT_PERMITTED
    assert "Admin access required" in capsys.readouterr().err


def data_of(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, without the log of the server, which runs in this process too."""
    lines = capsys.readouterr().out.splitlines()
    return "\n".join(line for line in lines if "[info" not in line)
