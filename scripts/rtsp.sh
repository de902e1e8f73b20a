#!/bin/sh
# Whether the system's Python can serve H.264 files over RTSP (tests/rtsp_server.py).
exec /usr/bin/python3 - 2>/dev/null <<'CODE'
import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer

Gst.init(None)
missing = [n for n in ("qtdemux", "h264parse", "rtph264pay") if not Gst.ElementFactory.find(n)]
raise SystemExit(1 if missing or not GstRtspServer else 0)
CODE
