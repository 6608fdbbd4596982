"""Writers of one SQLite file take turns: two busy ones would otherwise starve each other."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from marketplace.kernel.database import prepare
from tests.servers import ROOT

WRITER = """
import sys, time
from sqlalchemy import create_engine, text
from marketplace.kernel.database import prepare

engine = create_engine(sys.argv[1])
prepare(engine)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS tally (who TEXT)"))
print("ready", flush=True)
sys.stdin.readline()
count, end = 0, time.monotonic() + 2
while time.monotonic() < end:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tally VALUES (:who)"), {"who": sys.argv[2]})
    count += 1
print(count)
"""


def test_two_busy_writers_share_a_sqlite_file_fairly(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'busy.sqlite'}"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, who],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in "ab"
    ]
    for writer in writers:
        assert writer.stdout and writer.stdin
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    answers = [writer.communicate(timeout=60) for writer in writers]
    assert [errors for _, errors in answers] == ["", ""]
    fewest, most = sorted(int(count) for count, _ in answers)
    assert fewest * 3 >= most
    assert fewest > 10


def test_a_second_writer_in_one_thread_is_told_so_and_does_not_wait_for_itself(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'alone.sqlite'}")
    prepare(engine)
    with (
        engine.begin(),
        engine.connect() as second,
        pytest.raises(RuntimeError, match="writes already"),
    ):
        second.execute(text("CREATE TABLE tally (who TEXT)"))
    with engine.begin() as after:
        after.execute(text("CREATE TABLE tally (who TEXT)"))
    engine.dispose()
