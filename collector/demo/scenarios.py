"""What can happen to the shop. The analysis is told nothing of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One afternoon in the shop. Shares are of visits, times in ms."""

    name: str
    title: str
    staged: tuple[str, ...]
    """The verdicts that would be right; () where no surge is."""
    pay_fault_share: float = 0.0
    """Visitors for whom Pay does nothing."""
    backend_extra_ms: float = 0.0
    """What every answer of the shop takes longer."""
    failing_share: float = 0.0
    """API answers that are a 503."""
    traffic_factor: int = 1
    """Visits, as a multiple of the usual."""
    hit_contact_share: float = 0.0
    """Visitors who were hit by the fault, or by the slow back end, and then contact support because of it."""
    contacts_from_elsewhere: float = 0.0
    """Contacts that nothing on the site is behind, expected number over the incident."""
    elsewhere_reason: str = ""
    annotation: tuple[str, str] | None = None
    """Kind and title of what the shop's own people have noted down."""


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            name="broken-pay",
            title="Pay does nothing for most visitors",
            staged=("friction",),
            pay_fault_share=0.75,
            hit_contact_share=0.65,
        ),
        Scenario(
            name="slow-backend",
            title="the back end answers more than half a second late",
            staged=("infrastructure",),
            backend_extra_ms=600.0,
            failing_share=0.03,
            hit_contact_share=0.45,
        ),
        Scenario(
            name="sale",
            title="a sale brings eight times the visitors, and nothing is broken",
            staged=("traffic",),
            traffic_factor=8,
        ),
        Scenario(
            name="billing-run",
            title="the monthly invoices went out; the site is fine",
            staged=("unexplained", "event"),
            contacts_from_elsewhere=28.0,
            elsewhere_reason="billing",
        ),
        Scenario(
            name="billing-run-noted",
            title="the monthly invoices went out, and somebody noted it down",
            staged=("event",),
            contacts_from_elsewhere=28.0,
            elsewhere_reason="billing",
            annotation=("billing_run", "Monthly invoices"),
        ),
        Scenario(name="quiet", title="an afternoon like any other", staged=()),
    )
}
