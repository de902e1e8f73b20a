"""Opens recordings: probe, read, clock, digest, encode. The only place that imports av."""
