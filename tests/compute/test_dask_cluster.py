"""Jobs on a Dask cluster: what this machine gives, even when workers are lost."""

import json
import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from sightline.compute.jobs import each_finished, run_jobs
from sightline.errors import InputError, SettingError, SightlineError

distributed = pytest.importorskip("distributed")
dask_cluster = pytest.importorskip("sightline.compute.dask_cluster")

QUIET = {"dashboard_address": "127.0.0.1:0", "silence_logs": 50}  # any free port
JOBS = {f"sum {n}": n for n in range(12)}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes on this machine."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **QUIET) as cluster:
        yield cluster


@pytest.fixture
def address(cluster: Any) -> str:
    return cluster.scheduler_address


@pytest.fixture
def empty_cluster() -> Iterator[Any]:
    """A scheduler without workers."""
    with distributed.LocalCluster(n_workers=0, **QUIET) as cluster:
        yield cluster


def add_up(seed: int) -> list[float]:
    drawn = np.random.default_rng(seed).normal(size=(60, 60))
    return (drawn @ drawn.T).sum(axis=0).tolist()


def test_a_cluster_gives_what_this_machine_gives_byte_for_byte(address: str) -> None:
    there = run_jobs(add_up, JOBS, on=address)
    assert json.dumps(there) == json.dumps(run_jobs(add_up, JOBS, workers=1))


def add_up_slowly(job: tuple[str, int]) -> dict[str, Any]:
    """Say first which process is at work, then give a result that tells nothing of it."""
    folder, seed = job
    (Path(folder) / f"{seed}-{os.getpid()}").touch()
    time.sleep(0.2)
    return {"seed": seed, "sum": add_up(seed)}


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_the_jobs_of_a_worker_that_is_killed_are_done_by_another(
    address: str, tmp_path: Path
) -> None:
    jobs = {name: (str(tmp_path), n) for name, n in JOBS.items()}
    found: dict[str, Any] = {}
    killed = 0
    for name, result in each_finished(add_up_slowly, jobs, kept=tmp_path / "kept", on=address):
        found[name] = result
        if len(found) == len(jobs) // 2:
            killed = _kill_one_at_work(tmp_path, {each["seed"] for each in found.values()})
    assert found == {name: {"seed": n, "sum": add_up(n)} for name, n in JOBS.items()}
    assert killed
    workers: dict[str, set[str]] = {}
    for marker in tmp_path.glob("*-*"):
        seed, process = marker.name.split("-")
        workers.setdefault(seed, set()).add(process)
    again = [seed for seed, processes in workers.items() if len(processes) > 1]
    assert again
    assert all(str(killed) in workers[seed] for seed in again)
    kept = (tmp_path / "kept").read_text().splitlines()
    assert sorted(json.loads(line)["job"] for line in kept) == sorted(found)


