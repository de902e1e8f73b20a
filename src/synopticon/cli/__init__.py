"""The command line: parse, call an act, print."""
