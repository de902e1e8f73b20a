"""Detectors behind one small protocol."""
