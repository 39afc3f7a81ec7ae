"""The paper's preset and ours at equal steps, side by side; meant for a machine with a GPU.

    python benchmarks/segment_gpu.py cfos-multi-expert/lab-wue1 --weights resnet34.safetensors
    python benchmarks/segment_gpu.py cfos-multi-expert/lab-wue1 --steps 2 --members 1

Trains both with the same number of networks and steps (5 x 2,500, the paper's after 100 more with
its encoder frozen) on 27 images of laboratory wue1 and judges on the nine that the highest number
of each group names. The paper's encoder starts from a file of ImageNet weights, as torchvision or
timm have it; without one its row says that it started from nothing. Nothing is chosen on the nine.
"""

import argparse
import json
import sys

import torch

from sightline.workflows.segment_benchmark import benchmark

TEST = "0092,0094,0096,0099,0101,0106,0148,0150,0152"


def row(said: argparse.Namespace, preset: str) -> dict:
    changes = {"members": str(said.members), "folds": str(max(2, said.members)),
               "iterations": str(said.steps), "precision": said.precision}  # fmt: skip
    if preset == "paper":
        changes |= {"weights": said.weights, "frozen_iterations": str(min(100, said.steps))}
    changes |= dict(one.split("=", 1) for one in said.set)
    told = benchmark(
        said.folder, "", said.test, preset=preset, settings=changes, seed=said.seed,
        repeats=said.repeats, peers=(),
    )  # fmt: skip
    weights = "from nothing" if preset == "paper" and not said.weights else "ImageNet"
    return {"preset": preset, "encoder": weights, "device": device(), **told}


def device() -> str:
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return f"{name}, torch {torch.__version__}"


def words(told: dict) -> str:
    figures = told["summary"][0]
    scores = ", ".join(f"{name} {figures[name]:.3f}" for name in ("dice", "map", "ap50")
                       if figures.get(name) is not None)  # fmt: skip
    return (
        f"{told['preset']} ({told['encoder']}): {scores}; training {told['train_seconds']:.0f} s, "
        f"prediction {told['predict_seconds_per_image']:.2f} s an image; {told['device']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", help="cfos-multi-expert/lab-wue1")
    parser.add_argument("--weights", default="", help="ImageNet weights of a ResNet-34, a file")
    parser.add_argument("--presets", default="paper,default")
    parser.add_argument("--steps", type=int, default=2500, help="of each network")
    parser.add_argument("--members", type=int, default=5)
    parser.add_argument("--set", action="append", default=[], help="NAME=VALUE, of both presets")
    parser.add_argument("--precision", default="float32", help="or mixed")
    parser.add_argument("--test", default=TEST)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    if not torch.cuda.is_available():
        print("There is no GPU here; so many steps will take very long.", file=sys.stderr)
    for preset in said.presets.split(","):
        told = row(said, preset)
        print(json.dumps(told) if said.json else words(told), flush=True)


if __name__ == "__main__":
    main()
