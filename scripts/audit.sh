#!/bin/sh
# Ask for known holes of what the program is built from: scripts/audit.sh PYTHON NPM-COMMAND...
# Exit 0: both services answered, and know none. Exit 1: they know some, or one was not there to be asked.
python=$1
shift
failed=0

# ask NAME FOUND COMMAND...: FOUND is what the command writes where it failed because it found something.
ask() {
    name=$1 found=$2
    shift 2
    if said=$("$@" 2>&1); then
        echo "audit: $name: no known hole"
        return
    fi
    failed=1
    printf '%s\n' "$said"
    if printf '%s\n' "$said" | grep -qE "$found"; then
        echo "audit: $name: KNOWN HOLES, see above"
    else
        echo "audit: $name: NOT AUDITED: the service gave no answer, see above; ask again where it can be reached"
    fi
}

ask "Python" '^Found [0-9]+ known vulnerabilit' "$python" -m pip_audit --local --progress-spinner off
ask "pages" '[0-9]+ (low|moderate|high|critical)|[0-9]+ vulnerabilit' "$@" audit
exit $failed
