"""Short words for a `User-Agent`: the browser and the system, or the program.

The words help to recognise a device and prove nothing: anybody may send any. A table is enough for that.
The databases of known browsers cost much more here (ua-parser: 400 ms for the first text, and up to
20 ms for one that somebody made on purpose, of which a screen may show sixty).
"""

from __future__ import annotations

import re
from functools import lru_cache

# In this order: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/(\d{1,4})"),
    ("Opera", r"OPR/(\d{1,4})"),
    ("Vivaldi", r"Vivaldi/(\d{1,4})"),
    ("Samsung Internet", r"SamsungBrowser/(\d{1,4})"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d{1,4})"),
    ("Chrome", r"(?:Chrome|CriOS|HeadlessChrome)/(\d{1,4})"),
    ("Safari", r"Version/(\d{1,4})[^ ]* (?:Mobile/\w+ )?Safari/"),
    # What an application on a telephone shows pages with.
    ("WebKit", r"AppleWebKit/(\d{1,4})"),
)
# Android calls itself Linux, too, and an iPhone says "like Mac OS X".
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("ChromeOS", "CrOS"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)
_PRODUCT = re.compile(r"([^/\s]+)/(\d[^\s;,()]*)")
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _BROWSERS)


@lru_cache(maxsize=1024)
def program(user_agent: str) -> str:
    """The program in words: `Firefox 140 on Linux`, `curl 8.5.0`; else the text as it was sent."""
    if not user_agent.startswith("Mozilla/"):
        product = _PRODUCT.match(user_agent)
        return f"{product[1]} {product[2]}" if product else user_agent
    found = ((name, pattern.search(user_agent)) for name, pattern in _COMPILED)
    browser = next((f"{name} {match[1]}" for name, match in found if match), "")
    system = next((name for name, word in _SYSTEMS if word in user_agent), "")
    return " on ".join(filter(None, (browser, system))) if browser else user_agent
