"""The board *fixloop overview*: what goes round now, where and with whom, and whether the pipeline is well."""
# ruff: noqa: S608 -- the queries are put together from constants of this file

from typing import Final

from grafana.board import Section, board
from grafana.panels import bars, lines, stat, table
from grafana.targets import Json, promql, sql_series, sql_table

_IN_REPOSITORY: Final = "$__conditionalAll(vcs_repository_name IN (${repository:singlequote}), $repository)"

# A reintroduction that a coupled cycle took up is superseded, and has happened all the same.
_SURE: Final = "alerting AND status != 'withdrawn' AND confidence >= ${confidence}"
_FOUND: Final = f"{_SURE} AND $__timeFilter(detected_at) AND {_IN_REPOSITORY}"

_AGENT: Final = "coalesce(nullIf(gen_ai_agent_name, ''), 'unknown') AS agent"
_MODEL: Final = "coalesce(nullIf(gen_ai_request_model, ''), 'unknown') AS model"

_REPOSITORY: Final = "coalesce(nullIf(vcs_repository_name, ''), 'unknown') AS repository"


def overview() -> Json:
    """The whole board."""
    return board(
        "fixloop-overview",
        "fixloop overview",
        "Fix-reintroduction cycles: fix A, break B, fix B, and A is back.",
        [
            Section(
                "Now",
                5,
                [
                    [
                        in_progress(),
                        sessions_with_a_cycle(),
                        coupled_cycles(),
                        reintroductions(),
                        dead_letters(),
                    ]
                ],
            ),
            Section("Over time", 9, [[found_over_time(), in_progress_over_time()]]),
            Section("Who and where", 9, [[by_agent_and_model(), by_repository()], [latest()]]),
            Section("Pipeline", 8, [[folded(), landed(), refused()], [behind(), insert_time(), retries()]]),
        ],
    )


def in_progress() -> Json:
    """The number that the alert FixloopCycleInProgress looks at."""
    return stat(
        "Cycles in progress",
        "Sessions with news of a coupled cycle or a reintroduction within the last 15 minutes.",
        promql("sum(job:fixloop_cycles_in_progress:max2m)", instant=True),
        alarm_above=0,
    )


def sessions_with_a_cycle() -> Json:
    """The share of all sessions, so that more work does not look like worse work."""
    return stat(
        "Sessions with a cycle",
        "Share of the sessions at work in the time range in which a bug came back that had been fixed.",
        sql_table(f"""
            SELECT uniqExactIf(session_id, cycle) / greatest(uniqExact(session_id), 1) AS share
            FROM
            (
                SELECT session_id, 0 AS cycle
                FROM events
                WHERE $__timeFilter(time) AND {_IN_REPOSITORY}
                UNION ALL
                SELECT session_id, 1 AS cycle
                FROM detections
                WHERE {_FOUND} AND kind IN ('coupled_cycle', 'reintroduction')
            )
        """),
        unit="percentunit",
    )


def coupled_cycles() -> Json:
    """How many were found."""
    return stat(
        "Coupled cycles",
        "Pairs or groups of bugs whose fixes bring each other back, found in the time range.",
        sql_table(
            f"SELECT count() AS coupled_cycles FROM detections WHERE {_FOUND} AND kind = 'coupled_cycle'"
        ),
    )


def reintroductions() -> Json:
    """How many were found."""
    return stat(
        "Reintroductions",
        "Fixed bugs that were seen again after an edit, found in the time range; those inside of coupled cycles count too.",
        sql_table(
            f"SELECT count() AS reintroductions FROM detections WHERE {_FOUND} AND kind = 'reintroduction'"
        ),
    )


def dead_letters() -> Json:
    """What could not be read."""
    return stat(
        "Dead letters",
        "Messages that were refused in the time range; see the runbook FixloopDeadLetters.",
        promql("sum(increase(fixloop_dead_letters_total[$__range]))", instant=True),
        alarm_above=0,
    )


def found_over_time() -> Json:
    """Detections by kind."""
    return bars(
        "Found over time",
        "Detections of the alerting kinds, by the time of the event that led to their latest version.",
        sql_series(f"""
            SELECT assumeNotNull($__timeInterval(detected_at)) AS time, kind, count() AS detections
            FROM detections
            WHERE {_FOUND}
            GROUP BY time, kind
            ORDER BY time, kind
        """),
    )


