"""What a person sees in a terminal: timelines and tables. Pure: facts in, lines out."""
