"""Building blocks of the schema: short names for JSON Schema, and the Kubernetes types that values are passed to."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def text(pattern: str = "", **more: Any) -> Schema:
    """Return the schema of a string."""
    return {"type": "string", **({"pattern": pattern} if pattern else {}), **more}


def whole(least: int = 0, most: int | None = None) -> Schema:
    """Return the schema of an integer within bounds."""
    return {"type": "integer", "minimum": least, **({} if most is None else {"maximum": most})}


def one_of(*values: str) -> Schema:
    """Return the schema of a closed list of words."""
    return {"enum": list(values)}


def table(**properties: Schema) -> Schema:
    """Return the schema of a map with these keys and no others."""
    return {"type": "object", "additionalProperties": False, "properties": properties}


def needs(schema: Schema, *keys: str) -> Schema:
    """Return `schema` with required keys."""
    return {**schema, "required": list(keys)}


def map_of(value: Schema, keys: str = "") -> Schema:
    """Return the schema of a map with arbitrary keys that match the pattern `keys`."""
    return {
        "type": "object",
        "additionalProperties": value,
        **({"propertyNames": {"pattern": keys}} if keys else {}),
    }


def list_of(item: Schema, **more: Any) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": item, **more}


def ref(name: str) -> Schema:
    """Return a reference to an entry of DEFINITIONS."""
    return {"$ref": f"#/$defs/{name}"}


SWITCH: Schema = {"type": "boolean"}
NAME = text("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
EMPTY_OR_NAME = text("^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$")
HOST = text(r"^(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
QUANTITY = {"anyOf": [text(r"^[0-9]+(\.[0-9]+)?(m|[kMGTPE]i?|e[0-9]+)?$"), {"type": "number", "exclusiveMinimum": 0}]}
SIZE = text(r"^[1-9][0-9]*(\.[0-9]+)?([kMGTPE]i?)?$")
DURATION = text("^[1-9][0-9]*(ms|s|m|h)$")
FILE = r"^[-._a-zA-Z0-9]+$"
PORT = whole(1, 65535)
PATTERN = table(matchLabels=ref("labels"), matchExpressions=list_of(ref("requirement")))

DEFINITIONS: dict[str, Schema] = {
    "labels": map_of(
        text(r"^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$"),
        r"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$",
    ),
    "annotations": map_of(text(), r"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$"),
    "requirement": needs(
        table(
            key=text(),
            operator=one_of("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
            values=list_of(text()),
        ),
        "key",
        "operator",
    ),
    "selector": PATTERN,
    "resources": table(
        requests=map_of(QUANTITY, r"^[a-z0-9./-]+$"),
        limits=map_of(QUANTITY, r"^[a-z0-9./-]+$"),
        claims=list_of(needs(table(name=text(), request=text()), "name")),
    ),
    "toleration": table(
        key=text(),
        operator=one_of("Exists", "Equal"),
        value=text(),
        tolerationSeconds=whole(),
        effect=one_of("NoSchedule", "PreferNoSchedule", "NoExecute"),
    ),
    "nodeTerm": table(matchExpressions=list_of(ref("requirement")), matchFields=list_of(ref("requirement"))),
    "podTerm": needs(
        table(
            labelSelector=ref("selector"),
            namespaceSelector=ref("selector"),
            namespaces=list_of(text()),
            topologyKey=text(),
            matchLabelKeys=list_of(text()),
            mismatchLabelKeys=list_of(text()),
        ),
        "topologyKey",
    ),
    "podRules": table(
        requiredDuringSchedulingIgnoredDuringExecution=list_of(ref("podTerm")),
        preferredDuringSchedulingIgnoredDuringExecution=list_of(
            needs(table(weight=whole(1, 100), podAffinityTerm=ref("podTerm")), "weight", "podAffinityTerm")
        ),
    ),
    "affinity": table(
        nodeAffinity=table(
            requiredDuringSchedulingIgnoredDuringExecution=needs(
                table(nodeSelectorTerms=list_of(ref("nodeTerm"))), "nodeSelectorTerms"
            ),
            preferredDuringSchedulingIgnoredDuringExecution=list_of(
                needs(table(weight=whole(1, 100), preference=ref("nodeTerm")), "weight", "preference")
            ),
        ),
        podAffinity=ref("podRules"),
        podAntiAffinity=ref("podRules"),
    ),
    "spread": needs(
        table(
            maxSkew=whole(1),
            minDomains=whole(1),
            topologyKey=text(),
            whenUnsatisfiable=one_of("DoNotSchedule", "ScheduleAnyway"),
            labelSelector=ref("selector"),
            matchLabelKeys=list_of(text()),
            nodeAffinityPolicy=one_of("Honor", "Ignore"),
            nodeTaintsPolicy=one_of("Honor", "Ignore"),
        ),
        "maxSkew",
        "topologyKey",
        "whenUnsatisfiable",
    ),
    "variable": needs(
        table(
            name=text("^[A-Za-z_][A-Za-z0-9_.-]*$"),
            value=text(),
            valueFrom={
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "properties": {
                    "secretKeyRef": ref("keyRef"),
                    "configMapKeyRef": ref("keyRef"),
                    "fieldRef": needs(table(apiVersion=text(), fieldPath=text()), "fieldPath"),
                    "resourceFieldRef": needs(
                        table(containerName=text(), resource=text(), divisor=QUANTITY), "resource"
                    ),
                },
                "additionalProperties": False,
            },
        ),
        "name",
    ),
    "keyRef": needs(table(name=text(), key=text(), optional=SWITCH), "name", "key"),
    "environment": table(
        prefix=text(),
        configMapRef=needs(table(name=text(), optional=SWITCH), "name"),
        secretRef=needs(table(name=text(), optional=SWITCH), "name"),
    ),
    "volume": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": NAME},
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": {"type": "object"},
    },
    "mount": needs(
        table(
            name=NAME,
            mountPath=text("^/"),
            subPath=text(),
            subPathExpr=text(),
            readOnly=SWITCH,
            mountPropagation=text(),
            recursiveReadOnly=text(),
        ),
        "name",
        "mountPath",
    ),
    "container": {
        "type": "object",
        "required": ["name", "image"],
        "properties": {"name": NAME, "image": text()},
    },
    "tls": needs(table(secretName=NAME, hosts=list_of(HOST)), "hosts"),
    "peer": {
        "minProperties": 1,
        **table(
            podSelector=ref("selector"),
            namespaceSelector=ref("selector"),
            ipBlock=needs(
                table(
                    cidr=text("^[0-9a-fA-F.:]+/[0-9]+$"),
                    **{"except": list_of(text("^[0-9a-fA-F.:]+/[0-9]+$"))},
                ),
                "cidr",
            ),
        ),
    },
    "networkPort": table(
        port={"anyOf": [PORT, text("^[a-z0-9-]{1,15}$")]}, endPort=PORT, protocol=one_of("TCP", "UDP", "SCTP")
    ),
    "image": table(
        repository=text(r"^[a-z0-9][a-zA-Z0-9._:/-]*$"),
        tag=text(r"^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$"),
        digest=text("^(sha256:[0-9a-f]{64})?$"),
        pullPolicy=one_of("Always", "IfNotPresent", "Never"),
    ),
    "ingress": table(
        enabled=SWITCH,
        className=EMPTY_OR_NAME,
        annotations=ref("annotations"),
        hosts=list_of(HOST, uniqueItems=True),
        tls=list_of(ref("tls")),
    ),
    "monitor": table(
        enabled=SWITCH,
        interval=DURATION,
        scrapeTimeout={"anyOf": [one_of(""), DURATION]},
        labels=ref("labels"),
        namespace=EMPTY_OR_NAME,
        relabelings=list_of({"type": "object", "minProperties": 1}),
        metricRelabelings=list_of({"type": "object", "minProperties": 1}),
    ),
    "probe": table(
        initialDelaySeconds=whole(),
        periodSeconds=whole(1),
        timeoutSeconds=whole(1),
        failureThreshold=whole(1),
        successThreshold=whole(1),
        terminationGracePeriodSeconds=whole(1),
    ),
    "seccomp": needs(table(type=one_of("RuntimeDefault", "Localhost", "Unconfined"), localhostProfile=text()), "type"),
    "podSecurity": table(
        runAsNonRoot=SWITCH,
        runAsUser=whole(1),
        runAsGroup=whole(),
        fsGroup=whole(),
        fsGroupChangePolicy=one_of("OnRootMismatch", "Always"),
        supplementalGroups=list_of(whole()),
        supplementalGroupsPolicy=one_of("Merge", "Strict"),
        seccompProfile=ref("seccomp"),
        seLinuxOptions=table(level=text(), role=text(), type=text(), user=text()),
        appArmorProfile=needs(table(type=text(), localhostProfile=text()), "type"),
        sysctls=list_of(table(name=text(), value=text())),
    ),
    "containerSecurity": table(
        allowPrivilegeEscalation=SWITCH,
        privileged=SWITCH,
        readOnlyRootFilesystem=SWITCH,
        runAsNonRoot=SWITCH,
        runAsUser=whole(1),
        runAsGroup=whole(),
        capabilities=table(drop=list_of(text()), add=list_of(text())),
        seccompProfile=ref("seccomp"),
        seLinuxOptions=table(level=text(), role=text(), type=text(), user=text()),
        appArmorProfile=needs(table(type=text(), localhostProfile=text()), "type"),
    ),
}
