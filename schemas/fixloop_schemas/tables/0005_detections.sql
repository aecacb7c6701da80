-- Detections: every version that was recorded, and the latest of each.
--
-- The latest version is taken in one pass over one table, so that a count is right while rows are being written.

CREATE TABLE IF NOT EXISTS detection_rows
(
    detection_id String COMMENT 'Derived from session, kind and founding evidence',
    detection_version UInt32 COMMENT 'Readers take the latest version of each id',
    detector_version LowCardinality(String) COMMENT 'Which rules found it',
    kind LowCardinality(String) COMMENT 'What it says',
    alerting Bool COMMENT 'Whether this kind may raise an alert',
    status LowCardinality(String) COMMENT 'open, superseded or withdrawn',
    confidence Float64 COMMENT 'From 0 to 1',
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
    detected_at Nullable(DateTime64(6, 'UTC')) COMMENT 'The time of the event that led to this version; NULL when not known',
    first_seq UInt64 COMMENT 'The event that founded the detection',
    last_seq UInt64 COMMENT 'The event that led to this version',
    laps UInt64 COMMENT 'Complete rounds of a cycle',
    bug_ids Array(String) COMMENT 'The bugs',
    test_case_names Array(String) COMMENT 'The tests of the bugs, in the order of bug_ids',
    error_types Array(Nullable(String)) COMMENT 'The failures of the bugs, in the order of bug_ids',
    fixing_edits Array(String) COMMENT 'Ids of the edits that fixed',
    breaking_edits Array(String) COMMENT 'Ids of the edits that broke',
    runs Array(String) COMMENT 'The runs that show it, in the order in which they are named',
    shared_lines Nullable(UInt64) COMMENT 'The most lines of a fix that one return took out again; NULL when not known',
    reasons Array(String) COMMENT 'Why, as codes',
    reason_texts Array(String) COMMENT 'Why, in words',
    reason_weights Array(Float64) COMMENT 'How far each reason moved the confidence',
    supersedes Array(String) COMMENT 'Ids of the detections that this one takes the place of',
    superseded_by Nullable(String) COMMENT 'The detection that took its place',
    data String COMMENT 'The whole detection, as JSON' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(ifNull(detected_at, toDateTime64(0, 6, 'UTC')))
ORDER BY (session_id, detection_id, detection_version)
COMMENT 'Versions of detections as written, copies included; read the views detections and detection_versions';

CREATE VIEW IF NOT EXISTS detection_versions AS
SELECT
    detection_id,
    detection_version,
    detector_version,
    kind,
    alerting,
    status,
    confidence,
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
    detected_at,
    first_seq,
    last_seq,
    laps,
    bug_ids,
    test_case_names,
    error_types,
    fixing_edits,
    breaking_edits,
    runs,
    shared_lines,
    reasons,
    reason_texts,
    reason_weights,
    supersedes,
    superseded_by,
    data
FROM detection_rows FINAL
COMMENT 'Each version of each detection, once';

CREATE VIEW IF NOT EXISTS detections AS
SELECT
    detection_id,
    detection_version,
    detector_version,
    kind,
    alerting,
    status,
    confidence,
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
    detected_at,
    first_seq,
    last_seq,
    laps,
    bug_ids,
    test_case_names,
    error_types,
    fixing_edits,
    breaking_edits,
    runs,
    shared_lines,
    reasons,
    reason_texts,
    reason_weights,
    supersedes,
    superseded_by,
    data
FROM detection_rows
ORDER BY detection_version DESC
LIMIT 1 BY detection_id
COMMENT 'Each detection, once, as it stands';
