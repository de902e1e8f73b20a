"""From tubes to a plan, and from a plan to a video with a map of every pixel to its source."""
