"""When the largest part of a page is there, in Chromium on a slow phone with a slow connection, at a first visit."""

from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.servers import chromium

VISITS = 5
LATENCY, OCTETS_A_SECOND, SLOWER = 150, 1.6e6 / 8, 4
"""Milliseconds, 1.6 Mbit/s in either direction, and how much slower than here the phone computes."""
_LARGEST = """
() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true}))
"""


def seconds_to_paint(address: str) -> float:
    """The median of some visits, each with nothing kept from before."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        seen = [_visit(browser, address) for _ in range(VISITS)]
        browser.close()
    return median(seen)


def _visit(browser: Browser, address: str) -> float:
    with browser.new_context(viewport={"width": 390, "height": 844}, locale="nl-NL") as context:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        slow = {
            "latency": LATENCY,
            "downloadThroughput": OCTETS_A_SECOND,
            "uploadThroughput": OCTETS_A_SECOND,
        }
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address, wait_until="networkidle")
        return float(page.evaluate(_LARGEST)) / 1000
