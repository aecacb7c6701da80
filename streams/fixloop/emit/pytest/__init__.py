"""pytest's runs as events, watched from within."""
