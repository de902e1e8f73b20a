"""Runs segments in a pool of processes."""
