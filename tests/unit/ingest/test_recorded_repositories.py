import pytest

from fixloop.ingest.recordings.repositories import inside_repository, repository_of


@pytest.mark.parametrize(
    ("dataset", "session", "repository"),
    [
        ("entire:acme/shop", "0190", "acme/shop"),
        ("someone/agent:model", "django__django-11299", "swe-bench/django__django-11299"),
        ("another/data-set", "pytest-dev__pytest-6197", "swe-bench/pytest-dev__pytest-6197"),
        (
            "another/data-set",
            "scikit-learn__scikit-learn-25232.traj",
            "swe-bench/scikit-learn__scikit-learn-25232",
        ),
        ("entire:acme/shop", "django__django-11299", "acme/shop"),
        ("some data", "0190-a", "some data"),
    ],
)
def test_the_repository_follows_from_data_set_and_session(
    dataset: str, session: str, repository: str
) -> None:
    """Each SWE-bench instance is a lineage of its own; a data set that no rule knows stands for itself."""
    assert repository == repository_of(dataset, session)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("src/cart.py", "src/cart.py"),
        ("./src/cart.py", "src/cart.py"),
        ("~/code/shop/src/cart.py", "src/cart.py"),
        ("/home/me/shop/src/shop/cart.py", "src/shop/cart.py"),
        ("~/code/shop.worktrees/topic/src/cart.py", "src/cart.py"),
        ("~/code/shop__worktrees/topic/src/cart.py", "src/cart.py"),
        ("/testbed/src/cart.py", "src/cart.py"),
        ("/workspace/acme__shop__1.0/src/cart.py", "src/cart.py"),
        ("~/code/other/src/cart.py", "~/code/other/src/cart.py"),
        ("/tmp/notes.py", "/tmp/notes.py"),
    ],
)
def test_an_absolute_path_is_made_relative_where_the_root_shows(path: str, inside: str) -> None:
    """Only so does an edit under an absolute path count as one of the product."""
    assert inside == inside_repository(path, "acme/shop")
