-- What became of each session that closed, and the latest word on each.
--
-- A session that is opened again and closed again has a later version; every version follows from the session's own events, so a replay adds none.

CREATE TABLE IF NOT EXISTS session_summary_rows
(
    session_id String COMMENT 'OpenTelemetry session.id',
    gen_ai_agent_name LowCardinality(Nullable(String)) COMMENT 'The agent, such as claude-code; NULL when a person works alone',
    gen_ai_agent_id Nullable(String) COMMENT 'The sub-agent inside the session; NULL for the main one',
    gen_ai_agent_version LowCardinality(Nullable(String)) COMMENT 'The version of the agent',
    gen_ai_provider_name LowCardinality(Nullable(String)) COMMENT 'Who serves the model',
    gen_ai_request_model LowCardinality(Nullable(String)) COMMENT 'The model behind the agent',
    vcs_repository_name LowCardinality(Nullable(String)) COMMENT 'The repository that was worked on',
    vcs_ref_head_name LowCardinality(Nullable(String)) COMMENT 'The branch',
    vcs_ref_head_revision Nullable(String) COMMENT 'The commit that was checked out',
    enduser_pseudo_id Nullable(String) COMMENT 'The person, as a keyed hash',
    summary_version UInt64 COMMENT 'Readers take the latest version of each session',
    ended Bool COMMENT 'It said that it ends; false when it fell silent',
    last_event_at Nullable(DateTime64(6, 'UTC')) COMMENT 'The last time in the session; NULL when not known',
    duration Nullable(Float64) COMMENT 'From the first event to the last, in seconds',
    events UInt64 COMMENT 'Events taken in',
    events_lost UInt64 COMMENT 'Events that never came, or came too late',
    edits UInt64 COMMENT 'Edits',
    product_edits UInt64 COMMENT 'Edits to the product',
    test_runs UInt64 COMMENT 'Test runs that ended by themselves',
    test_cases UInt64 COMMENT 'Tests that were seen',
    bugs UInt64 COMMENT 'Bugs that were seen',
    bugs_open UInt64 COMMENT 'Bugs that are red at the end',
    bugs_fixed UInt64 COMMENT 'Bugs of which the last word is a fix',
    returns UInt64 COMMENT 'How often a bug that had gone away came back, for whatever reason',
    alerting UInt64 COMMENT 'Detections that stand, of kinds that may alert',
    kinds Array(LowCardinality(String)) COMMENT 'The kinds of detections that stand',
    kind_counts Array(UInt64) COMMENT 'How many of each, in the order of kinds'
)
ENGINE = ReplacingMergeTree(summary_version)
ORDER BY session_id
COMMENT 'Summaries as written, copies and earlier versions included; read the view session_summaries';

CREATE VIEW IF NOT EXISTS session_summaries AS
SELECT
    session_id,
    gen_ai_agent_name,
    gen_ai_agent_id,
    gen_ai_agent_version,
    gen_ai_provider_name,
    gen_ai_request_model,
    vcs_repository_name,
    vcs_ref_head_name,
    vcs_ref_head_revision,
    enduser_pseudo_id,
    summary_version,
    ended,
    last_event_at,
    duration,
    events,
    events_lost,
    edits,
    product_edits,
    test_runs,
    test_cases,
    bugs,
    bugs_open,
    bugs_fixed,
    returns,
    alerting,
    kinds,
    kind_counts
FROM session_summary_rows FINAL
COMMENT 'Each session that closed, once, as it stands';
