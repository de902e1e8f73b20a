#!/bin/sh
# Makes a virtual environment with Synopticon in it:  scripts/venv.sh FOLDER [EXTRAS]
# Uses $PYTHON, else the first Python >= 3.11 found. Says everything that it installs.
set -eu

folder=$1
extras=${2:-}

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ] && ! recent "$PYTHON"; then
        say "PYTHON=$PYTHON is no Python >= 3.11: looking for another"
    fi
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 && recent "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python >= 3.11 was found: install one, or name it with PYTHON=/path/to/python3 make ..."
}

add_venv_module() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        fail "this Python cannot make virtual environments: install its venv module (Debian: python3-venv)"
    fi
    package=python3-venv
    version=$("$1" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
    say "this Python lacks its venv module: installing $package with apt-get"
    apt-get update -q >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" >&2 ||
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "python$version-venv" >&2
}

make_venv() {
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null || add_venv_module "$python"
    say "making $folder with $("$python" --version)"
    "$python" -m venv "$folder" || {
        rm -rf "$folder"
        fail "the virtual environment could not be made"
    }
}

# The test tools pull other builds of OpenCV, which overwrite the headless one in the same folder and need a
# display's libraries. Keep only the headless build, written last.
keep_headless_opencv() {
    others=$("$folder/bin/python" -m pip list --format=freeze --disable-pip-version-check |
        sed -n 's/^\(opencv-python\|opencv-contrib-python\|opencv-contrib-python-headless\)==.*/\1/p')
    [ -n "$others" ] || return 0
    version=$("$folder/bin/python" -m pip list --format=freeze --disable-pip-version-check |
        sed -n 's/^\(opencv-python-headless==.*\)/\1/p')
    say "keeping $version only (the test tools brought: $(echo $others))"
    # shellcheck disable=SC2086  # one word a package
    "$folder/bin/python" -m pip uninstall --quiet --yes $others opencv-python-headless
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$version"
}

[ -x "$folder/bin/python" ] || make_venv
say "installing Synopticon${extras:+ with $extras} into $folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -e ".${extras:+[$extras]}" ||
    fail "pip could not install: is a package index reachable?"
keep_headless_opencv
