"""Personal data by kind, and what looks like it and is not: the lists that redaction is measured on."""

import random
import uuid

import phonenumbers
from phonenumbers import PhoneNumberFormat as Form
from stdnum import luhn

rng = random.Random(7)


def digits(n: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(n))


def _card(start: str, n: int, sign: str) -> str:
    body = start + digits(n - len(start) - 1)
    number = body + luhn.calc_check_digit(body)
    parts = (4, 6, 5) if n == 15 else (4,) * (n // 4)
    out, at = [], 0
    for size in parts:
        out.append(number[at : at + size])
        at += size
    return sign.join(out) + number[at:]


def _phones(form: int, regions: str) -> list[str]:
    return [
        phonenumbers.format_number(phonenumbers.example_number_for_type(region, kind), form)
        for region in regions.split()
        for kind in (0, 1)
    ]


PERSONAL: dict[str, list[str]] = {
    "e-mail": ["ann.o'hara+shop@mail.example.co.uk", "ANN@EXAMPLE.ORG", "müller@bücher.example", '"ann lee"@example.org',
               "ann_b-c@sub.example.travel", "x@y.io", "a.b.c@example.com"],
    "e-mail, encoded": ["ann%40example.org", "a.b%40mail.example.de", "ann+x%40example.com", "A%40example.org", "q-r%40example.fr",
                        "ann.lee%40shop.example", "joe%40example.net"],
    "e-mail, spelt": ["ann(at)example.org", "ann [at] example.org", "ann at example dot org", "ann{at}example.org", "joe (at) example (dot) com",
                      "a.b at mail dot example dot de", "ann[at]example[dot]org"],
    "phone, international": _phones(Form.INTERNATIONAL, "DE US FR JP ZA"),
    "phone, E.164": _phones(Form.E164, "GB IT BR SE AU"),
    "phone, 00": ["0049 151 23456789", "0033 6 12 34 56 78", "0044 7911 123456", "0034 612 345 678", "0039 312 345 6789", "004915123456789",
                  "0041 44 668 18 00"],
    "phone, national": ["0151 23456789", "030 901820", "06 12 34 56 78", "020 7946 0958", "(212) 555-0187", "212-555-0187", "07911 123456"],
    "phone, said": ["call me 2125550123", "tel: 5551234", "phone number is 5550123", "Handy 15123456789", "whatsapp 612345678", "Tel. 4930901820",
                    "mobile 7911123456"],
    "card, Visa": [_card("4", 16, sign) for sign in (" ", "-", "", " ", "-", "", " ")],
    "card, Mastercard": [_card(start, 16, " ") for start in ("51", "52", "53", "54", "55", "2221", "2720")],
    "card, Amex": [_card(start, 15, sign) for start, sign in (("34", " "), ("37", "-"), ("34", ""), ("37", " "), ("34", "-"), ("37", ""), ("37", " "))],
    "card, Discover and JCB": [_card(start, 16, " ") for start in ("6011", "65", "3528", "3589", "644", "649", "62")],
    "IBAN": ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "nl91 abna 0417 1643 00", "FR14 2004 1010 0505 0001 3M02 606",
             "ES9121000418450200051332", "AT61 1904 3002 3457 3201", "CH93 0076 2011 6238 5295 7"],
    "IPv4": ["203.0.113.77", "192.168.1.20", "10.0.0.5", "172.16.254.1", "8.8.200.8", "127.0.0.1", "93.184.216.34"],
    "IPv6": ["2001:db8:dead:beef::77", "fe80::1%eth0", "::ffff:192.0.2.1", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2a00:1450::200e",
             "fd12:3456:789a::1", "2001:db8::1"],
    "MAC": ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "de:ad:be:ef:00:01", "A4:83:E7:12:34:56", "0c:c4:7a:11:22:33", "aa:bb:cc:dd:ee:ff",
            "F0-18-98-AA-BB-CC"],
    "JWT": [f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI{digits(5)}In0.{'aB3_' * 8}" for _ in range(7)],
    "key": ["sk_live_51Hxyz9876abcdefghij", "AKIAIOSFODNN7EXAMPLE", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "xoxb-123456789012-abcdefABCDEF",
            "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY", "glpat-Xy12Zw34Ab56Cd78Ef90", "tok_live_9f8e7d6c5b4a39281706"],
    "password": ["password: hunter2", "Passwort ist geheim99", "pwd=S3cr3t!", "my pin is 4711", "CVV: 123", "otp: 993112", "contraseña: abc123"],
    "bearer": [f"Bearer {'aZ09' * n}" for n in range(4, 11)],
    "query": ["/reset?token=abc", "https://shop.test/a?email=x", "https://shop.test/b#access_token=1", "/x?q=ann", "/login?user=ann&p=1",
              "https://a.test/?id=1", "/y?ssn=1"],
    "URL with credentials": [f"https://{user}:pw@shop.test/a" for user in ("ann", "joe", "root", "a.b", "x1", "admin", "me")],
    "US SSN": ["536-90-4399", "219-09-9998", "123-45-6789", "078-05-1121", "SSN 536904399", "social security number 536 90 4399", "ssn: 219099998"],
    "UK NINO": ["AB123456C", "AB 12 34 56 C", "JG 10 37 59 A", "CE123456D", "national insurance AB123456", "NI number JG103759A", "PX 12 34 56 B"],
    "UK NHS": ["943 476 5919", "NHS 9434765919", "401 023 2137", "NHS number 4010232137", "nhs no 943 476 5919", "NHS: 401 023 2137", "987 654 4321"],
    "FR NIR": ["2 95 10 99 126 111 93", "295109912611193", "1 84 12 76 451 089 46", "2 69 05 49 588 157 80", "NIR 295109912611193",
               "numéro de sécurité sociale 2 95 10 99 126 111 93", "269054958815780"],
    "ES DNI and NIE": ["54362315K", "54362315-K", "X-2482300W", "x2482300w".upper(), "12345678Z", "DNI 12345678Z", "Y1234567X"],
    "IT codice fiscale": ["RCCMNL83S18D969H", "MRTMTT25D09F205Z", "RSSMRA85T10A562S", "codice fiscale RCCMNL83S18D969H", "VRDGPP13R10B293P",
                          "MRTMTT25D09F205Z", "RSSMRA80A01H501U"],
    "DE Steuer-ID": ["36 574 261 809", "Steuer-ID 36574261809", "Steuer-ID: 47 036 892 816", "IdNr 47036892816", "steuerid 36574261809",
                     "Steueridentifikationsnummer 36 574 261 809", "47 036 892 816"],
    "BR CPF": ["168.995.350-09", "390.533.447-05", "529.982.247-25", "CPF 52998224725", "cpf: 390.533.447-05", "cpf 529.982.247-25", "111.444.777-35"],
    "CH AHV": ["756.9217.0769.85", "7569217076985", "AHV 756.9217.0769.85", "756.1234.5678.97", "AHV 7569217076985", "756.3047.5009.62", "756.9217.0769.85"],
    "PL PESEL": ["PESEL 44051401359", "pesel: 44051401458", "PESEL 02070803628", "PESEL nr 44051401359", "pesel 90090515836", "PESEL: 02070803628",
                 "pesel 44051401359"],
    "NL BSN": ["BSN 111222333", "bsn: 1112.22.333", "burgerservicenummer 111222333", "BSN nummer 123456782", "bsn 123456782", "BSN: 111222333",
               "BSN is 123456782"],
    "SE personnummer": ["880320-0016", "19880320-0016", "personnummer 880320-0016", "811228-9874", "670919-9530", "640823-3234", "19811228-9874"],
    "FI hetu": ["131052-308T", "010594-9032", "hetu 131052-308T", "131052-308T", "010594-9032", "hetu: 010594-9032", "hetu 010594-9032"],
    "BE national number": ["85.07.30-033.28", "93.05.18-223.61", "40.00.00-953.81", "17.07.30-033.84", "85.07.30-033.28", "93.05.18-223.61",
                           "85.07.30-033.28"],
    "CA SIN": ["123 456 782", "123-456-782", "SIN 123456782", "sin: 123 456 782", "SIN 123-456-782", "046 454 286", "SIN 046454286"],
    "AU TFN": ["tax file number 123456782", "TFN 123 456 782", "TFN: 876543210", "tfn 123456782", "TFN 876 543 210", "tax file number: 876543210",
               "TFN is 123456782"],
    "IN Aadhaar and PAN": ["2341 2341 2346", "aadhaar 234123412346", "ACUPA7085R", "Aadhaar: 2341 2341 2346", "ABCPE1234F", "PAN card ACUPA7085R",
                           "BNZPM2501F"],
    "EU VAT": ["DE136695976", "ATU13585627", "NL004495445B01", "FR40303265045", "IT00743110157", "ESA28015865", "BE0428759497"],
    "passport": ["passport C01X00T47", "Passport no. 533380006", "Reisepass C01X00T47", "passport number is L898902C3", "passeport 12AB34567",
                 "pasaporte AAA123456", "passport: X4RTBPFW4"],
    "driving licence": ["driving licence MORGA657054SM9IJ", "driver's license D1234567", "Führerschein B072RRE2I55", "driving license no S1234567",
                        "permis de conduire 123456789012", "driver license: A9999999", "driving licence 99999 752316"],
    "bank account": ["account number 31926819", "sort code 60-16-13", "Kontonummer 532013000", "account no 12345678", "routing number 021000021",
                     "account number: 0417164300", "sort code: 20-00-00"],
    "birthday": ["born 3 May 1990", "DOB: 03/05/1990", "date of birth 1990-05-03", "geb. 03.05.1990", "geboren am 03.05.1990", "née le 3 mai 1990",
                 "nacido el 03/05/1990"],
    "name": ["my name is Anna Berg", "Mr Smith", "Frau Müller", "Mrs. Jones-Lee", "ich heiße Peter Maier", "je m'appelle Jeanne Dupont", "Dr. García"],
    "postal address": ["12 Baker Street", "221B Baker Street", "Hauptstraße 12", "Lange Straße 5a", "5 rue de Rivoli", "Calle Mayor 12",
                       "1600 Pennsylvania Avenue"],
    "coordinates": ["52.52000, 13.40500", "-33.86880, 151.20930", "48.8566, 2.3522", "40.7128, -74.0060", "51.5074, -0.1278", "35.6895,139.6917",
                    "59.3293, 18.0686"],
}  # fmt: skip
"""By kind, what must be gone. Names count apart: nothing but the words around them gives them away."""

