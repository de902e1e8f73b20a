"""Chromium for tests of pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.conftest import find_browser

# For each window two pages of the address bar, which no one sees here, and a process in reserve: without
# them opening a window takes about half of the processor's time.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess")
# Chromium heeds the last such list only, so what Playwright turns off is named again.
OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNSEEN + OFF)}",
)


@contextmanager
def launched() -> Iterator[Any]:
    """A browser; its loop of events must not outlive a module: others run loops of their own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=find_browser(), args=list(ARGS))
        yield found
        found.close()