def _kill_one_at_work(folder: Path, finished: set[int]) -> int:
    """Wait until a process says that it has begun a job that is not finished, and kill it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        begun = [tuple(map(int, marker.name.split("-"))) for marker in folder.glob("*-*")]
        fresh = [
            (seed, process)
            for seed, process in begun
            if seed not in finished
            and time.time() - (folder / f"{seed}-{process}").stat().st_mtime < 0.05
        ]
        if fresh:
            os.kill(fresh[0][1], signal.SIGKILL)
            return fresh[0][1]
        time.sleep(0.005)
    raise AssertionError("no worker began a job")


def test_work_that_was_begun_here_is_finished_there(address: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    begun = each_finished(add_up, JOBS, kept=kept, workers=1)
    first = [next(begun) for _ in range(3)]
    begun.close()
    marked = {**dict(first), first[0][0]: "kept before"}
    kept.write_text("".join(json.dumps({"job": j, "result": r}) + "\n" for j, r in marked.items()))
    found = run_jobs(add_up, JOBS, kept=kept, on=address)
    assert list(found) == list(JOBS)
    assert found["sum 0"] == "kept before"
    assert found["sum 11"] == add_up(11)


def test_when_all_is_kept_no_cluster_is_needed(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    done = run_jobs(add_up, JOBS, kept=kept, workers=1)
    assert run_jobs(add_up, JOBS, kept=kept, on="tcp://127.0.0.1:1") == done


def refuse(job: str) -> None:
    raise InputError(f"{job}.tif", "2 frames", "at least 11", "Choose a longer movie.")


def test_a_jobs_error_reaches_the_caller_whole(address: str) -> None:
    with pytest.raises(InputError) as caught:
        run_jobs(refuse, {"a": "movie"}, on=address)
    assert (caught.value.where, caught.value.remedy) == ("movie.tif", "Choose a longer movie.")
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        run_jobs(math.sqrt, {"good": 4, "bad": -1}, on=address)


def count_threads(_job: int) -> list[int]:
    return [library["num_threads"] for library in threadpool_info()]


def test_each_job_computes_with_one_thread(address: str) -> None:
    results = run_jobs(count_threads, {"a": 1, "b": 2}, on=address)
    assert all(threads == 1 for found in results.values() for threads in found)
    assert any(results.values())


def echo(job: Any) -> Any:
    return job


def test_jobs_that_look_like_dasks_own_tasks_are_left_alone(address: str) -> None:
    jobs = {"call": [math.sqrt.__name__, 4], "key": "sum 1", "nested": {"a": [["b"], None]}}
    assert run_jobs(echo, jobs, on=address) == jobs


def test_a_job_that_every_worker_dies_of_is_one_clear_error(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    with pytest.raises(SightlineError, match="more memory a worker"):
        run_jobs(os._exit, {"a": 1}, on=cluster.scheduler_address)


def test_jobs_that_nobody_waits_for_are_dropped(address: str, tmp_path: Path) -> None:
    jobs = {name: (str(tmp_path), n) for name, n in JOBS.items()}
    results = each_finished(add_up_slowly, jobs, on=address)
    next(results)
    results.close()
    time.sleep(0.8)  # enough for eight more
    assert len(list(tmp_path.iterdir())) <= 6


def test_a_cluster_without_workers_is_one_clear_error(
    empty_cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "_SECONDS_WITHOUT_WORKERS", 0.5)
    with pytest.raises(SettingError, match=r"no workers; expected at least one.*start workers"):
        run_jobs(add_up, JOBS, on=empty_cluster.scheduler_address)


def test_a_scheduler_that_goes_away_is_one_clear_error(empty_cluster: Any) -> None:
    threading.Timer(0.5, empty_cluster.close).start()
    with pytest.raises(SightlineError, match=r"scheduler was lost.*run again"):
        run_jobs(add_up, JOBS, on=empty_cluster.scheduler_address)


def test_a_scheduler_that_goes_away_at_once_is_the_same_error(
    empty_cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_client: Any, **_: Any) -> None:
        raise OSError("Stream is closed")

    monkeypatch.setattr(dask_cluster.Client, "get_versions", lost)
    with pytest.raises(SightlineError, match=r"scheduler was lost.*run again"):
        run_jobs(add_up, JOBS, on=empty_cluster.scheduler_address)


def test_another_release_of_sightline_there_is_refused(
    empty_cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "version", lambda _package: "0.0.7")
    with pytest.raises(SettingError, match=r"the scheduler has Sightline .*; expected 0\.0\.7"):
        run_jobs(add_up, JOBS, on=empty_cluster.scheduler_address)


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", "smoke://signals:1", "tcp://"])
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(SettingError, match="expected an address such as tcp://host:8786"):
        run_jobs(add_up, JOBS, on=address)


@pytest.mark.parametrize("says", [None, b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 Bad\r\n"])
def test_a_place_without_a_scheduler_is_named(
    monkeypatch: pytest.MonkeyPatch, says: bytes | None
) -> None:
    monkeypatch.setattr(dask_cluster, "_SECONDS_TO_CONNECT", 0.3)
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        if says is not None:
            place.listen()
            threading.Thread(target=_answer, args=(place, says), daemon=True).start()
        with pytest.raises(SettingError, match="no Dask scheduler is reached there"):
            run_jobs(add_up, JOBS, on=f"tcp://127.0.0.1:{place.getsockname()[1]}")


def _answer(place: socket.socket, says: bytes) -> None:
    caller, _ = place.accept()
    with caller:
        caller.sendall(says)
        while caller.recv(1024):
            pass


def test_the_address_of_a_worker_is_named_as_that(address: str) -> None:
    with distributed.Client(address, set_as_default=False) as client:
        worker = next(iter(client.nthreads()))
    with pytest.raises(SettingError, match="it is a Worker"):
        run_jobs(add_up, JOBS, on=worker)


def test_a_number_of_workers_is_refused_with_a_cluster() -> None:
    with pytest.raises(SettingError, match="has its own workers"):
        run_jobs(add_up, JOBS, workers=2, on="tcp://127.0.0.1:1")
