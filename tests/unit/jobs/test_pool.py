"""The pool gives every result, stops when it is told to, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from synopticon.errors import SynopticonError
from synopticon.jobs.pool import Pool, cores
from tests.unit.jobs import tasks
from tests.waiting import patience

until = patience(60.0)

ROOT = Path(__file__).resolve().parents[3]


def alive(pid):
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def running(marks):
    """Process ids that lingering tasks wrote down, when all have."""
    pids = [m.read_text("utf-8") for m in marks if m.exists()]
    return [int(p) for p in pids] if len(pids) == len(marks) and all(pids) else []


def test_one_worker_is_this_process_and_keeps_the_order():
    with Pool(1) as pool:
        assert list(pool.run(tasks.double, [3, 1, 2])) == [(0, 6), (1, 2), (2, 4)]
        assert [pid for _, pid in pool.run(tasks.place, [0, 1])] == [os.getpid()] * 2


def test_a_single_item_starts_no_process():
    with Pool(2) as pool:
        assert [pid for _, pid in pool.run(tasks.place, [0])] == [os.getpid()]


def test_no_item_is_no_result():
    with Pool(2) as pool:
        assert list(pool.run(tasks.double, [])) == []


def test_zero_workers_means_one_for_each_core():
    assert Pool(0).workers == cores() >= 1


def test_several_workers_give_each_result_once_and_serve_again():
    with Pool(2) as pool:
        assert dict(pool.run(tasks.double, range(7))) == {n: 2 * n for n in range(7)}
        pids = {pid for _, pid in pool.run(tasks.place, range(4))}
        assert os.getpid() not in pids
        for quiet, threads in dict(pool.run(tasks.settings, range(2))).values():
            assert quiet, "Ctrl-C is the parent's business"
            assert threads == 1
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_comes_out(workers):
    with Pool(workers) as pool, pytest.raises(ValueError, match="task 1 cannot"):
        list(pool.run(tasks.fail, [0, 1, 2, 3]))


def test_after_an_error_nothing_is_begun(tmp_path):
    notes = [tmp_path / f"{n}" for n in range(6)]
    with Pool(2) as pool, pytest.raises(ValueError, match="no"):
        list(pool.run(tasks.note_and_fail, [None, *notes]))
    assert sum(n.exists() for n in notes) <= 1


def test_a_worker_that_dies_is_named_with_the_remedy_and_the_pool_serves_again():
    with Pool(2) as pool:
        with pytest.raises(SynopticonError, match="run the same command again"):
            list(pool.run(tasks.die, [0, 1, 2]))
        assert dict(pool.run(tasks.double, [1, 2])) == {0: 2, 1: 4}


def test_stopping_breaks_tasks_off_and_lets_them_clear_up(tmp_path):
    marks = [tmp_path / "a", tmp_path / "b"]
    pids = []

    def interrupt():
        pids.extend(until(lambda: running(marks)))
        os.kill(os.getpid(), signal.SIGINT)

    def work():
        with Pool(2) as pool:
            threading.Thread(target=interrupt).start()
            list(pool.run(tasks.linger, marks))

    with pytest.raises(KeyboardInterrupt):
        work()
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)
    assert all(m.with_suffix(".cleared").exists() for m in marks)


def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path):
    marks = [tmp_path / "a", tmp_path / "b"]
    code = (
        "import sys; from synopticon.jobs.pool import Pool; from tests.unit.jobs import tasks\n"
        "if __name__ == '__main__':\n"
        "    with Pool(2) as pool: list(pool.run(tasks.linger, sys.argv[1:]))\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code, "utf-8")
    with subprocess.Popen(
        [sys.executable, script, *marks], env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as parent:
        pids = until(lambda: running(marks))
        parent.kill()
    until(lambda: not any(alive(pid) for pid in pids), 20)
    assert all(m.with_suffix(".cleared").exists() for m in marks)
