"""Situations that an operator names, found in tracks that are stored: rules, what they find, how well."""
