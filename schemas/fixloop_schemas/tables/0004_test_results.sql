-- What each test did in each run, once.

CREATE TABLE IF NOT EXISTS test_result_rows
(
    session_id String COMMENT 'OpenTelemetry session.id',
    run_id String COMMENT 'The run',
    test_case_name String COMMENT 'OpenTelemetry test.case.name, as the runner writes it',
    seq UInt64 COMMENT 'The place of the event in its session; where a run names a test twice, the later word stands',
    time Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was reported; NULL when not known',
    gen_ai_agent_name LowCardinality(Nullable(String)) COMMENT 'The agent, such as claude-code; NULL when a person works alone',
    gen_ai_agent_id Nullable(String) COMMENT 'The sub-agent inside the session; NULL for the main one',
    gen_ai_agent_version LowCardinality(Nullable(String)) COMMENT 'The version of the agent',
    gen_ai_provider_name LowCardinality(Nullable(String)) COMMENT 'Who serves the model',
    gen_ai_request_model LowCardinality(Nullable(String)) COMMENT 'The model behind the agent',
    vcs_repository_name LowCardinality(Nullable(String)) COMMENT 'The repository that was worked on',
    vcs_ref_head_name LowCardinality(Nullable(String)) COMMENT 'The branch',
    vcs_ref_head_revision Nullable(String) COMMENT 'The commit that was checked out',
    enduser_pseudo_id Nullable(String) COMMENT 'The person, as a keyed hash',
    outcome LowCardinality(String) COMMENT 'pass, fail, error or skip; a test that did not run has no row',
    level LowCardinality(String) COMMENT 'case, group or script',
    inferred Bool COMMENT 'Deduced rather than reported',
    signature_digest Nullable(String) COMMENT 'The masked identity of the failure',
    signature_version Nullable(UInt32) COMMENT 'Which masking rules it was made by',
    signature_complete Nullable(Bool) COMMENT 'False when the message was cut or missing',
    error_type LowCardinality(Nullable(String)) COMMENT 'The type of the failure',
    frame Nullable(String) COMMENT 'The first frame in the project, as a digest',
    duration Nullable(Float64) COMMENT 'In seconds',
    attempts Array(String) COMMENT 'Outcomes of retries inside the run, in order'
)
ENGINE = ReplacingMergeTree(seq)
PARTITION BY toYYYYMM(ifNull(time, toDateTime64(0, 6, 'UTC')))
ORDER BY (session_id, run_id, test_case_name)
COMMENT 'Results as written, copies included; read the view test_results';

CREATE VIEW IF NOT EXISTS test_results AS
SELECT
    session_id,
    run_id,
    test_case_name,
    seq,
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
    outcome,
    level,
    inferred,
    signature_digest,
    signature_version,
    signature_complete,
    error_type,
    frame,
    duration,
    attempts
FROM test_result_rows FINAL
COMMENT 'One row a session, run and test';