IMPOSTORS: dict[str, list[str]] = {
    "order": ["order 4711", "Order 4711-2026-118845", "order no 302-1234567-8901234", "Bestellung 20261201-0042", "order #100045123", "PO 4500012345",
              "commande 118845"],
    "invoice": ["INV-2026-000123", "RE-2026-10-0815", "invoice 2026/11/0042", "Rechnung 2026-000815", "INV_000123_A", "CN-2026-77", "F2026-001234"],
    "ticket": ["ticket 360001234567", "case 00012345", "SUP-11823", "INC0012345", "#48213377", "ticket #0123456789", "CHG0030012"],
    "article": ["EAN 4006381333931", "GTIN 00012345600012", "ISBN 978-3-16-148410-0", "art. 1002.334.55", "SKU winter-boots-2026-black-42",
                "iPhone15-Pro-Max-256GB", "item 88-1204-X"],
    "date": ["2026-11-22", "22.11.2026", "11/22/2026", "22 Nov 2026", "20261122", "2026-W47", "Q4 2026"],
    "time": ["2026-12-01T12:30:15Z", "12:30:15", "1795260000000", "2026-12-01 12:30 to 2026-12-02 14:00", "08:00-17:30", "at 14.30", "1764590400"],
    "version": ["version 2.4.1.7", "v10.0.19045.3693", "2.14.1", "build 20261201.4", "Chrome/156.0.8078.114", "release 2026.11.30", "1.0.0-rc.3"],
    "hash": ["d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "8b03379", "f4dc2ea", "b8ec29b2d52c", "0x7fce70a8d440",
             "sha256:2e32f7d302adc1c3"],
    "UUID": [str(uuid.UUID(int=rng.getrandbits(128), version=4)) for _ in range(7)],
    "file": ["index-BxK3f9a2.js", "117-0a1b2c3d4e5f6a7b.js", "vendors~main.4f2a9c1b.chunk.js", "IMG_20261201_123015.jpg", "report-2026-11.pdf",
             "app.4711.css", "3f2a91bc.svg"],
    "error code": ["ERR_3021", "declined_3ds2_v2", "HTTP 503", "0x80070005", "ORA-12154", "E11000", "PAYMENT_0042"],
    "price": ["1.234.567,00 EUR", "$1,299.99", "EUR 49,90", "12 000 kr", "£10 000", "1 234 567", "99.95"],
    "size": ["1920x1080", "256 GB", "390 x 844", "10 000 000 rows", "42 1/3", "100 x 70 x 30 cm", "3.5 mm"],
    "quantity": ["12345 visits", "100000 points", "7 of 128", "3 500 000", "1e6", "500 000 users", "99 percent"],
    "route": ["/orders/8812", "/npm/@scope/core", "/checkout/step-2", "/api/v2/items/100045", "/de-DE/p/12345678", "/2026/11/22/news", "/a/b/c"],
    "score": ["9/10", "4.5 of 5", "0.0042", "+12 %", "-3.25", "1:1", "p = 0.031"],
    "range": ["2019-2026", "1000-2000", "1990 - 1999", "10-20", "pages 118-121", "rows 1-10000", "0-10"],
    "word": ["Donaudampfschifffahrtsgesellschaft", "really? yes", "at example time", "name of product: missing", "the key is missing",
             "no password field", "session expired"],
    "title": ["Dr", "Mr and Mrs", "M1 chip", "Prof. title missing", "Miss out", "Ms Office", "Sr. and Jr. sizes"],
    "product name": ["Galaxy S24 Ultra", "Windows 11 23H2", "USB-C 3.2 Gen 2", "PS5 CFI-1216A", "Model 3", "RTX 4090", "A4 80 g"],
    "selector": ["#pay > button:nth-child(2)", "div.col-12.md-6", "[data-id='4711']", "li:nth-of-type(10)", "#item-100045", "tr:nth-child(1234)",
                 ".grid-12"],
    "tracking": ["tracking 00340434161094042557", "1Z999AA10123456784", "parcel 003404341610", "RB123456785DE", "Sendung 340434161094042557",
                 "LX123456789CN", "JJD0001234567890"],
    "customer number": ["customer 10004512", "Kunde 4711-08", "client id 55-1200", "customer no 2026001", "Kundennummer 30-114-7", "account tier 3",
                        "member 88"],
    "serial": ["serial C02XG0FDJGH5", "SN 4CE0460D0G", "serial number 2140XK", "S/N 1234-AB-99", "IMEI missing", "part 970-0131", "FCC ID BCG-E4000A"],
    "plain number": ["4711", "123456", "1234567", "12345678", "123456789", "987654", "20000000"],
    "zone": ["Europe/Berlin", "UTC+02:00", "GMT+1", "+02:00", "CET", "America/New_York", "UTC-05:30"],
    "protocol": ["HTTP/1.1", "TLS 1.3", "ES2022", "IPv6", "OAuth 2.0", "SHA-256", "RFC 9525"],
    "campaign": ["SUMMER2026", "BLACKFRIDAY50", "utm-2026-11", "promo 20-11-30", "XMAS-24-12", "CODE10", "SAVE20NOW"],
    "temperature": ["21.5 °C", "-4 °F", "300 K", "98.6", "0.5 bar", "230 V", "50 Hz"],
    "place": ["Gate 12", "Room 4.021", "Store 0042", "Row 12 Seat 34", "Line U5", "Terminal 2", "Zone 3"],
    "legal": ["§ 312 BGB", "Art. 15 GDPR", "ISO 27001", "DIN 5008", "EN 301 549", "PCI DSS 4.0", "SOC 2"],
    "percentile": ["p75 2,431 ms", "95 % (11.8 to 25.2)", "q 0.0031", "z = 8.2", "n = 1204", "1.05 times", "0.4 % to 7.9 %"],
    "ordinal": ["1st", "42nd", "3rd try", "2. Versuch", "5e fois", "No. 7", "step 2 of 4"],
    "log": ["at pay (app.js:10:5)", "line 1204", "code 137", "signal 9", "exit 2", "pid 9672", "thread 0x1f"],
    "config": ["max_age=86400", "timeout 30000", "retry 5", "port 8801", "limit 1000000", "threads 16", "cache 512 MB"],
    "social": ["@everyone", "#pay2026", "v/2", "r/x", "c/o desk", "24/7", "n/a"],
    "schedule": ["Mon-Fri 9-17", "24 h", "every 5 min", "30/11 to 2/12", "KW 48", "2x daily", "1 h 30"],
    "wire": ["snag_store_0042", "beacon 204", "413 at 64 KiB", "q=0.8", "max 200 events", "gzip -9", "br 11"],
    "game": ["2:1", "10-3", "6-4 6-3", "1-0", "best of 5", "level 100", "42 km"],
    "currency": ["EUR/USD 1.0843", "BTC 0.0042", "USD 1 299", "CHF 20.-", "¥1200", "₹ 9,999", "kr 349"],
    "formula": ["H2O", "3.14159265", "2**31", "1/3", "a1b2", "f(x)=2", "10^6"],
    "transport": ["RE 4", "IC 2023", "LH 456", "BA 2490", "M25", "A1", "ICE 1205"],
    "colour": ["#ff8800", "#1a2b3c", "rgb(12, 34, 56)", "hsl(120, 50%, 50%)", "RAL 9010", "#fff", "cmyk 0 20 40 0"],
}  # fmt: skip
"""By kind, what must stay."""
