"""What leaves: recordings with what must not be seen taken out, and packages that anyone can check."""
