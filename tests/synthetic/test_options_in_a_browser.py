"""Throttling, devices, client certificates and the expiry of a certificate, on real sockets."""

import time

import pytest

from synthetic import journey, step
from synthetic.browser import Warm
from synthetic.journey import REGISTERED
from synthetic.runner import run
from synthetic.target import Target
from tests.synthetic.faulty import certificate, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_throttled_network_is_slow(go):
    async def script(page):
        async with step("open", slow="200ms"):
            await page.goto("/next")

    done = await go(script, throttle={"latency_ms": 400})
    assert (done.status, done.reason) == ("degraded", "slow_step")
    assert done.steps[0].duration_ms >= 400


async def test_a_device_has_its_own_size(go):
    async def script(page):
        async with step("open"):
            await page.goto("/next")
            assert await page.evaluate("screen.width") < 500

    done = await go(script, device="Pixel 7")
    assert (done.status, done.device) == ("passed", "Pixel 7")


async def test_an_unknown_device_is_the_journey_s_own_fault(go):
    async def script(page):
        await page.goto("/")

    done = await go(script, device="Nokia 3310")
    assert (done.status, done.fault, done.reason) == ("error", "monitor", "journey.error")
    assert "'Nokia 3310' is not one of Playwright's" in done.message


async def test_a_missing_secret_is_named_and_the_site_is_not_blamed(go):
    async def script(page): ...

    done = await go(script, secrets=["NO_SUCH_THING"])
    assert (done.status, done.fault, done.reason) == ("error", "monitor", "secret.missing")
    assert done.message == "secret 'NO_SUCH_THING' is missing: not in the environment"


@pytest.mark.usefixtures("_no_journeys_of_others")
async def test_the_end_of_a_certificate_is_known(tmp_path):
    @journey("secure", slow="9s")
    async def secure(page):
        await page.goto("/next")

    careless = Warm(options={"more": ["--ignore-certificate-errors"]})
    async with serve(certificate(tmp_path, days=20)) as site:
        done = await run(REGISTERED["secure"], careless, Target(base_url=site.url))
    await careless.close()
    assert done.status == "passed", done.message
    assert abs(done.certificate_until - time.time() - 20 * 86400) < 3600
