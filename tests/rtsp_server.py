"""A camera for tests: serves H.264 files over RTSP, each anew for whoever asks. Run by the system's Python.

    /usr/bin/python3 tests/rtsp_server.py PORT [--user NAME --password WORD] MOUNT=FILE.mp4 ...

Prints a line when it listens. Needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi, and
gstreamer1.0-plugins-good, -bad.
"""

import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

LAUNCH = "( filesrc location={} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )"


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("port")
    asked.add_argument("mounts", nargs="+")
    asked.add_argument("--user", default="")
    asked.add_argument("--password", default="")
    given = asked.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(given.port)
    for mount in given.mounts:
        name, _, path = mount.partition("=")
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(LAUNCH.format(path))
        if given.user:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(f"/{name}", factory)
    if given.user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(given.user, given.password), token)
        server.set_auth(auth)
    assert server.attach(None), "the port is taken"
    print("listening", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
