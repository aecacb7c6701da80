-- Every event of a session, once.
--
-- Rows may be written any number of times, in any batches: the key is the event itself, so copies collapse, and the view never shows
-- them. Insert deduplication windows are left off on purpose: a copy costs a little space until the next merge, while a window
-- swallows rows that were deleted and are written again.
-- Months are partitions so that old ones can be dropped; events without a time are in 197001.

CREATE TABLE IF NOT EXISTS event_rows
(
    session_id String COMMENT 'OpenTelemetry session.id',
    seq UInt64 COMMENT 'The place of the event in its session, from 0',
    source LowCardinality(String) COMMENT 'Who emitted it; with event_id it names the event',
    event_id String COMMENT 'CloudEvents id',
    type LowCardinality(String) COMMENT 'CloudEvents type, with its version',
    time Nullable(DateTime64(6, 'UTC')) COMMENT 'When it happened; NULL when not known, or not a time from 1970 to 2261',
    gen_ai_agent_name LowCardinality(Nullable(String)) COMMENT 'The agent, such as claude-code; NULL when a person works alone',
    gen_ai_agent_id Nullable(String) COMMENT 'The sub-agent inside the session; NULL for the main one',
    gen_ai_agent_version LowCardinality(Nullable(String)) COMMENT 'The version of the agent',
    gen_ai_provider_name LowCardinality(Nullable(String)) COMMENT 'Who serves the model',
    gen_ai_request_model LowCardinality(Nullable(String)) COMMENT 'The model behind the agent',
    vcs_repository_name LowCardinality(Nullable(String)) COMMENT 'The repository that was worked on',
    vcs_ref_head_name LowCardinality(Nullable(String)) COMMENT 'The branch',
    vcs_ref_head_revision Nullable(String) COMMENT 'The commit that was checked out',
    enduser_pseudo_id Nullable(String) COMMENT 'The person, as a keyed hash',
    data String COMMENT 'The data of the event, as JSON' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(ifNull(time, toDateTime64(0, 6, 'UTC')))
ORDER BY (session_id, seq, source, event_id)
COMMENT 'Events as written, copies included; read the view events';

CREATE VIEW IF NOT EXISTS events AS
SELECT
    session_id,
    seq,
    source,
    event_id,
    type,
    time,
    gen_ai_agent_name,
    gen_ai_agent_id,
    gen_ai_agent_version,
    gen_ai_provider_name,
    gen_ai_request_model,
    vcs_repository_name,
    vcs_ref_head_name,
    vcs_ref_head_revision,
    enduser_pseudo_id,
    data
FROM event_rows FINAL
COMMENT 'Every event of a session, once';
