"""One module per act: what the command line and other front ends call."""
