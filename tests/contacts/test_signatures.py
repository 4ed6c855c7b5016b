"""Every vendor's signature, against the official packages where there are any, else against its description."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hubspot.utils.signature import Signature
from standardwebhooks.webhooks import Webhook
from twilio.request_validator import RequestValidator

from collector.contacts.signatures import SCHEMES, BadSignature, Signed

NOW = 1_795_266_300.0
OLD, NEW = (
    "whsec_" + base64.b64encode(b"old secret of 24 bytes!!").decode(),
    "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh",
)
BODY = '{"a":"ä"}'.encode()
URL = "https://example.org/v1/contacts/x"


def sha(name, secret, content):
    return base64.b64encode(hmac.new(secret.encode(), content, name).digest()).decode()


def standard(secret, body=BODY, now=NOW):
    stamp = datetime.fromtimestamp(now, UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now)),
        "webhook-signature": "v1a,xyz " + Webhook(secret).sign("msg_1", stamp, body.decode()),
    }


def zendesk(secret, body=BODY, now=NOW):
    stamp = datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
    return {
        "x-zendesk-webhook-signature-timestamp": stamp,
        "x-zendesk-webhook-signature": sha("sha256", secret, stamp.encode() + body),
    }


def intercom(secret, body=BODY, now=NOW):
    return {"x-hub-signature": "sha1=" + hmac.new(secret.encode(), body, "sha1").hexdigest()}


def helpscout(secret, body=BODY, now=NOW):
    return {"x-helpscout-signature": sha("sha1", secret, body)}


def front(secret, body=BODY, now=NOW):
    stamp = str(int(now * 1000))
    signature = sha("sha256", secret, stamp.encode() + b":" + body)
    return {"x-front-request-timestamp": stamp, "x-front-signature": signature}


def hubspot(secret, body=BODY, now=NOW):
    stamp = str(int(now * 1000))
    signature = Signature.get_signature(secret, body.decode(), "v3", URL, "POST", stamp)
    return {"x-hubspot-request-timestamp": stamp, "x-hubspot-signature-v3": signature}


def token(secret, body=BODY, now=NOW):
    return {"authorization": f"Bearer {secret}"}


VENDORS = {f.__name__: f for f in (standard, zendesk, intercom, helpscout, front, hubspot, token)}
TIMED = ("standard", "zendesk", "front", "hubspot")


def check(name, headers, *secrets, body=BODY, now=NOW, url=URL):
    return SCHEMES[name](Signed("POST", url, headers, body), secrets or (OLD,), now)


@pytest.mark.parametrize("name", VENDORS)
def test_what_the_vendor_signed_is_believed_under_either_of_two_live_secrets(name):
    for secret in (OLD, NEW):
        check(name, VENDORS[name](secret), OLD, NEW)


@pytest.mark.parametrize("name", VENDORS)
def test_another_secret_is_not_believed(name):
    with pytest.raises(BadSignature) as error:
        check(name, VENDORS[name]("whsec_YW5vdGhlciBzZWNyZXQhISEh"), OLD, NEW)
    assert error.value.reason == "signature"


@pytest.mark.parametrize("name", [name for name in VENDORS if name != "token"])
def test_another_body_is_not_believed(name):
    with pytest.raises(BadSignature):
        check(name, VENDORS[name](OLD), body=BODY + b" ")


@pytest.mark.parametrize("name", VENDORS)
def test_a_missing_signature_says_what_is_missing(name):
    with pytest.raises(BadSignature, match="missing") as error:
        check(name, {})
    assert error.value.reason == "no_signature"


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("off_s", [-301, 301])
def test_a_delivery_signed_more_than_five_minutes_off_is_refused(name, off_s):
    check(name, VENDORS[name](OLD, now=NOW + (298 if off_s > 0 else -298)))
    with pytest.raises(BadSignature, match="a replay, or a clock that is off") as error:
        check(name, VENDORS[name](OLD, now=NOW + off_s))
    assert error.value.reason == "timestamp"


@pytest.mark.parametrize("name", TIMED)
def test_a_timestamp_that_is_none_is_refused_and_no_accident(name):
    for broken in ("soon", "", "1e400", "-5", "9" * 400, "٣"):
        headers = {k: broken if "timestamp" in k else v for k, v in VENDORS[name](OLD).items()}
        with pytest.raises(BadSignature):
            check(name, headers)


def test_an_id_of_a_delivery_is_what_it_is_known_again_by():
    assert check("standard", standard(OLD)) == "msg_1"


FORM = {
    "EventType": "task.created",
    "TaskSid": "WT1",
    "TaskAttributes": '{"name":"Zoë & Söhne"}',
    "Empty": "",
}


@pytest.mark.parametrize("signed", [URL, "https://example.org:443/v1/contacts/x"])
def test_twilio_s_own_package_and_we_agree_on_forms_with_and_without_the_port(signed):
    signature = RequestValidator("token12345").compute_signature(signed, FORM)
    check("twilio", {"x-twilio-signature": signature}, "token12345", body=urlencode(FORM).encode())
    body = urlencode(FORM | {"TaskSid": "WT2"}).encode()
    with pytest.raises(BadSignature):
        check("twilio", {"x-twilio-signature": signature}, "token12345", body=body)


def test_twilio_s_own_package_and_we_agree_on_json():
    body = json.dumps({"TaskSid": "WT1"}).encode()
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator("token12345").compute_signature(url, {})
    check("twilio", {"x-twilio-signature": signature}, "token12345", body=body, url=url)
    with pytest.raises(BadSignature, match="bodySHA256"):
        check("twilio", {"x-twilio-signature": signature}, "token12345", body=body + b" ", url=url)


def test_hubspot_signs_some_signs_of_the_url_plainly():
    escaped, plainly = f"{URL}?x=%3Ahi%2F%40", f"{URL}?x=:hi/@"
    stamp = str(int(NOW * 1000))
    signature = Signature.get_signature(OLD, BODY.decode(), "v3", plainly, "POST", stamp)
    headers = {"x-hubspot-request-timestamp": stamp, "x-hubspot-signature-v3": signature}
    check("hubspot", headers, url=escaped)


def test_a_token_may_come_as_the_password_of_basic_or_in_our_own_header():
    basic = base64.b64encode(b"anyone:secret-token").decode()
    check("token", {"authorization": f"Basic {basic}"}, "secret-token")
    check("token", {"x-snag-token": "secret-token"}, "secret-token")
    with pytest.raises(BadSignature):
        check("token", {"authorization": "Basic %%%"}, "secret-token")
