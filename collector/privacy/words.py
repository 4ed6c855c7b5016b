"""Personal data that the words around it give away: names after a title, birthdays, addresses, passwords."""

from __future__ import annotations

import re

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w'’-]+|(?:von|van|de|der|den|la|le|di|da|dos|el|bin)(?=\s))"
_FULL_NAME = rf"(?:[A-ZÀ-ÖØ-Þ]\.\s*){{0,2}}{_NAME}(?:\s+(?:[A-ZÀ-ÖØ-Þ]\.\s*)?{_NAME}){{0,3}}"
_INTRODUCED = re.compile(
    r"\b((?:(?:my|his|her|their|customer|caller|the)\s+(?:full\s+|first\s+|last\s+)?name\s+(?:is|was)|(?:full|first|last)?\s?name\s*[:=]"
    r"|(?:ich|sie|er)\s+hei(?:ß|ss)e?t?|mein\s+name\s+ist|je\s+m['’]appelle|mon\s+nom\s+est|me\s+llamo|mi\s+nombre\s+es"
    r"|mi\s+chiamo|meu\s+nome\s+[ée]|mijn\s+naam\s+is|nazywam\s+się"
    r"|(?:kind\s+|best\s+)?regards|yours\s+(?:sincerely|truly)|mit\s+freundlichen\s+gr(?:ü|ue)(?:ß|ss)en|cordialement|saludos),?\s*)"
    rf"(?-i:{_FULL_NAME})",
    re.I,
)
_TITLED = re.compile(
    rf"\b((?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Mme|Mlle|Madame|Monsieur|Señora?|Sra?|Srta|Sig|Signora?|Mevrouw|Dhr)\b\.?|M\.)"
    rf"\s+{_FULL_NAME}"
)
_DATE = r"\d{1,4}[./ -]\s?(?:\d{1,2}|[A-Za-zäéû]{3,9}\.?)[./ -]\s?\d{2,4}"
_BIRTHDAY = re.compile(
    r"\b((?:born(?:\s+on)?|d\.?o\.?b\.?|date\s+of\s+birth|birth\s?da(?:y|te)|geb(?:oren)?\.?(?:\s+am)?|geburts(?:datum|tag)|n[ée]e?\s+le"
    r"|date\s+de\s+naissance|nacid[oa](?:\s+el)?|fecha\s+de\s+nacimiento|nat[oa]\s+il|data\s+de\s+nascimento)\s*(?:is|ist|est|es)?\s*[:=]?\s*)"
    + _DATE,
    re.I,
)
_ADDRESS = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s+(?:[A-Z][\w'’.-]{1,30}\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Close"
    r"|Square|Terrace|Crescent|Gardens|Parkway)\b\.?"
    r"|\b[A-ZÄÖÜ][\wäöüß-]{0,30}(?:straße|strasse|str\.|gasse|allee|weg|platz|ring|ufer)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b[A-ZÄÖÜ][\wäöüß-]{1,30}\s(?:Straße|Strasse|Str\.|Allee|Weg|Platz|Ring)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|allée|quai)\s+(?:(?:de|du|des|la|le|les|l['’])\s?){0,3}[A-ZÀ-Ö][\w'’-]+"
    r"|\b(?:Calle|Avenida|Av\.|Plaza|Paseo|Via|Rua|C/)\s(?:[\wáéíóúñç'’.-]{1,20}\s){0,4}?[\wáéíóúñç'’.-]{2,20},?\s(?:n[º°.]\s?)?\d{1,4}\b"
)
_SECRET = re.compile(
    r"\b((?:pass(?:word|wort|code|phrase)|kennwort|mot\s+de\s+passe|contraseña|pwd|pin(?:\s?code)?|otp|tan"
    r"|cvv2?|cvc2?|one[- ]time\s+code"
    r"|api[_ -]?key|secret(?:[_ -]key)?|access[_ -]?token|auth[_ -]?token|session[_ -]?(?:id|token)|bearer)"
    r"\s*(?:is|ist|was|est|es|:|=)\s*)"
    r"(?!\[)\S{3,200}|\b(Bearer|Basic)\s+(?!\[)[\w+/=.~-]{8,}",
    re.I,
)
_DOCUMENT = re.compile(
    r"\b((?:passport|reisepass|passeport|pasaporte|driv(?:ing|er['’]?s?)\s+licen[cs]e|führerschein|permis\s+de\s+conduire|identity\s+card"
    r"|id\s+card|personalausweis|ausweis|carte\s+d['’]identité|social\s+security|ssn|national\s+insurance|ni\s+number|nino|nhs|medicare"
    r"|steuer-?(?:id|nummer|identifikationsnummer)|idnr|tax\s+(?:id|number|file\s+number)|tin|tfn|bsn|burgerservicenummer|pesel|cpf|rg|nif|nie|dni|nir|sin"
    r"|codice\s+fiscale|personnummer|cpr|hetu|aadhaar|pan\s+card|ahv|sozialversicherungs(?:nummer)?|versicherten(?:nummer)?"
    r"|numéro\s+de\s+sécurité\s+sociale|imei|sort\s+code|account\s+(?:no|number)|kontonummer|routing\s+number)\b"
    r"(?:\s*(?:no|nr|number|nummer|num|n[º°]|code|id)\b\.?)?\s*(?:is|ist|est|es)?\s*[:#=]?\s*)"
    r"(?=[\w./ -]{0,12}\d)(?:(?:[A-Z]{0,3}[ -]?|[A-Z]{4,5})\d[A-Z0-9]*(?:[ ./-][A-Z0-9]*\d[A-Z0-9]*){0,5}[ -]?[A-Z]?\b)",
    re.I,
)
_SPELT_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:\(at\)|\[at\]|\{at\}|\sat\s)\s?[\w-]{1,63}(?:\s?(?:\(dot\)|\[dot\]|\{dot\}|\sdot\s)\s?[\w-]{2,24}){1,4}",
    re.I,
)

