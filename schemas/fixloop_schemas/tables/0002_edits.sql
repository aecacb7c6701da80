-- Each edit, once; the hashes of its lines are in the data of its event.

CREATE TABLE IF NOT EXISTS edit_rows
(
    session_id String COMMENT 'OpenTelemetry session.id',
    seq UInt64 COMMENT 'The place of the edit in its session',
    source LowCardinality(String) COMMENT 'Who emitted it',
    event_id String COMMENT 'The id of the edit; detections name edits by it',
    time Nullable(DateTime64(6, 'UTC')) COMMENT 'When it happened; NULL when not known',
    gen_ai_agent_name LowCardinality(Nullable(String)) COMMENT 'The agent, such as claude-code; NULL when a person works alone',
    gen_ai_agent_id Nullable(String) COMMENT 'The sub-agent inside the session; NULL for the main one',
    gen_ai_agent_version LowCardinality(Nullable(String)) COMMENT 'The version of the agent',
    gen_ai_provider_name LowCardinality(Nullable(String)) COMMENT 'Who serves the model',
    gen_ai_request_model LowCardinality(Nullable(String)) COMMENT 'The model behind the agent',
    vcs_repository_name LowCardinality(Nullable(String)) COMMENT 'The repository that was worked on',
    vcs_ref_head_name LowCardinality(Nullable(String)) COMMENT 'The branch',
    vcs_ref_head_revision Nullable(String) COMMENT 'The commit that was checked out',
    enduser_pseudo_id Nullable(String) COMMENT 'The person, as a keyed hash',
    path String COMMENT 'The file, as a keyed digest at the default level',
    path_role LowCardinality(String) COMMENT 'product, config, test, docs, scratch or unknown',
    change LowCardinality(String) COMMENT 'created, modified, deleted or unknown',
    origin LowCardinality(String) COMMENT 'agent, person or vcs',
    gen_ai_tool_name LowCardinality(Nullable(String)) COMMENT 'The tool that edited',
    file_digest_before Nullable(String) COMMENT 'The whole file before; NULL when not known',
    file_digest_after Nullable(String) COMMENT 'The whole file after; NULL when not known',
    change_digest Nullable(String) COMMENT 'Equal digests mean that the same change was made again',
    lines_added Nullable(UInt64) COMMENT 'Lines put in; NULL when not known',
    lines_removed Nullable(UInt64) COMMENT 'Lines taken out; NULL when not known'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(ifNull(time, toDateTime64(0, 6, 'UTC')))
ORDER BY (session_id, seq, source, event_id)
COMMENT 'Edits as written, copies included; read the view edits';

CREATE VIEW IF NOT EXISTS edits AS
SELECT
    session_id,
    seq,
    source,
    event_id,
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
    path,
    path_role,
    change,
    origin,
    gen_ai_tool_name,
    file_digest_before,
    file_digest_after,
    change_digest,
    lines_added,
    lines_removed
FROM edit_rows FINAL
COMMENT 'Each edit, once';
