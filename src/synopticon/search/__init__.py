"""A question about what was recorded -> hits, each with its reason."""