_SIGNS = (
    *("name", "hei", "appelle", "llamo", "chiamo", "nazywam", "regards", "yours", "grü", "grue", "cordial", "saludos"),
    *(" at ", "(at", "[at", "{at", "pass", "kennwort", "contraseña", "pwd", "pin", "otp", "tan", "cvv", "cvc", "code"),
    *("key", "secret", "token", "session", "bearer", "basic"),
)
_TITLES = (
    *(
        "Mr",
        "Ms",
        "Mx",
        "Miss",
        "Dr",
        "Prof",
        "Herr",
        "Frau",
        "Mme",
        "Mlle",
        "Madame",
        "Monsieur",
        "Señor",
        "Sr",
        "Sig",
    ),
    *("Mevrouw", "Dhr", "M."),
)
"""What a rule without digits begins with. Texts without any of it, and without a digit, are left alone at once."""

_DIGIT = re.compile(r"\d")


def redact(text: str) -> str:
    """Return `text` without what the words around it give away.

    >>> redact("My name is Anna Berg, born 3 May 1990; the password is hunter2")
    'My name is [name], born [birthday]; the password is [token]'
    """
    has_digit = _DIGIT.search(text)
    if not has_digit and not _suspicious(text):
        return text
    text = _INTRODUCED.sub(r"\1[name]", text)
    text = _TITLED.sub(r"\1 [name]", text)
    text = _SECRET.sub(lambda m: (m[1] or m[2] + " ") + "[token]", text)
    text = _SPELT_EMAIL.sub("[email]", text)
    if has_digit:
        text = _BIRTHDAY.sub(r"\1[birthday]", text)
        text = _ADDRESS.sub("[address]", text)
        text = _DOCUMENT.sub(r"\1[id]", text)
    return text


def _suspicious(text: str) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in _SIGNS) or any(title in text for title in _TITLES)
