"""What flows through the system: frozen, typed values made of numpy arrays and the standard library.

Boxes are float32 ``(n, 4)`` arrays ``x1, y1, x2, y2`` in source pixels: pixels of the picture as it is
displayed, after rotation and with square pixels. Times are seconds on the footage's timeline (0 = first frame
of the first file) unless said otherwise; the exact time of a frame is its file and its integer ``pts``.
"""
