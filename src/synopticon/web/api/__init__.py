"""What the routes do, a module for each subject: read the request, call an act, shape the answer."""
