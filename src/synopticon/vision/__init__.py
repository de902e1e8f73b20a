"""From frames to tubes: background, motion, detection, tracking, cutting."""
