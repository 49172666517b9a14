"""A program in a few words: the browser and the system, and never more than was sent."""

from __future__ import annotations

import pytest

from tui.lists.user_agents import program

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox 140 on Linux",
        ),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Firefox/127.0", "Firefox 127 on Android"),
        (f"{WINDOWS} Chrome/138.0.0.0 Safari/537.36", "Chrome 138 on Windows"),
        (f"{WINDOWS} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0", "Edge 138 on Windows"),
        (f"{WINDOWS} Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0", "Opera 106 on Windows"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari 17 on iPhone"),
        (f"{IPHONE} CriOS/118.0.5993.69 Mobile/15E148 Safari/604.1", "Chrome 118 on iPhone"),
        (f"{IPHONE} Mobile/15E148", "WebKit 605 on iPhone"),
        (f"{MAC} Version/18.1 Safari/605.1.15", "Safari 18 on macOS"),
        (f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome 126 on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541) Chrome/126.0.0.0", "Chrome 126 on ChromeOS"),
    ],
)
def test_a_browser_is_named_with_its_system(sent: str, words: str) -> None:
    assert program(sent) == words


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("curl/8.5.0", "curl 8.5.0"),
        ("python-httpx/0.28.1", "python-httpx 0.28.1"),
        ("aws-cli/2.15 (linux)", "aws-cli 2.15"),
        ("Mozilla/5.0", "Mozilla/5.0"),
        ("Mozilla/5.0 (compatible; bot)", "Mozilla/5.0 (compatible; bot)"),
        ("a backup of mine", "a backup of mine"),
        ("curl", "curl"),
        ("", ""),
    ],
)
def test_another_program_is_named_as_it_names_itself(sent: str, words: str) -> None:
    assert program(sent) == words


def test_nothing_that_somebody_makes_on_purpose_becomes_longer() -> None:
    for piece in ("Chrome/1", "Version/1 ", "Version/1.", "Firefox/", "(", "/", "a/1"):
        for begin in ("", "Mozilla/5.0 "):
            sent = (begin + piece * 512)[:512]
            assert len(program(sent)) <= len(sent)
