"""What leaves: recordings with what must not be seen taken out."""
