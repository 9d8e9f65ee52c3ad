#!/bin/sh
# venv.sh PYTHON VENV LOCKFILE STAMP: make VENV hold what LOCKFILE says, by hash, and write STAMP.
# Plain pip, so that a user's own pip configuration (index, proxy, certificates) is honoured.
set -eu
python=$1 venv=$2 lockfile=$3 stamp=$4

fail() {
  echo "Cannot start: $*" >&2
  exit 1
}

command -v "$python" >/dev/null 2>&1 || fail "$python is not installed. Python 3.11 or newer is needed; name it with PYTHON=…"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  fail "$("$python" --version 2>&1) is too old: Python 3.11 or newer is needed. Name it with PYTHON=python3.12, for example."

# An environment of another Python is of no use.
version='import sys; print("%d.%d" % sys.version_info[:2])'
if [ -e "$venv" ] && [ "$("$venv/bin/python" -c "$version" 2>/dev/null)" != "$("$python" -c "$version")" ]; then
  rm -rf "$venv"
fi

# What the stamp must say for there to be nothing to do: this lock file, in this place.
wanted=$("$python" - "$lockfile" "$venv" <<'PY'
import hashlib, pathlib, sys
lock = hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest()
print(lock, pathlib.Path(sys.argv[2]).resolve())
PY
)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  touch "$stamp"
  exit 0
fi

pip="$venv/bin/python -m pip"
if ! $pip --version >/dev/null 2>&1; then
  echo "Making $venv with $("$python" --version)"
  rm -rf "$venv"
  if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
    # Debian leaves ensurepip out of python3; a pip that is installed elsewhere can serve the new environment.
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv" || fail "$python cannot make a virtual environment here."
    "$python" -m pip --version >/dev/null 2>&1 || {
      rm -rf "$venv"
      fail "$python has neither ensurepip nor pip. On Debian and Ubuntu: apt-get install python3-venv"
    }
    pip="$python -m pip --python $venv/bin/python"
  fi
fi

echo "Installing $lockfile by hash"
$pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement "$lockfile" ||
  fail "pip could not install $lockfile; what it said stands above. Is the package index reachable?"
echo "$wanted" >"$stamp"