def in_progress_over_time() -> Json:
    """The gauge's history."""
    return lines(
        "Cycles in progress over time",
        "Sessions that went round at each moment; what the alert FixloopCycleInProgress sees.",
        promql("sum(job:fixloop_cycles_in_progress:max2m)", "sessions"),
    )


def by_agent_and_model() -> Json:
    """Counts beside their denominator."""
    return table(
        "By agent and model",
        "Sessions at work in the time range, and in how many of them a bug came back.",
        sql_table(f"""
            SELECT
                agent,
                model,
                uniqExact(session_id) AS sessions,
                uniqExactIf(session_id, kind IN ('coupled_cycle', 'reintroduction')) / sessions AS with_a_cycle,
                countIf(kind = 'coupled_cycle') AS coupled_cycles,
                countIf(kind = 'reintroduction') AS reintroductions
            FROM
            (
                SELECT DISTINCT session_id, {_AGENT}, {_MODEL}, '' AS kind
                FROM events
                WHERE $__timeFilter(time) AND {_IN_REPOSITORY}
                UNION ALL
                SELECT session_id, {_AGENT}, {_MODEL}, toString(kind) AS kind
                FROM detections
                WHERE {_FOUND}
            )
            GROUP BY agent, model
            ORDER BY with_a_cycle DESC, sessions DESC
        """),
        units={"with_a_cycle": "percentunit"},
    )


def by_repository() -> Json:
    """Where it happens."""
    return table(
        "By repository",
        "Detections of the alerting kinds in the time range.",
        sql_table(f"""
            SELECT
                {_REPOSITORY},
                uniqExact(session_id) AS sessions,
                countIf(kind = 'coupled_cycle') AS coupled_cycles,
                countIf(kind = 'reintroduction') AS reintroductions,
                max(laps) AS most_laps
            FROM detections
            WHERE {_FOUND}
            GROUP BY repository
            ORDER BY coupled_cycles DESC, reintroductions DESC
            LIMIT 50
        """),
    )


def latest() -> Json:
    """What to look at first."""
    return table(
        "Latest detections",
        "The newest of the alerting kinds, with the tests that take turns. Evidence: `fixloop sql`, or the runbook.",
        sql_table(f"""
            SELECT
                detected_at,
                kind,
                status,
                confidence,
                laps,
                arrayStringConcat(test_case_names, ', ') AS tests,
                {_REPOSITORY},
                {_AGENT},
                {_MODEL},
                session_id
            FROM detections
            WHERE {_FOUND}
            ORDER BY detected_at DESC
            LIMIT 50
        """),
        units={"confidence": "percentunit"},
    )


def folded() -> Json:
    """What comes in."""
    return lines(
        "Events folded",
        "Events per second that the detectors take into sessions, by type.",
        promql("sum by (type) (rate(fixloop_events_folded_total[$__rate_interval]))", "{{type}}"),
        unit="eps",
    )


def landed() -> Json:
    """What is stored."""
    return lines(
        "Rows landed",
        "Rows per second that ClickHouse has acknowledged, by table.",
        promql("sum by (table) (rate(fixloop_events_landed_total[$__rate_interval]))", "{{table}}"),
        unit="wps",
    )


def refused() -> Json:
    """What is put aside."""
    return bars(
        "Messages refused",
        "Messages put into the dead letters, by reason.",
        promql("sum by (reason) (increase(fixloop_dead_letters_total[$__rate_interval])) > 0", "{{reason}}"),
    )


def behind() -> Json:
    """What waits in Kafka."""
    return lines(
        "Records that wait",
        "Records that are not committed yet, by group and topic; see the runbook FixloopConsumerLag.",
        promql("sum by (group, topic) (fixloop_consumer_lag)", legend="{{group}} {{topic}}"),
    )


def insert_time() -> Json:
    """How slow the store is."""
    return lines(
        "Insert time, 95th percentile",
        "Within which time 95 of 100 inserts were acknowledged.",
        promql(
            "histogram_quantile(0.95, sum by (le) (rate(fixloop_insert_seconds_bucket[$__rate_interval])))",
            "95th percentile",
        ),
        unit="s",
    )


def retries() -> Json:
    """How often the store did not answer."""
    return bars(
        "Inserts tried again",
        "Inserts that failed and were repeated; repeats store nothing twice.",
        promql("sum(increase(fixloop_insert_retries_total[$__rate_interval]))", "retries"),
    )
