"""The vendors, one file each: what they send in our words. No store, no network, no clock."""

from collector.contacts.vendors import (
    amazon_connect,
    freshdesk,
    front,
    genesys,
    helpscout,
    hubspot,
    intercom,
    plain,
    salesforce,
    servicenow,
    twilio,
    zendesk,
)
from collector.contacts.vendors.base import Adapter, Ask, Login, Page, Pull, Unreadable

ADAPTERS: dict[str, Adapter] = {
    vendor.ADAPTER.name: vendor.ADAPTER
    for vendor in (
        plain,
        zendesk,
        intercom,
        salesforce,
        freshdesk,
        amazon_connect,
        genesys,
        hubspot,
        servicenow,
        helpscout,
        front,
        twilio,
    )
}

__all__ = ["ADAPTERS", "Adapter", "Ask", "Login", "Page", "Pull", "Unreadable"]
