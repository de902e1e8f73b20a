"""Measures of synopses and of tracking."""
