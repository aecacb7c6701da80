from typing import Any

import pytest

from fixloop.ingest.recordings.reader import DIGESTER
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1, Hunk
from fixloop_schemas.events.workspace_restored_v1 import RestoredPath, WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Change, Origin, PathRole, RestoreOperation
from tests.unit.ingest.recorded import data, edit, rejections

FULL = "0123456789abcdef" * 4
CUT = FULL[:32]


def test_a_path_leaves_as_role_and_digest() -> None:
    """The role is read from the path before the path is hashed."""
    applied = data(EditAppliedV1, edit(path="tests/test_cart.py"))
    assert (PathRole.TEST, DIGESTER.path("tests/test_cart.py")) == (applied.path_role, applied.path)


def test_file_digests_are_of_full_texts_only() -> None:
    """Without the full text a recorded digest says nothing of the file."""
    digests: dict[str, Any] = {"old_sha256": FULL, "new_sha256": FULL}
    whole = data(EditAppliedV1, edit(full_text=True, **digests))
    part = data(EditAppliedV1, edit(full_text=False, **digests))
    assert (CUT, CUT) == (whole.file_digest_before, whole.file_digest_after)
    assert (None, None) == (part.file_digest_before, part.file_digest_after)


def test_the_edit_itself_keeps_its_digest_and_its_fragments() -> None:
    """The same edit made again is known by its digest, and a fragment put back by its own."""
    applied = data(EditAppliedV1, edit(diff_sha256=FULL, frag_old_sha256=FULL, frag_new_sha256="f" * 64))
    assert CUT == applied.change_digest
    assert (Hunk(fragment_digest_before=CUT, fragment_digest_after="f" * 32),) == applied.hunks


@pytest.mark.parametrize("digest", ["", "not hexadecimal", "abc", 7, None])
def test_what_is_no_digest_is_not_known(digest: object) -> None:
    """A field that cannot be a digest is absent, and the edit stays."""
    assert data(EditAppliedV1, edit(diff_sha256=digest)).change_digest is None


@pytest.mark.parametrize(
    ("op", "change"),
    [
        ("apply_patch:add", Change.CREATED),
        ("apply_patch:delete", Change.DELETED),
        ("apply_patch:update", Change.MODIFIED),
        ("str_replace_editor:create", Change.CREATED),
        ("edit", Change.MODIFIED),
        ("sed", Change.MODIFIED),
        ("patch", Change.MODIFIED),
        ("heredoc>>", Change.MODIFIED),
        ("heredoc>", Change.UNKNOWN),
        ("script", Change.UNKNOWN),
        ("a tool nobody knows", Change.UNKNOWN),
    ],
)
def test_a_tool_says_what_it_did_to_the_file(op: str, change: Change) -> None:
    """What a tool's name does not say is unknown."""
    applied = data(EditAppliedV1, edit(op=op))
    assert (change, op) == (applied.change, applied.gen_ai_tool_name)


def test_a_file_that_had_a_text_was_modified() -> None:
    """A write over a known text is no creation, whatever the tool is called."""
    applied = data(EditAppliedV1, edit(op="create", full_text=True, old_sha256=FULL))
    assert Change.MODIFIED == applied.change


def test_who_and_on_which_branch() -> None:
    """Sub-agent, branch and origin come from the recording."""
    applied = data(EditAppliedV1, edit(subagent=True, branch="topic/cart", added=3, removed=1))
    assert ("subagent", "topic/cart") == (applied.gen_ai_agent_id, applied.vcs_ref_head_name)
    assert (Origin.AGENT, 3, 1) == (applied.origin, applied.lines_added, applied.lines_removed)


def test_a_merge_is_version_controls_edit() -> None:
    """What a merge or pull brings in is other people's work."""
    assert Origin.VCS == data(EditAppliedV1, edit(op="git merge", path="*")).origin


def test_an_edit_without_a_path_is_rejected() -> None:
    """There is nothing that it could be an edit of."""
    assert ["invalid_data: a recorded edit needs path"] == rejections(edit(path=""))


@pytest.mark.parametrize(
    ("op", "operation"),
    [
        ("git stash", RestoreOperation.STASH_PUSH),
        ("git stash push", RestoreOperation.STASH_PUSH),
        ("git stash -u", RestoreOperation.STASH_PUSH),
        ("git stash pop", RestoreOperation.STASH_POP),
        ("git stash apply", RestoreOperation.STASH_POP),
        ("git restore", RestoreOperation.RESTORE),
        ("git checkout", RestoreOperation.CHECKOUT),
        ("git reset --hard", RestoreOperation.RESET),
        ("git clean", RestoreOperation.CLEAN),
        ("git revert", RestoreOperation.REVERT),
        ("git apply -R", RestoreOperation.REVERT),
        ("git apply --reverse", RestoreOperation.REVERT),
    ],
)
def test_a_git_operation_is_a_restore(op: str, operation: RestoreOperation) -> None:
    """Git operations are recorded as edits, and are none."""
    restored = data(WorkspaceRestoredV1, edit(op=op, path="*"))
    assert (operation, True, ()) == (restored.operation, restored.everything, restored.paths)


@pytest.mark.parametrize(
    "op", ["git apply", "git stash drop", "patch", "apply_patch:update", "sed", "heredoc>", "script"]
)
def test_other_tools_make_ordinary_edits(op: str) -> None:
    """A patch that is applied forward sets nothing back."""
    assert data(EditAppliedV1, edit(op=op)).gen_ai_tool_name == op


def test_several_paths_stand_in_one_field() -> None:
    """Each restored file has its own role and digest."""
    restored = data(WorkspaceRestoredV1, edit(op="git restore", path="src/cart.py tests/test_cart.py"))
    expected = (
        RestoredPath(path=DIGESTER.path("src/cart.py"), path_role=PathRole.PRODUCT),
        RestoredPath(path=DIGESTER.path("tests/test_cart.py"), path_role=PathRole.TEST),
    )
    assert (False, expected) == (restored.everything, restored.paths)


@pytest.mark.parametrize("path", ["*", ".", ":/", "-- .", "src/cart.py *"])
def test_a_path_may_mean_everything(path: str) -> None:
    """The whole workspace has several names."""
    assert data(WorkspaceRestoredV1, edit(op="git checkout", path=path)).everything
