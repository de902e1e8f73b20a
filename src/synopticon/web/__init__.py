"""The web application's server: it takes requests, calls an act, and serialises what that gives."""
