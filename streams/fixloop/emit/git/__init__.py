"""What the working copy itself tells: moves of its head, and edits that nobody reported."""
