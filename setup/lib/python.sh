# Sourced by the commands beside this folder: finds a Python that fits and runs
# the command of that name. Plain sh, since a fresh machine may have no Python.

here=$(cd "$(dirname "$0")" && pwd)
command=$(basename "$0")
if [ ! -d "$here/lib" ]; then # one of several commands in a folder of their own
    set -- "$command" "$@"
    command=$(basename "$here")
    here=$(dirname "$here")
fi

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
        2>/dev/null
}

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11 python3.10; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

if [ -n "${TELEPHONY_CRM_PYTHON:-}" ]; then
    python=$TELEPHONY_CRM_PYTHON
    if ! fits "$python"; then
        echo "TELEPHONY_CRM_PYTHON=$python is not a Python 3.10 to 3.13." >&2
        exit 1
    fi
else
    python=$(find_python)
    if [ -z "$python" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null \
            && ! command -v python3 >/dev/null; then
        echo "installing python3 and python3-venv" >&2
        apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install \
            -y -qq --no-install-recommends python3 python3-venv >&2
        python=$(find_python)
    fi
fi
if [ -z "$python" ]; then
    echo "Odoo 19 needs Python 3.10 to 3.13, and none was found." >&2
    echo "Install one (apt-get install python3 python3-venv), or name it in" \
        "TELEPHONY_CRM_PYTHON." >&2
    exit 1
fi
PYTHONDONTWRITEBYTECODE=1 exec "$python" "$here/lib/main.py" "$command" "$@"
