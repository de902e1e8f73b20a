"""Packages that anyone can check offline: written, and verified."""
