"""nnU-Net 2 in the benchmark of segmentation: in its own environment, for as long as ours takes."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

from sightline.compute.jobs import Progress
from sightline.errors import InputError, SightlineError
from sightline.formats.nnunet_folder import DATASET, read_nnunet_masks, write_nnunet_dataset
from sightline.workflows.segment_benchmark_images import Known
from sightline.workflows.segment_benchmark_peers import Marked, failed_peer, peer_row
from sightline.workflows.segment_benchmark_scores import Judge, Row

_NAME: Final = "nnU-Net 2"
_NUMBER: Final = str(int(DATASET[7:10]))
_PLAN: Final = """
import os, sys
os.environ["nnUNet_n_proc_DA"] = "1"  # so many threads it plans with; none is an error
from nnunetv2.experiment_planning.plan_and_preprocess_entrypoints import plan_and_preprocess_entry
if __name__ == "__main__":
    sys.argv = ["plan", "-d", sys.argv[1], "-c", "2d", "-npfp", "1", "-np", "1"]
    plan_and_preprocess_entry()
"""
# All of its own trainer but the number of steps: as many as fit, by the time that two took.
_TRAIN: Final = """
import sys, time
import torch
from nnunetv2.run.run_training import get_trainer_from_args
from nnunetv2.training.lr_scheduler.polylr import PolyLRScheduler
if __name__ == "__main__":
    began, seconds = time.time(), float(sys.argv[2])
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trainer = get_trainer_from_args(sys.argv[1], "2d", "all", device=device)
    trainer.num_val_iterations_per_epoch = 1
    trainer.save_every = 10**6
    trainer.initialize()
    trainer.on_train_start()
    trainer.network.train()
    took = []
    for _ in range(2):
        start = time.time()
        trainer.train_step(next(trainer.dataloader_train))
        took.append(time.time() - start)
    each = took[-1]
    steps = max(1, int((seconds - (time.time() - began)) / each))
    trainer.num_iterations_per_epoch = max(1, min(50, steps // 5))
    epochs = max(1, round(steps / (trainer.num_iterations_per_epoch + 1)))
    trainer.num_epochs = epochs
    trainer.lr_scheduler = PolyLRScheduler(trainer.optimizer, trainer.initial_lr, epochs)
    print("steps", epochs * trainer.num_iterations_per_epoch + 2, flush=True)
    print("patch", *trainer.configuration_manager.patch_size,
          "batch", trainer.configuration_manager.batch_size, flush=True)
    trainer.run_training()
"""
_PREDICT: Final = """
import sys
import torch
from nnunetv2.inference.predict_from_raw_data import predict_entry_point
if __name__ == "__main__":
    device = "cuda" if torch.cuda.is_available() else "cpu"
    sys.argv = ["predict", "-i", sys.argv[2], "-o", sys.argv[3], "-d", sys.argv[1], "-c", "2d",
                "-f", "all", "-device", device, "-npp", "1", "-nps", "1"]
    predict_entry_point()
"""


def nnunet_row(known: Known, python: str, seconds: float, judge: Judge, progress: Progress) -> Row:
    """Train nnU-Net's 2D configuration on all training images, and score it.

    Parameters
    ----------
    known
        Images.
    python
        Interpreter of an environment in which ``nnunetv2`` is installed.
    seconds
        For training; planning and preparing its data are not counted.
    judge
        Of its masks.
    progress
        Told steps done: plan, train, predict.

    Returns
    -------
    dict
        A row as `peer_rows` gives them; ``why`` says what stood in the way.
    """
    try:
        with tempfile.TemporaryDirectory() as work:
            return _row(known, python, seconds, judge, progress, Path(work))
    except SightlineError as fault:
        return failed_peer(_NAME, str(fault))


def _row(
    known: Known, python: str, seconds: float, judge: Judge, progress: Progress, work: Path
) -> Row:
    cases = {f"case{number:04d}": one for number, one in enumerate(known.test)}
    training = ((f"train{number:04d}", one.image.pixels, one.truth.classes)
                for number, one in enumerate(known.train))  # fmt: skip
    asked = write_nnunet_dataset(work / "raw", training,
                                 {name: one.image.pixels for name, one in cases.items()},
                                 known.class_names)  # fmt: skip
    _run(python, _PLAN, (_NUMBER,), work)
    progress(1, 3)
    begun = perf_counter()
    said = _run(python, _TRAIN, (_NUMBER, str(seconds)), work)
    trained = perf_counter()
    progress(2, 3)
    _run(python, _PREDICT, (_NUMBER, str(asked), str(work / "masks")), work)
    spent = trained - begun, (perf_counter() - trained) / len(cases)
    progress(3, 3)
    shapes = {name: one.image.shape for name, one in cases.items()}
    marked: Marked = {cases[name].name: mask
              for name, mask in read_nnunet_masks(work / "masks", shapes).items()}  # fmt: skip
    steps = re.search(r"^steps (\d+)$", said, re.MULTILINE)
    patch = re.search(r"^patch (.+)$", said, re.MULTILINE)
    told = f"2d, one network on all images, {steps[1] if steps else '?'} steps"
    told += f" of patch {patch[1]}" if patch else ""
    return peer_row(_NAME, told, marked, known.test, judge, spent)


def _run(python: str, program: str, arguments: tuple[str, ...], work: Path) -> str:
    """What a program in nnU-Net's environment printed."""
    folders = {"nnUNet_raw": "raw", "nnUNet_preprocessed": "prepared", "nnUNet_results": "results"}
    surroundings = os.environ | {name: str(work / inner) for name, inner in folders.items()}
    surroundings |= {"nnUNet_n_proc_DA": "0", "nnUNet_def_n_proc": "1", "nnUNet_compile": "f",
                     "MPLBACKEND": "agg", "PYTHONPATH": ""}  # fmt: skip
    script = work / "program.py"
    script.write_text(program, encoding="utf-8")
    try:
        done = subprocess.run(  # noqa: S603 -- the interpreter that the user named
            [python, str(script), *arguments], env=surroundings, cwd=work, check=False,
            capture_output=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as failure:
        raise InputError(python, f"it cannot be run ({failure.strerror})",
                         "the Python of an environment with nnunetv2",
                         "Give --nnunet PATH/bin/python.") from None  # fmt: skip
    if done.returncode:
        last = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        raise InputError(python, f"nnU-Net ended with: {last[-1] if last else 'no word'}",
                         "nnU-Net 2 that runs", "Look at its environment.")  # fmt: skip
    return done.stdout
