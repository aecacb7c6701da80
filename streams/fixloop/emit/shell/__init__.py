"""Shell commands, as far as they can be read without running them: which programs, which files, and what they set back."""
