"""Benchmarks of Synopticon; see README.md."""
