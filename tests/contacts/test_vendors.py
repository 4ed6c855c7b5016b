"""Each vendor's payloads, shaped as its own documentation shows them, in our words."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from collector.contacts.deliveries import contacts
from collector.contacts.reduce_events import reduce
from collector.contacts.requesters import People
from collector.contacts.schema import Door, read, snapshot
from collector.contacts.sources_file import Source, Table
from collector.contacts.vendors import ADAPTERS, Login, Unreadable
from collector.contacts.vendors.salesforce import long_id
from collector.privacy.keys import RequesterKeys, Secret
from collector.store import Contact

KEYS = RequesterKeys(b"x" * 32, (Secret(b"y" * 32, datetime(2026, 1, 1, tzinfo=UTC)),))
NOW_MS = 1_795_348_800_000
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def door(name):
    return Door(name, NOW_MS, default_channel=ADAPTERS[name].channel)


def rows(name, delivery, headers=None):
    """What a delivery comes to, as rows."""
    adapter = ADAPTERS[name]
    return [read(record, door(name)) for record in adapter.read(delivery, headers or {}, adapter.mapped)]


def pulled(name, found):
    adapter = ADAPTERS[name]
    return [read(record, door(name)) for record in adapter.records(found, adapter.mapped)]


def together(*found):
    """One contact of rows that came one after the other."""
    return reduce([snapshot(row) if isinstance(row, Contact) else row for row in found])


def iso(minutes):
    return (AT + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


# Zendesk


def zendesk(kind, minute, event, **detail):
    return {
        "type": f"zen:event-type:ticket.{kind}",
        "account_id": 1,
        "id": f"ev-{kind}-{minute}",
        "time": iso(minute),
        "zendesk_event_version": "2022-11-06",
        "subject": "zen:ticket:5158",
        "event": event,
        "detail": {
            "id": "5158",
            "created_at": iso(0),
            "updated_at": iso(minute),
            "status": "OPEN",
            "priority": "URGENT",
            "requester_id": "8447",
            "submitter_id": "8447",
            "via": {"channel": "whatsapp"},
            "tags": ["a"],
        }
        | detail,
    }


def test_zendesk_s_events_tell_a_ticket_s_life():
    found = [
        *rows("zendesk", zendesk("created", 0, {})),
        *rows(
            "zendesk",
            zendesk("comment_added", 5, {"comment": {"is_public": False, "author": {"is_staff": True}}}),
        ),
        *rows(
            "zendesk",
            zendesk("comment_added", 9, {"comment": {"is_public": True, "author": {"is_staff": True}}}),
        ),
        *rows(
            "zendesk",
            zendesk("status_changed", 20, {"previous": "OPEN", "current": "SOLVED"}, status="SOLVED"),
        ),
        *rows("zendesk", zendesk("status_changed", 30, {"previous": "SOLVED", "current": "OPEN"}, status="OPEN")),
        *rows("zendesk", zendesk("marked_as_spam", 40, {})),
        *rows("zendesk", zendesk("undeleted", 50, {})),
    ]
    row = together(*found)
    assert (row.channel, row.channel_raw, row.priority, row.created_by) == (
        "messaging",
        "messaging",
        "urgent",
        "customer",
    )
    assert (row.first_reply_s, row.agent_replies, row.reopens, row.status, row.is_deleted) == (
        540,
        1,
        1,
        "open",
        0,
    )
    assert row.resolved_ts is None


def test_zendesk_s_merge_names_the_other_ticket_and_other_events_are_not_ours():
    found = rows("zendesk", zendesk("merged", 9, {"target_ticket_id": "5000"}, status="CLOSED"))
    assert together(*found).merged_into == "5000"
    assert rows("zendesk", {"type": "zen:event-type:user.created", "detail": {"id": "1"}, "event": {}}) == []


def test_zendesk_s_export_has_both_clocks():
    metrics = {
        "ticket_id": 35436,
        "reply_time_in_minutes": {"calendar": 15, "business": 5},
        "reopens": 2,
        "replies": 3,
        "full_resolution_time_in_minutes": {"calendar": 300, "business": 60},
        "solved_at": iso(300),
        "first_resolution_time_in_minutes": {"calendar": 100, "business": 40},
    }
    ticket = {
        "id": 35436,
        "created_at": iso(0),
        "updated_at": iso(310),
        "status": "solved",
        "via": {"channel": "email"},
        "requester_id": 20978392,
        "submitter_id": 76872,
        "group_id": 98738,
        "priority": "low",
        "tags": [],
    }
    pull = ADAPTERS["zendesk"].pull
    answer = {"tickets": [ticket], "metric_sets": [metrics], "after_cursor": "abc", "end_of_stream": True}
    page = pull.page(answer, pull.first(AT), AT)
    (row,) = pulled("zendesk", page.objects[0])
    assert (row.first_reply_s, row.first_reply_business_s, row.resolved_business_s) == (900, 300, 3600)
    assert (row.agent_replies, row.reopens, row.created_by, row.queue) == (3, 2, "agent", "98738")
    assert (row.resolved_ts, page.done) == (AT + timedelta(minutes=300), True)
    asked = pull.ask(page.cursor, Login("me@example.org", "secret", {}))
    assert asked.params == {"cursor": "abc", "include": "metric_sets"}
    (gone,) = pulled("zendesk", ticket | {"status": "deleted"})
    assert gone.is_deleted == 1


# Intercom


CONVERSATION = {
    "type": "conversation", "id": "1911149811", "created_at": int(AT.timestamp()), "updated_at": int(AT.timestamp()) + 900,
    "source": {"type": "conversation", "id": "1", "delivered_as": "customer_initiated", "subject": "", "body": "<p>Hi</p>",
               "author": {"type": "lead", "id": "5bc8", "name": "Jane", "email": "jane@example.org"}},
    "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "5bc8"}]}, "state": "closed", "open": False,
    "priority": "not_priority", "team_assignee_id": 5017691, "tags": {"type": "tag.list", "tags": [{"name": "vip"}]},
    "statistics": {"type": "conversation_statistics", "first_admin_reply_at": int(AT.timestamp()) + 60,
                   "time_to_admin_reply": 30, "first_close_at": int(AT.timestamp()) + 600, "count_reopens": 1,
                   "last_close_at": int(AT.timestamp()) + 900},
}  # fmt: skip


def intercom(topic, item):
    return {
        "type": "notification_event",
        "app_id": "a",
        "id": "notif_1",
        "topic": topic,
        "created_at": int(AT.timestamp()) + 900,
        "data": {"type": "notification_event_data", "item": item},
    }


def test_an_intercom_conversation_is_read_with_its_statistics_and_nobody_s_name():
    (row,) = rows("intercom", intercom("conversation.admin.closed", CONVERSATION))
    assert (row.channel, row.status, row.created_by, row.direction) == (
        "messaging",
        "closed",
        "customer",
        "inbound",
    )
    assert (row.first_reply_s, row.first_reply_business_s, row.reopens, row.tags) == (60, 30, 1, ("vip",))
    assert row.resolved_ts == AT + timedelta(minutes=15)
    assert "jane" not in str(row).lower()


def test_an_intercom_reply_and_a_deletion_are_events():
    *_, reply = rows("intercom", intercom("conversation.admin.replied", CONVERSATION))
    assert (reply.kind, reply.actor, reply.source_event_id) == ("replied", "agent", "notif_1")
    (gone,) = rows("intercom", intercom("conversation.deleted", {"conversation_id": 1911149811}))
    assert (gone.kind, gone.source_contact_id) == ("deleted", "1911149811")
    assert rows("intercom", intercom("ping", {"type": "ping"})) == []


# HubSpot


def change(number, kind, minute, **more):
    return {
        "eventId": 100 + minute,
        "subscriptionId": 1,
        "portalId": 1,
        "appId": 1,
        "subscriptionType": f"ticket.{kind}",
        "objectId": number,
        "occurredAt": int((AT + timedelta(minutes=minute)).timestamp() * 1000),
        "attemptNumber": 0,
        "changeSource": "CRM",
    } | more


def test_hubspot_s_single_changes_are_put_together_in_any_order():
    delivery = [
        change(7, "propertyChange", 30, propertyName="hs_pipeline_stage", propertyValue="4"),
        change(7, "propertyChange", 1, propertyName="source_type", propertyValue="CHAT"),
        change(7, "creation", 0),
        change(7, "propertyChange", 9, propertyName="hs_ticket_priority", propertyValue="LOW"),
        change(7, "propertyChange", 12, propertyName="hs_ticket_priority", propertyValue="HIGH"),
        change(7, "propertyChange", 2, propertyName="firstname_of_somebody", propertyValue="Jane"),
        change(7, "creation", 0),
    ]
    row = together(*rows("hubspot", delivery))
    assert (row.created_ts, row.channel, row.priority, row.status) == (AT, "chat", "high", "closed")
    assert row.resolved_ts == AT + timedelta(minutes=30)
    again = change(7, "propertyChange", 40, propertyName="hs_pipeline_stage", propertyValue="3")
    assert together(*rows("hubspot", [*delivery, again])).resolved_ts is None


def test_hubspot_s_merge_deletion_and_other_objects():
    (merged,) = rows("hubspot", [change(None, "merge", 5, primaryObjectId=7, mergedObjectIds=[8])])
    assert (merged.source_contact_id, merged.kind, merged.to_value) == ("8", "merged", "7")
    (gone,) = rows("hubspot", [change(7, "deletion", 5)])
    assert gone.kind == "deleted"
    assert rows("hubspot", [change(7, "creation", 5) | {"subscriptionType": "contact.creation"}]) == []
    new = change(7, "creation", 5) | {"subscriptionType": "object.creation", "objectTypeId": "0-5"}
    assert rows("hubspot", [new])[0].kind == "created"


def test_a_hubspot_ticket_of_the_search_is_whole():
    found = {
        "id": "7",
        "createdAt": iso(0),
        "updatedAt": iso(9),
        "archived": False,
        "properties": {
            "createdate": iso(0),
            "hs_lastmodifieddate": iso(9),
            "hs_pipeline_stage": "1",
            "source_type": None,
            "closed_date": "",
            "subject": "Jane Doe",
        },
    }
    (row,) = pulled("hubspot", found)
    assert (row.status, row.channel, row.created_ts) == ("new", "other", AT)


# Freshdesk, ServiceNow, Salesforce


def test_freshdesk_s_numbers_are_words_and_a_lost_solution_is_none():
    ticket = {
        "id": 20,
        "source": 3,
        "status": 2,
        "priority": 4,
        "created_at": iso(0),
        "updated_at": iso(50),
        "tags": ["x"],
        "requester_id": 7,
        "group_id": 9,
        "spam": False,
        "subject": "Hi",
        "type": "Refund",
        "stats": {"first_responded_at": iso(4), "resolved_at": iso(30), "reopened_at": iso(40)},
    }
    (row,) = pulled("freshdesk", ticket)
    assert (row.channel, row.status, row.priority, row.contact_reason) == (
        "phone",
        "open",
        "urgent",
        "Refund",
    )
    assert (row.first_reply_s, row.resolved_ts) == (240, None)
    (spam,) = pulled("freshdesk", ticket | {"spam": True})
    assert (spam.is_deleted, spam.status) == (1, "spam")
    simple = {
        "freshdesk_webhook": {
            "ticket_id": 20,
            "ticket_source": "Portal",
            "ticket_status": "Resolved",
            "ticket_created_at": iso(0),
        }
    }
    (row,) = rows("freshdesk", simple)
    assert (row.source_contact_id, row.channel, row.status) == ("20", "web_form", "solved")


def test_servicenow_s_times_are_utc_and_display_values_are_refused():
    record = {
        "sys_id": "9d385017c611228701d22104cc95c371",
        "opened_at": "2026-11-20 09:00:00",
        "sys_updated_on": "2026-11-20 10:00:00",
        "contact_type": "self-service",
        "state": "6",
        "priority": "1",
        "category": "inquiry",
        "reopen_count": "2",
        "reassignment_count": "1",
        "resolved_at": "2026-11-20 09:50:00",
        "caller_id": {"link": "https://x/1", "value": "5137153cc611227c"},
        "escalation": "2",
    }
    (row,) = pulled("servicenow", record)
    assert (row.created_ts, row.channel, row.status) == (AT, "web_form", "solved")
    assert (row.reopens, row.transfers, row.escalated) == (2, 1, 1)
    shown = record | {"state": {"display_value": "Gelöst", "link": "x"}}
    with pytest.raises(Unreadable, match="expected sysparm_display_value=false"):
        pulled("servicenow", shown)


CASE = {"attributes": {"type": "Case"}, "Id": "5003000000D8cuIAAR", "CreatedDate": "2026-11-20T09:00:00.000+0000",
        "SystemModstamp": "2026-11-20T10:00:00.000+0000", "Origin": "Phone", "Reason": "Installation", "Status": "Closed",
        "Priority": "High", "IsEscalated": True, "IsClosed": True, "ClosedDate": "2026-11-20T09:30:00.000+0000",
        "IsDeleted": False, "MasterRecordId": None, "ContactId": "003000000000001", "OwnerId": "00G"}  # fmt: skip


def test_a_salesforce_case_is_read_and_its_short_and_long_ids_are_one():
    (row,) = pulled("salesforce", CASE)
    assert (row.channel, row.status, row.escalated, row.contact_reason) == (
        "phone",
        "closed",
        1,
        "Installation",
    )
    assert row.resolved_ts == AT + timedelta(minutes=30)
    (short,) = pulled("salesforce", CASE | {"Id": "5003000000D8cuI"})
    assert short.source_contact_id == row.source_contact_id
    assert long_id("001A0000006Vm9u") == "001A0000006Vm9uIAC"
    (merged,) = pulled("salesforce", CASE | {"IsDeleted": True, "MasterRecordId": "5003000000D8cuJ"})
    assert (merged.is_deleted, merged.status) == (0, "merged")


def test_a_salesforce_change_event_may_be_of_many_cases():
    header = {
        "entityName": "Case",
        "changeType": "UPDATE",
        "recordIds": ["5003000000D8cuI", "5003000000D8cuJ"],
        "commitTimestamp": int(AT.timestamp() * 1000),
        "commitNumber": 77,
        "sequenceNumber": 1,
        "transactionKey": "k",
        "changedFields": ["Status"],
    }
    found = rows("salesforce", {"schema": "x", "payload": {"ChangeEventHeader": header, "Status": "Escalated"}})
    assert [json.loads(one.fields) for one in found] == [{"status": "open"}] * 2
    assert len({one.source_event_id for one in found}) == 2
    header["changeType"] = "DELETE"
    assert {one.kind for one in rows("salesforce", {"payload": {"ChangeEventHeader": header}})} == {"deleted"}


# Help Scout, Front, Twilio


def test_help_scout_counts_replies_by_their_threads():
    threads = [
        {
            "id": 3,
            "type": "message",
            "state": "published",
            "createdBy": {"id": 9, "type": "user"},
            "createdAt": iso(20),
        },
        {
            "id": 2,
            "type": "note",
            "state": "published",
            "createdBy": {"id": 9, "type": "user"},
            "createdAt": iso(10),
        },
        {
            "id": 1,
            "type": "customer",
            "state": "published",
            "createdBy": {"id": 5, "type": "customer"},
            "createdAt": iso(0),
        },
    ]
    conversation = {
        "id": 291938,
        "type": "email",
        "number": 349,
        "status": "closed",
        "state": "published",
        "mailbox": {"id": 1234},
        "customer": {"id": 29418, "email": "jane@example.org"},
        "createdBy": {"type": "customer", "id": 5},
        "createdAt": iso(0),
        "closedAt": iso(30),
        "userUpdatedAt": iso(30),
        "source": {"type": "web", "via": "customer"},
        "threads": threads,
    }
    for _ in range(2):
        found = rows("helpscout", conversation, {"x-helpscout-event": "convo.agent.reply.created"})
    row = together(*found, *found)
    assert (row.channel, row.agent_replies, row.first_reply_s, row.created_by) == (
        "web_form",
        1,
        1200,
        "customer",
    )
    assert (row.status, row.resolved_ts) == ("closed", AT + timedelta(minutes=30))
    (gone,) = rows("helpscout", {"id": 291938}, {"x-helpscout-event": "convo.deleted"})
    assert (gone.kind, gone.event_ts.timestamp() * 1000) == ("deleted", NOW_MS)
    assert rows("helpscout", {"id": 1}, {"x-helpscout-event": "customer.created"}) == []


def front(kind, minute, **more):
    at = (AT + timedelta(minutes=minute)).timestamp()
    conversation = {
        "id": "cnv_55c8c149",
        "subject": "Hi",
        "status": "unassigned",
        "created_at": AT.timestamp(),
        "recipient": {"handle": "jane@example.org", "role": "from"},
        "tags": [{"name": "vip"}],
    }
    event = {
        "id": f"evt_{kind}_{minute}",
        "type": kind,
        "emitted_at": at,
        "conversation": conversation,
    } | more
    return {"type": f"{kind}_event", "authorization": {"id": "cmp_abc"}, "payload": event}


def test_front_s_events_tell_a_conversation_s_life():
    mail = {"target": {"_meta": {"type": "message"}, "data": {"type": "email", "is_inbound": True}}}
    found = [
        row
        for delivery in (
            front("inbound", 0, **mail),
            front("outbound", 10, **mail),
            front("archive", 20),
            front("reopen", 30),
            front("archive", 40),
            front("trash", 50),
            front("restore", 60),
        )
        for row in rows("front", delivery)
    ]
    row = together(*found)
    assert (row.channel, row.first_reply_s, row.agent_replies, row.reopens) == ("email", 600, 1, 1)
    assert (row.status, row.is_deleted, row.tags) == ("solved", 0, ("vip",))
    assert rows("front", {"type": "sync", "authorization": {"id": "cmp_abc"}}) == []


def task(kind, minute, **more):
    attributes = {"direction": "inbound", "from": "+4915123456789", "name": "Jane"}
    at = int((AT + timedelta(minutes=minute)).timestamp())
    return {
        "EventType": kind,
        "TaskSid": "WT1",
        "Sid": f"EV{kind}{minute}",
        "Timestamp": str(at),
        "TaskChannelUniqueName": "voice",
        "TaskQueueName": "Everyone",
        "TaskPriority": "0",
        "TaskAttributes": json.dumps(attributes),
    } | more


def test_twilio_s_callbacks_tell_a_task_s_life():
    life = [
        task("task.created", 0),
        task("reservation.accepted", 1),
        task("task.completed", 9),
        task("worker.created", 9),
    ]
    row = together(*(row for one in life for row in rows("twilio", one)))
    assert (row.channel, row.direction, row.queue, row.status) == ("phone", "inbound", "Everyone", "solved")
    assert (row.first_answered_ts, row.resolved_ts) == (AT + timedelta(minutes=1), AT + timedelta(minutes=9))
    assert "4915123456789" not in str(row)
    gone = together(
        *(row for one in (task("task.created", 0), task("task.canceled", 3)) for row in rows("twilio", one))
    )
    assert (gone.status, gone.abandoned_ts) == ("abandoned", AT + timedelta(minutes=3))


@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.parametrize("found", [7, "text", None, [[]], {"detail": 5}, {"data": {"item": 3}, "topic": "conversation.x"},
                                   {"results": 5}, {"payload": 3}, {"ChangeEventHeader": []}])  # fmt: skip
def test_what_a_vendor_never_sent_is_unreadable_and_no_accident(name, found):
    source = Source(name, Table(name), ADAPTERS[name], ADAPTERS[name].mapped, None, None, ())
    try:
        received = contacts(found, {"x-helpscout-event": "convo.status"}, source, People(KEYS), NOW_MS)
    except Unreadable:
        return
    assert received.counts == {}
