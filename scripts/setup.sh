# Read by the other scripts: makes or updates .venv when something has changed.

fail() {
    echo "error: $1" >&2
    echo " hint: $2" >&2
    exit 1
}

# A Python that is new enough; the shims of version managers answer to names that they cannot run.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    fail "voiceguide needs Python 3.11 or newer" "install it from python.org or with your package manager"
}

# set_up KIND EXTRAS [PERHAPS]: the stamp of KIND says what was installed, from where and for what; it is written last.
# The extra PERHAPS is built from source, which not every machine can.
set_up() {
    stamp="$root/.venv/.set-up-$1"
    wanted="$root $2 $(cksum <"$root/pyproject.toml")"
    if [ -x "$root/.venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return
    fi
    if [ -n "${TERMUX_VERSION:-}" ]; then
        # There numpy is a package: compiling it would take an hour.
        fail "voiceguide is not set up on this phone, or not since it has changed" "run sh $root/scripts/termux-setup"
    fi
    echo "Setting up voiceguide in .venv; this takes a minute, once …" >&2
    if ! "$root/.venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || exit 1
        "$python" -m venv --clear "$root/.venv" >&2 ||
            fail "no virtual environment could be made" "on Debian and Ubuntu: sudo apt install python3-venv"
    fi
    rm -f "$stamp"
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$root[$2]" >&2 ||
        fail "the packages could not be installed" "check the network, then run the same command again"
    [ -z "${3:-}" ] ||
        "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$root[$3]" >/dev/null 2>&1 ||
        echo "note: $3 could not be built here; its tests are left out" >&2
    echo "$wanted" >"$stamp"
}
