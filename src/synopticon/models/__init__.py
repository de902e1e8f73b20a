"""Model cards (TOML): which models may run, where they come from, and what they are."""
