"""The metric catalogue: every CX and service number once, with its formula, its interval and its traps.

`snag metrics`, docs/metrics.md and panels are made from these entries; none of them knows a formula of its own. An
entry names a view of the store and the aggregates over it that its formula needs. They may use the parameters
{end:DateTime64(3)} (nothing after it is known), {excluded:Array(String)} (see `fcr_no_repeat_net`), {app:String} and
{sources:Array(String)}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.metrics import formulas

CONTACT_PARTS = ("channel", "source", "reason", "queue", "product", "priority", "language", "country")
CASE_PARTS = CONTACT_PARTS
SURVEY_PARTS = ("source", "touchpoint", "channel", "app", "page", "journey", "release", "language")
SERVICE_PARTS = ("channel", "source", "reason", "queue")

COLUMN_OF = {"reason": "contact_reason", "page": "page_group"}
"""Words of the command line that the columns are not called by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number."""

    name: str
    title: str
    formula: str
    """In words, for people."""
    unit: str
    owner: str
    """Whose number it is: CX, support, workforce or product."""
    minimum: int
    """Fewer than so many (see `n_of`) are "not enough data"."""
    n_of: str
    """What n counts."""
    interval: str
    higher_is_better: bool | None
    """None: neither is."""
    view: str
    time: str
    """The view's column that the time range is about."""
    aggregates: tuple[str, ...]
    """SQL over the view; the first is n."""
    estimate: formulas.Formula
    """From the aggregates to the number, in the unit; None: cannot be said."""
    where: str = "1"
    apart: str = "''"
    """SQL whose values are never mixed: each gets a number of its own."""
    parts: tuple[str, ...]
    """What it can be asked `--by`."""
    traps: str = ""


def _contacts(n: str, *aggregates: str, **given: Any) -> Metric:
    return Metric(
        view="snag_experience.metric_contacts",
        time="created_ts",
        parts=CONTACT_PARTS,
        aggregates=(n, *aggregates),
        **given,
    )


def _surveys(n: str, *aggregates: str, **given: Any) -> Metric:
    return Metric(
        view="snag_experience.metric_surveys",
        time="ts",
        parts=SURVEY_PARTS,
        minimum=30,
        owner="CX",
        n_of="valid answers",
        aggregates=(n, *aggregates),
        **given,
    )


def _service(n: str, *aggregates: str, **given: Any) -> Metric:
    return Metric(
        view="snag_experience.metric_service",
        time="interval_start_ts",
        parts=SERVICE_PARTS,
        owner="workforce",
        aggregates=(n, *aggregates),
        **given,
    )


def _cases(n: str, *aggregates: str, **given: Any) -> Metric:
    return Metric(
        view="snag_experience.metric_cases",
        time="created_ts",
        parts=CASE_PARTS,
        owner="support",
        minimum=30,
        aggregates=(n, *aggregates),
        **given,
    )


def _friction(**given: Any) -> Metric:
    return Metric(
        view="snag_experience.friction_score_by_session",
        time="ts",
        owner="product",
        minimum=30,
        n_of="visits",
        higher_is_better=False,
        parts=("app", "release", "device", "browser_family", "country", "variant", "user_setting"),
        where="traffic_source IN {sources:Array(String)} AND {app:String} IN ('', app)",
        aggregates=(
            "count()",
            "sum(weight)",
            "sum(weight * weight)",
            "sum(weight * score)",
            "sum(weight * weight * score)",
            "sum(weight * weight * score * score)",
            "countIf(score > 0)",
            "countIf(hit)",
            "sumIf(weight, hit)",
        ),
        **given,
    )


_END = "{end:DateTime64(3)}"
_WILSON = "Wilson's score interval"
_ENDS = "order statistics; Kaplan-Meier with log(-log) bounds where some are open"
_ASKED = (
    "concat(if(survey_type = 'unknown', '', survey_type), if(question_version = '', '', concat(' ', question_version)))"
)
_NPS = "is_valid AND scale = '0-10'"


