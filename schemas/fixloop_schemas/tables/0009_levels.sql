-- What leaves machines at the levels behind the default one: the names of files, and masked messages.

ALTER TABLE edit_rows
    ADD COLUMN IF NOT EXISTS code_file_path Nullable(String)
COMMENT 'OpenTelemetry code.file.path, relative to the working copy; NULL where the level of the machine does not let it out';

ALTER TABLE test_result_rows
    ADD COLUMN IF NOT EXISTS masked_message Nullable(String)
COMMENT 'The message of the failure, masked; NULL where the level of the machine does not let it out';

CREATE OR REPLACE VIEW edits AS
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
    lines_removed,
    code_file_path
FROM edit_rows FINAL
COMMENT 'Each edit, once';

CREATE OR REPLACE VIEW test_results AS
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
    attempts,
    masked_message
FROM test_result_rows FINAL
COMMENT 'One row a session, run and test';
