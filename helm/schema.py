"""JSON Schema of values.yaml: every value that a template reads, and no other."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from collector.settings import Settings
from helm.shapes import (
    DEFINITIONS,
    EMPTY_OR_NAME,
    FILE,
    HOST,
    NAME,
    PORT,
    SIZE,
    SWITCH,
    Schema,
    list_of,
    map_of,
    needs,
    one_of,
    ref,
    table,
    text,
    whole,
)

CHART = Path(__file__).parent / "snagwatch"

SET_BY_CHART = {
    "data_dir",
    "dsn",
    "spool_dir",
    "public_host",
    "public_port",
    "private_host",
    "private_port",
    "sql_host",
    "sql_port",
    "sql_password",
    "sql_ux_password",
    "pages_password",
    "requester_keys",
    "chores",
    "linger_s",
    "drain_s",
    "app",
    "chromium",
}
"""Settings that the pod template decides, or that come from a Secret."""


POD = {
    "nodeSelector": ref("labels"),
    "tolerations": list_of(ref("toleration")),
    "affinity": ref("affinity"),
    "priorityClassName": EMPTY_OR_NAME,
    "schedulerName": EMPTY_OR_NAME,
    "topologySpreadConstraints": list_of(ref("spread")),
    "hostAliases": list_of(needs(table(ip=text(r"^[0-9a-fA-F.:]+$"), hostnames=list_of(HOST)), "ip")),
    "dnsPolicy": one_of("", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "dnsConfig": table(
        nameservers=list_of(text()),
        searches=list_of(text()),
        options=list_of(needs(table(name=text(), value=text()), "name")),
    ),
    "startupProbe": ref("probe"),
    "readinessProbe": ref("probe"),
    "livenessProbe": ref("probe"),
    "terminationGracePeriodSeconds": whole(0, 86_400),
    "revisionHistoryLimit": whole(),
    "extraArgs": list_of(text()),
    "podAnnotations": ref("annotations"),
    "podLabels": ref("labels"),
    "resources": ref("resources"),
    "extraEnv": list_of(ref("variable")),
    "extraEnvFrom": list_of(ref("environment")),
    "extraVolumes": list_of(ref("volume")),
    "extraVolumeMounts": list_of(ref("mount")),
}
SPECIAL = {
    "runtimeClassName": EMPTY_OR_NAME,
    "extraContainers": list_of(ref("container")),
    "initContainers": list_of(ref("container")),
}
ACCESS_MODE = one_of("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")
PULL_SECRETS = list_of({"anyOf": [NAME, needs(table(name=NAME), "name")]})
ADDRESSES = list_of(text(r"^[0-9a-fA-F.:]+/[0-9]+$"))


def settings() -> Schema:
    """Return the schema of `settings`: every setting of the collector except those that the chart sets itself."""
    kinds = {"int": whole(), "str": text()}
    return table(
        **{
            one.name: {**kinds[str(one.type)], "description": one.metadata["help"]}
            for one in fields(Settings)
            if one.name not in SET_BY_CHART
        }
    )


def schema() -> Schema:
    """Return the whole schema."""
    values = table(
        **{
            "global": {
                "type": "object",
                "properties": {"imageRegistry": text(), "imagePullSecrets": PULL_SECRETS},
            }
        },
        enabled=SWITCH,
        nameOverride=text("^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$"),
        fullnameOverride=text("^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$"),
        commonLabels=ref("labels"),
        commonAnnotations=ref("annotations"),
        imagePullSecrets=PULL_SECRETS,
        image=ref("image"),
        serviceAccount=table(create=SWITCH, name=EMPTY_OR_NAME, annotations=ref("annotations")),
        podSecurityContext=ref("podSecurity"),
        securityContext=ref("containerSecurity"),
        sessionsPerDay=whole(),
        store=table(embedded=SWITCH, existingSecret=EMPTY_OR_NAME, existingSecretKey=text("^[-._a-zA-Z0-9]+$")),
        settings=settings(),
        files=map_of(text(), FILE),
        filesConfigMap=EMPTY_OR_NAME,
        collector=table(
            replicas=whole(1),
            updateStrategy=table(
                type=one_of("RollingUpdate", "OnDelete"),
                rollingUpdate=table(partition=whole(), maxUnavailable={"anyOf": [whole(1), text("^[1-9][0-9]?%$")]}),
            ),
            podManagementPolicy=one_of("Parallel", "OrderedReady"),
            preStopSeconds=whole(1, 300),
            lingerSeconds=whole(0, 300),
            drainSeconds=whole(0, 3600),
            resourcesEmbedded=ref("resources"),
            autoscaling=table(
                enabled=SWITCH,
                minReplicas=whole(1),
                maxReplicas=whole(1),
                targetCPUUtilizationPercentage=whole(1, 100),
                scaleDownStabilizationSeconds=whole(0, 3600),
            ),
            keda=table(
                enabled=SWITCH,
                serverAddress=text("^https?://"),
                spoolBytes=text("^[1-9][0-9]*$"),
                minReplicas=whole(1),
                maxReplicas=whole(1),
            ),
            persistence=table(
                enabled=SWITCH,
                size=SIZE,
                storageClass=EMPTY_OR_NAME,
                annotations=ref("annotations"),
                emptyDirSize=SIZE,
                accessModes=list_of(ACCESS_MODE, minItems=1),
                whenDeleted=one_of("Retain", "Delete"),
                whenScaled=one_of("Retain", "Delete"),
            ),
            podDisruptionBudget=table(enabled=SWITCH, maxUnavailable={"anyOf": [whole(1), text("^[1-9][0-9]?%$")]}),
            **POD,
            **SPECIAL,
        ),
        pages=table(existingSecret=EMPTY_OR_NAME),
        sql=table(existingSecret=EMPTY_OR_NAME),
        service=table(
            type=one_of("ClusterIP", "NodePort", "LoadBalancer"),
            port=PORT,
            privatePort=PORT,
            sqlPort=PORT,
            annotations=ref("annotations"),
            externalTrafficPolicy=one_of("", "Cluster", "Local"),
            nodePort=whole(0, 65535),
            loadBalancerClass=text(),
            loadBalancerSourceRanges=ADDRESSES,
            ipFamilyPolicy=one_of("", "SingleStack", "PreferDualStack", "RequireDualStack"),
            ipFamilies=list_of(one_of("IPv4", "IPv6"), uniqueItems=True),
        ),
        ingress=ref("ingress"),
        httpRoute=table(
            enabled=SWITCH,
            hostnames=list_of(HOST),
            annotations=ref("annotations"),
            parentRefs=list_of(
                needs(
                    table(group=text(), kind=text(), name=NAME, namespace=NAME, sectionName=text(), port=PORT),
                    "name",
                )
            ),
        ),
        contacts=table(existingSecret=EMPTY_OR_NAME, requesterKeysSecret=EMPTY_OR_NAME, ingress=ref("ingress")),
        chores=table(**POD),
        migrations=table(
            mode=one_of("hook", "init", "none"),
            activeDeadlineSeconds=whole(1),
            backoffLimit=whole(),
            resources=ref("resources"),
        ),
        synthetic=table(
            enabled=SWITCH,
            image=ref("image"),
            mode=one_of("deployment", "cronjob"),
            schedule=text(r"^(\S+ +){4}\S+$"),
            activeDeadlineSeconds=whole(1),
            timeZone=text(r"^([A-Za-z_]+(/[A-Za-z_+-]+)*)?$"),
            successfulJobsHistoryLimit=whole(),
            failedJobsHistoryLimit=whole(),
            release=text(),
            proxy=text("^(https?://.+|socks5://.+)?$"),
            memoryMb=whole(),
            artefacts=table(
                type=one_of("emptyDir", "volume", "objectStore", "none"),
                url=text("^(https?://.+)?$"),
                har=SWITCH,
                size=SIZE,
                storageClass=EMPTY_OR_NAME,
                accessModes=list_of(ACCESS_MODE, minItems=1),
                existingClaim=EMPTY_OR_NAME,
                objectStore=table(
                    image=text("^[a-z0-9].*$"),
                    destination=text("^(:[a-z0-9]+:.+|[A-Za-z0-9_]+:.*)?$"),
                    existingSecret=EMPTY_OR_NAME,
                    seconds=whole(1),
                ),
            ),
            baseUrl=text("^(https?://.+)?$"),
            app=text("^.+$"),
            env=text(),
            locations=map_of(
                {
                    "anyOf": [
                        {"type": "null"},
                        table(
                            shards=whole(1, 100),
                            slots=whole(1, 32),
                            nodeSelector=ref("labels"),
                            tolerations=list_of(ref("toleration")),
                            resources=ref("resources"),
                        ),
                    ]
                },
                "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
            ),
            journeys=table(files=map_of(text(), FILE), configMap=EMPTY_OR_NAME, path=text("^(/.*)?$")),
            existingSecret=EMPTY_OR_NAME,
            sandbox=one_of("none", "userns"),
            seccompProfile=text("^[^/].*$"),
            sharedMemory=SIZE,
            **POD,
            **SPECIAL,
        ),
        networkPolicy=table(
            enabled=SWITCH,
            publicFrom=list_of(ref("peer")),
            privateFrom=list_of(ref("peer")),
            contactsFrom=list_of(ref("peer")),
            storeTo=list_of(ref("peer")),
            storePorts=list_of(PORT),
            choresPorts=list_of(PORT),
            sitePorts=list_of(PORT),
            deniedCidrs=ADDRESSES,
            extraEgress=list_of(table(to=list_of(ref("peer")), ports=list_of(ref("networkPort")))),
        ),
        monitoring=table(
            serviceMonitor=ref("monitor"),
            podMonitor=ref("monitor"),
            prometheusRule=table(
                enabled=SWITCH,
                labels=ref("labels"),
                namespace=EMPTY_OR_NAME,
                runbookBaseUrl=text("^(https?://.+)?$"),
                severities=map_of(text(), "^(page|ticket|info)$"),
                alertLabels=map_of(text(), "^[a-zA-Z_][a-zA-Z0-9_]*$"),
                alertAnnotations=map_of(text(), "^[a-zA-Z_][a-zA-Z0-9_]*$"),
                disabled=list_of(text()),
                extraGroups=list_of(
                    needs(
                        {
                            "type": "object",
                            "properties": {"name": text(), "rules": list_of({"type": "object"})},
                        },
                        "name",
                        "rules",
                    )
                ),
            ),
            alertmanagerConfig=table(enabled=SWITCH, labels=ref("labels")),
            dashboards=table(
                enabled=SWITCH,
                label=text(),
                labelValue=text(),
                folderAnnotation=text(),
                folder=text(),
                grafanaOperator=table(enabled=SWITCH, instanceSelector=ref("selector")),
            ),
        ),
        otlp=table(endpoint=text("^(https?://.+)?$")),
        tests=table(enabled=SWITCH),
        extraManifests=list_of({"type": "object", "required": ["apiVersion", "kind"]}),
    )
    _require(values, yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8")))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "snagwatch",
        **values,
        "$defs": DEFINITIONS,
    }


NULLABLE = [DEFINITIONS[name] for name in ("resources", "podSecurity", "containerSecurity", "probe", "selector")]


def _require(schema: Schema, defaults: Any) -> None:
    """Require every value that has a default: `null` would remove it. A security context may lose fields."""
    shape = DEFINITIONS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    properties = shape.get("properties", {})
    if not isinstance(defaults, dict) or shape in NULLABLE or not properties.keys() >= defaults.keys():
        return
    schema["required"] = sorted(defaults)
    if shape is schema:
        for key, default in defaults.items():
            _require(properties[key], default)