def _durations(name: str, title: str, formula: str, ended: str, known: str, business: str, traps: str) -> list[Metric]:
    """Median and p90 by two clocks. `ended`: when; `known`: SQL, of what sources it can be told at all."""
    # What gave up waiting, or was closed without it, was last seen without it then.
    last_seen = f"least(ifNull(abandoned_ts, {_END}), ifNull(resolved_ts, {_END}), {_END})"
    happened = f"ifNull({ended} <= {{end:DateTime64(3)}}, 0)"
    until = f"greatest(created_s, toUnixTimestamp64Milli(if({happened}, assumeNotNull({ended}), {last_seen})) / 1000)"
    own = f"if({happened}, ifNull({business}, -1), -1)"
    return [
        _contacts(
            "count()",
            "groupArray(created_s)",
            f"groupArray({until})",
            f"groupArray({happened})",
            *([f"groupArray(toInt64({own}))"] if clock else []),
            name=f"{name}_{word}{clock}",
            title=f"{title}, {said}{' (business clock)' if clock else ''}",
            formula=f"{formula}; {said} of all contacts, of which those still open took longer than until now"
            + ("; only the seconds count in which the desk was open" if clock else ""),
            unit="s",
            owner="support",
            minimum=30,
            n_of="contacts",
            interval=_ENDS,
            higher_is_better=False,
            estimate=formulas.duration(q, by_business=bool(clock)),
            where=known,
            traps=traps,
        )
        for clock in ("", "_business")
        for q, word, said in ((0.5, "median", "median"), (0.9, "p90", "90th percentile"))
    ]


def _knows(column: str) -> str:
    """SQL: of contacts whose source ever tells `column`; the others would all look open."""
    return f"source IN (SELECT source FROM snag_experience.support_contacts FINAL WHERE isNotNull({column}))"


def _level(name: str, title: str, formula: str, good: str, n: str, **given: Any) -> Metric:
    return _service(
        f"sum({n})",
        f"sum({good})",
        name=name,
        title=title,
        formula=formula,
        unit="%",
        minimum=30,
        n_of="offered contacts that count",
        interval=f"{_WILSON} over the summed counts",
        higher_is_better=True,
        estimate=formulas.share,
        apart="concat('in ', toString(threshold_s), ' s')",
        where=f"isNotNull({good}) AND isNotNull({n}) AND threshold_s > 0",
        traps="The variant is part of the name: four honest formulas differ by points. Thresholds are never mixed. "
        "From contacts, not interval counts: 20 s, and short is up to 5 s.",
        **given,
    )


CATALOGUE: tuple[Metric, ...] = (
    _surveys(
        f"countIf({_NPS})", f"countIf({_NPS} AND score >= 9)", f"countIf({_NPS} AND score <= 6)",
        name="nps", title="Net promoter score", formula="100 × (share of 9 and 10 − share of 0 to 6), asked 0 to 10",
        unit="points", interval="adjusted Wald (three quarters promoter, 1.5 passives, three quarters detractor added)",
        higher_is_better=True, estimate=formulas.nps, where="metric = 'nps' AND is_answered", apart=_ASKED,
        traps="About the company (relational) and about one matter (transactional) are never mixed. Scales from 1 to 10 "
        "are refused: they have no 0. ±10 points need 235 answers (385 at worst), ±5 938, ±3 2,604; compare periods "
        "from 200 answers each.",
    ),
    _surveys(
        "countIf(is_valid)", "countIf(is_valid AND better_score >= 4)",
        name="csat", title="Customer satisfaction (CSAT)", formula="share of the best two of five answers", unit="%",
        interval=_WILSON, higher_is_better=True, estimate=formulas.share,
        where="metric = 'csat' AND is_answered AND scale IN ('1-5', '1-5 reversed')", apart=_ASKED,
        traps="Only five-point scales; thumbs are csat_thumbs. Look at the response rate beside it. ±10 points need "
        "97 answers, ±5 385.",
    ),
    _surveys(
        "countIf(is_valid)", "countIf(is_valid AND better_score = 1)",
        name="csat_thumbs", title="Rated good", formula="share of “good” where there is only good and bad", unit="%",
        interval=_WILSON, higher_is_better=True, estimate=formulas.share,
        where="metric = 'csat' AND is_answered AND scale IN ('0-1', '0-1 reversed')", apart=_ASKED,
        traps="Another scale than five points, and higher: never put beside csat.",
    ),
    _surveys(
        "countIf(is_valid)", "avgIf(score, is_valid)", "varSampIf(score, is_valid)",
        name="ces", title="Customer effort score 2.0", formula="mean of 1 to 7, “made it easy for me to handle my issue”",
        unit="of 7", interval="Student's t", higher_is_better=True, estimate=formulas.average,
        where="metric = 'ces' AND is_answered AND scale = '1-7'", apart=_ASKED,
        traps="Effort asked from 1 to 5, where 5 is worst, is ces_1; the two are never averaged.",
    ),
    _surveys(
        "countIf(is_valid)", "countIf(is_valid AND score >= 5)",
        name="ces_easy", title="Found it easy (CES 2.0)", formula="share of 5 to 7 of 7", unit="%", interval=_WILSON,
        higher_is_better=True, estimate=formulas.share, where="metric = 'ces' AND is_answered AND scale = '1-7'",
        apart=_ASKED, traps="As ces.",
    ),
    _surveys(
        "countIf(is_valid)", "avgIf(score, is_valid)", "varSampIf(score, is_valid)",
        name="ces_1", title="Customer effort score 1.0", formula="mean of 1 to 5, “how much effort did it take”",
        unit="of 5", interval="Student's t", higher_is_better=False, estimate=formulas.average,
        where="metric = 'ces' AND is_answered AND scale = '1-5 reversed'", apart=_ASKED, traps="Low is good.",
    ),
    _surveys(
        "count()", "countIf(is_answered)",
        name="response_rate", title="Survey response rate", formula="answered ÷ asked", unit="%", interval=_WILSON,
        higher_is_better=True, estimate=formulas.share, apart="metric",
        where="(metric, source) IN "
        "(SELECT toString(metric), source FROM snag_experience.survey_responses FINAL WHERE score IS NULL)",
        traps="Only of sources that also tell who did not answer. n counts the asked.",
    ),
    Metric(
        name="churn", title="Churn rate", formula="customers lost in a period ÷ customers at its start", unit="%",
        owner="CX", minimum=30, n_of="customers at the start", interval=_WILSON, higher_is_better=False,
        view="snag_experience.metric_customers", time="period_start_ts", estimate=formulas.share,
        aggregates=("sum(customers_at_start)", "sum(customers_lost)"), parts=("segment",),
        apart="concat('in ', toString(days), ' days')",
        traps="From imported counts alone (`snag metrics import-customers`); visitors who do not return are no lost "
        "customers. Customers won in the period count nowhere. Periods of different length are never mixed.",
    ),
    _contacts(
        "count()", "groupArray(toUnixTimestamp(toStartOfDay(created_ts)))",
        name="volume", title="Contacts", formula="inbound contacts by the time they were made, without spam and deleted",
        unit="contacts", owner="support", minimum=0, n_of="contacts",
        interval="Student's t over whole days (7 or more)", higher_is_better=None, estimate=formulas.volume,
        traps="Late arrivals change the past. Merged contacts count here, not in cases. Whether it is more than usual "
        "says `snag contacts why`, by the hour of the week.",
    ),
    _contacts(
        "uniqExactIf(case_key, is_case)", "groupArrayIf(toUnixTimestamp(toStartOfDay(created_ts)), is_case)",
        name="cases", title="Cases", formula="matters that contacts were about: without merged, transfers of one call once",
        unit="cases", owner="support", minimum=0, n_of="cases", interval="none", higher_is_better=None,
        estimate=formulas.number, traps="Needs a source that tells merges and cases; else equal to contacts.",
    ),
    *_durations(
        "frt", "First response time", "first public reply by a person − contact made", "replied_ts",
        _knows("coalesce(first_reply_ts, first_answered_ts)"), "first_reply_business_s",
        "Bots and automatic replies do not count; of contacts that an agent opened it is the second reply. Contacts of "
        "sources that never tell replies are left out.",
    ),
    *_durations(
        "first_resolution", "Time to first resolution", "first solved − contact made", "first_resolved_ts",
        _knows("first_resolved_ts"), "first_resolved_business_s", "A reopened contact counts by its first solution.",
    ),
    *_durations(
        "full_resolution", "Time to full resolution", "last solved − contact made", "resolved_ts",
        _knows("resolved_ts"), "resolved_business_s", "Reopening changes this one alone.",
    ),
    _contacts(
        "countIf(solving_known)", "countIf(solving_known AND is_solved)",
        name="resolution_rate", title="Resolution rate", formula="of the contacts made in the time, those solved by now",
        unit="%", owner="support", minimum=30, n_of="contacts", interval=_WILSON, higher_is_better=True,
        estimate=formulas.share, traps="By cohort. Solved ÷ created of one week would be over 100 % while a backlog "
        "is worked off. Recent contacts have had less time.",
    ),
    _contacts(
        "countIf(is_solved AND isNotNull(agent_replies) AND isNotNull(reopens))",
        "countIf(is_solved AND agent_replies <= 1 AND reopens = 0)",
        name="fcr_one_touch", title="FCR (a): one touch", formula="of solved contacts: at most one reply, never reopened",
        unit="%", owner="support", minimum=30, n_of="solved contacts", interval=_WILSON, higher_is_better=True,
        estimate=formulas.share, traps="Says how the desk worked, not whether the customer is done.",
    ),
    _cases(
        "countIf(created_ts + INTERVAL 7 DAY <= {end:DateTime64(3)})",
        "countIf(created_ts + INTERVAL 7 DAY <= {end:DateTime64(3)} AND "
        "NOT ifNull(next_same_reason_ts <= created_ts + INTERVAL 7 DAY, 0))",
        name="fcr_no_repeat", title="FCR (b, 7 d), gross: no repeat",
        formula="of cases: no further one of the same requester and reason within 7 days", unit="%",
        n_of="cases with a known requester, older than 7 days", interval=_WILSON, higher_is_better=True,
        estimate=formulas.share, traps="Cases of the last 7 days are not eligible yet. Without requester ids there is none.",
    ),
    _cases(
        "countIf(created_ts + INTERVAL 7 DAY <= {end:DateTime64(3)})",
        "countIf(created_ts + INTERVAL 7 DAY <= {end:DateTime64(3)} AND "
        "NOT ifNull(next_same_reason_ts <= created_ts + INTERVAL 7 DAY, 0))",
        name="fcr_no_repeat_net", title="FCR (b, 7 d), net: no repeat",
        formula="as gross, of reasons that a first contact can solve: tagged, and not among SNAG_FCR_EXCLUDED_REASONS",
        unit="%", n_of="cases of those reasons", interval=_WILSON, higher_is_better=True, estimate=formulas.share,
        where="contact_reason != '' AND contact_reason NOT IN {excluded:Array(String)}",
        traps="Gross and net are never compared with each other.",
    ),
    _surveys(
        "countIf(is_valid)", "countIf(is_valid AND better_score = greatest(toInt32(substring(scale, 3, 1)), 1))",
        name="fcr_survey", title="FCR (c): said that it was solved", formula="share of “yes” to “was it solved?”", unit="%",
        interval=_WILSON, higher_is_better=True, estimate=formulas.share, apart=_ASKED,
        where="metric = 'task_success' AND is_answered AND scale IN ('0-1', '0-1 reversed') AND "
        "(contact_source != '' OR touchpoint = 'after_contact')",
        traps="Who answers is no fair sample.",
    ),
    _contacts(
        "countIf(isNotNull(escalated) AND NOT is_abandoned)", "countIf(escalated = 1 AND NOT is_abandoned)",
        name="escalation_rate", title="Escalation rate", formula="contacts that went to a higher tier ÷ contacts handled",
        unit="%", owner="support", minimum=30, n_of="contacts handled", interval=_WILSON, higher_is_better=False,
        estimate=formulas.share, traps="Contacts, not events: escalated twice counts once. Transfers stand apart.",
    ),
    _contacts(
        "countIf(isNotNull(transfers) AND NOT is_abandoned)", "countIf(transfers > 0 AND NOT is_abandoned)",
        name="transfer_rate", title="Transfer rate", formula="contacts that went to another queue or agent ÷ handled",
        unit="%", owner="support", minimum=30, n_of="contacts handled", interval=_WILSON, higher_is_better=False,
        estimate=formulas.share, traps="A transfer is not an escalation.",
    ),
    _level(
        "service_level", "Service level (of offered)", "answered in T ÷ offered", "answered_in_threshold", "offered",
    ),
    _level(
        "service_level_early_abandons_removed", "Service level (early abandons removed)",
        "answered in T ÷ (offered − abandoned in T)", "answered_in_threshold", "offered - abandoned_in_threshold",
    ),
    _level(
        "service_level_early_abandons_good", "Service level (early abandons count as good)",
        "(answered in T + abandoned in T) ÷ offered", "answered_in_threshold + abandoned_in_threshold", "offered",
    ),
    _level(
        "service_level_short_abandons_removed", "Service level (short abandons removed)",
        "answered in T ÷ (offered − abandoned within the first seconds)", "answered_in_threshold",
        "offered - abandoned_short",
    ),
    _service(
        "sum(answered)", "groupArray(sum_wait_answered_s)", "groupArray(answered)",
        name="asa", title="Average speed of answer", formula="waiting of the answered, all together ÷ answered", unit="s",
        minimum=30, n_of="answered contacts", interval="bootstrap over the intervals (10 or more)", higher_is_better=False,
        estimate=formulas.speed_of_answer, where="isNotNull(sum_wait_answered_s) AND isNotNull(answered)",
        traps="Who gave up is not in it: look at the abandon rate beside it.",
    ),
    _service(
        "sum(offered)", "sum(abandoned)",
        name="abandon_rate", title="Abandon rate", formula="abandoned ÷ offered", unit="%", minimum=30,
        n_of="offered contacts", interval=_WILSON, higher_is_better=False, estimate=formulas.share,
        where="isNotNull(abandoned)", traps="Short abandons are in it.",
    ),
    _friction(
        name="friction_rate", title="Friction rate", formula="visits with a moment of friction that slowed them ÷ visits",
        unit="%", interval="Wilson on the effective number of visits", estimate=formulas.friction("rate"),
        traps="Of visitors' own trouble alone: their network and bots are out. See docs/score.md.",
    ),
    _friction(
        name="friction_score", title="Friction score", formula="mean over visits: 0 nobody struggled, 100 all were blocked",
        unit="of 100", interval="Wilson with the spread that the visits have", estimate=formulas.friction("score"),
        traps="Carries a score version; contributions add up to it. See docs/score.md.",
    ),
    _contacts(
        "count()", "groupArray(toUnixTimestamp(toStartOfDay(created_ts)))",
        name="contact_rate", title="Contact rate", formula="contacts ÷ sessions × 1,000", unit="per 1,000 sessions",
        owner="product", minimum=30, n_of="contacts", interval="Fieller over whole days (7 or more)", higher_is_better=False,
        estimate=formulas.per_session,
        traps="Whole days alone. Visitors who refused to be measured are no sessions: with 80 % consent the true rate is "
        "about 0.8 of it. With --by, the sessions are still all sessions.",
    ),
)  # fmt: skip

METRICS = {metric.name: metric for metric in CATALOGUE}
