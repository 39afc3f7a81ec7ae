"""What a network is trained on: images and their consensus, checked, kept in a folder of work.

Each image is one file there, so that every process that trains opens what it needs itself, however
the images came.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.consensus.mask_consensus import FusedMasks, objects_of
from sightline.consensus.mask_fusion import fusion_of
from sightline.data.annotated_images import AnnotatedImages
from sightline.data.image import Image
from sightline.errors import InputError
from sightline.segment.foreign import image_statistics
from sightline.segment.rescale import (
    in_words,
    rescaled_image,
    rescaled_labels,
    rescaled_maps,
    zoom_to,
)
from sightline.segment.training_image import TrainingImage
from sightline.workflows.scratch import save_arrays
from sightline.workflows.segment_inputs import SegmentInputs

PixelSize = tuple[float, float] | None
_LEAST_PART: Final = 96  # pixels of a part of a single image
_PARTS: Final = 3


Consensus = Callable[[str], FusedMasks | None]  # of an image's name; None where nobody did it


@dataclass(frozen=True)
class MaterialImage:
    """One image to learn from.

    Parameters
    ----------
    name
        Of the image, or of a part of it.
    file
        Where its pixels and its consensus lie.
    source, digest
        Its file, and SHA-256 of that file and of its masks'.
    annotators
        Who outlined it.
    consensus
        Method by which their masks became one.
    pixel_size_um
        As it came; it is kept at that of the training.
    present
        Classes that occur in its consensus, the background among them.
    statistics
        Of its pixels, by which foreign images are known.
    notes
        What was assumed.
    """

    name: str
    file: str
    source: str
    digest: str
    annotators: tuple[str, ...]
    consensus: str
    pixel_size_um: PixelSize
    present: tuple[int, ...]
    statistics: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, without the file."""
        return {key: value for key, value in asdict(self).items() if key != "file"}


@dataclass(frozen=True)
class Material:
    """All that is learnt from.

    Parameters
    ----------
    images
        In natural order.
    class_names
        Of classes 1, 2, ...
    channels
        Of each image.
    pixel_size_um
        Of the training; None where no image tells.
    said
        What was assumed, in words.
    """

    images: tuple[MaterialImage, ...]
    class_names: tuple[str, ...]
    channels: int
    pixel_size_um: PixelSize
    said: tuple[str, ...]


def consensus_of_inputs(inputs: SegmentInputs, method: str, least: int = 2) -> Consensus:
    """Give what fuses the masks that came with the images.

    Parameters
    ----------
    inputs
        Images and annotators' masks.
    method, least
        As for `fuse_masks`.
    """
    outlined = (one.name for one in inputs.annotated.images if one.masks)
    fusion = fusion_of((inputs.masks(name) for name in outlined), method, least)

    def fused(name: str) -> FusedMasks | None:
        masks = inputs.masks(name)
        return fusion.fuse(masks) if masks else None

    return fused


def make_material(
    inputs: SegmentInputs,
    folder: Path,
    consensus: Consensus,
    *,
    pixel_size_um: PixelSize = None,
    progress: Progress = lambda _done, _total: None,
) -> Material:
    """Fuse each image's masks, and keep what is to be learnt from.

    Parameters
    ----------
    inputs
        Images and annotators' masks.
    folder
        Of the work; a folder ``images`` in it is filled.
    consensus
        Of each image, as `consensus_of_inputs` gives it.
    pixel_size_um
        That all images are brought to; the commonest among them if not given.
    progress
        Told images done and all.

    Raises
    ------
    InputError, SettingError
        If images differ in their channels, nothing is annotated, there is no foreground at all, or
        the masks cannot be fused.
    """
    size = pixel_size_um or _commonest(inputs.image(name).pixel_size_um for name in inputs.names)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    images, channels = _rows(inputs, consensus, size, folder / "images", progress)
    if not images:
        raise InputError(
            inputs.annotated.folder, "no image with a mask", "one at least",
            "Check that masks are named like their images.",
        )  # fmt: skip
    said = [*inputs.said, *_on_images(images, size, len(inputs.names))]
    if len(images) == 1:
        images, more = _in_parts(images[0])
        said += more
    _check_foreground(inputs.annotated.folder, images, inputs.class_names)
    return Material(tuple(images), inputs.class_names, channels, size, tuple(said))


def load_image(file: str | Path) -> TrainingImage:
    """Read an image that `make_material` kept."""
    with np.load(file, allow_pickle=False) as kept:
        share = kept.get("share")
        size = kept["pixel_size_um"].tolist()
        image = Image(
            str(kept["name"]), kept["pixels"], None if not size else (size[0], size[1]), str(file)
        )
        return TrainingImage(image, kept["target"], share, kept["objects"])


def load_objects(file: str | Path) -> NDArray[np.int32]:
    """(y, x) objects of its consensus, 0 for none."""
    with np.load(file, allow_pickle=False) as kept:
        return kept["objects"]


def files_digest(annotated: AnnotatedImages, name: str) -> str:
    """SHA-256 of the content of an image's file and its masks' files, not of their names."""
    one = next(each for each in annotated.images if each.name == name)
    digest = hashlib.sha256()
    for file in (one.image, *(path for _, path in sorted(one.masks.items()))):
        inner = file.rglob("*") if file.is_dir() else [file]
        for path in sorted(path for path in inner if path.is_file()):
            with path.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _rows(
    inputs: SegmentInputs, consensus: Consensus, size: PixelSize, folder: Path, progress: Progress
) -> tuple[list[MaterialImage], int]:
    """Of all images with a consensus, and how many channels each has.

    Masks are read and fused here, while threads look at the images before.
    """
    found, channels, at_once = [], 0, os.cpu_count() or 1
    with ThreadPoolExecutor(at_once, "images") as threads:
        begun: deque[Future[MaterialImage]] = deque()
        for number, name in enumerate(inputs.names):
            fused = consensus(name)
            progress(number + 1, len(inputs.names))
            if fused is None:
                continue
            image = inputs.image(name)
            channels = channels or image.channels
            _check_channels(image, channels)
            digest = files_digest(inputs.annotated, name)
            file = folder / f"{number}.npz"
            begun.append(threads.submit(_row, image, digest, fused, size, file))
            if len(begun) > at_once:  # no more than these in memory
                found.append(begun.popleft().result())
        found += [each.result() for each in begun]
    return found, channels


def _row(
    image: Image, digest: str, fused: FusedMasks, size: PixelSize, file: Path
) -> MaterialImage:
    learnt = _at_size(image, fused, size)
    objects = objects_of(fused.mask)
    if objects.shape != learnt.target.shape:
        objects = rescaled_labels(objects, learnt.target.shape)
    _keep(file, learnt, objects)
    return MaterialImage(
        image.name,
        str(file),
        image.source,
        digest,
        fused.annotators,
        fused.method,
        image.pixel_size_um,
        _present(learnt.target),
        image_statistics(learnt.image),
        learnt.image.notes,
    )


def _at_size(image: Image, fused: FusedMasks, size: PixelSize) -> TrainingImage:
    """An image and its consensus, at the pixel size of the training."""
    share = fused.share if len(fused.annotators) > 1 else None
    factors = zoom_to(image, size)
    if factors is None:
        in_memory = replace(image, pixels=np.asarray(image.pixels))
        return TrainingImage(in_memory, fused.mask.classes, share)
    small = rescaled_image(image, factors, size)
    if share is not None:
        share = rescaled_maps(share, small.shape)
    return TrainingImage(small, rescaled_labels(fused.mask.classes, small.shape), share)


def _present(target: NDArray[np.int16]) -> tuple[int, ...]:
    return tuple(int(label) for label in np.unique(target) if label >= 0)


def _keep(file: Path, learnt: TrainingImage, objects: NDArray[np.int32]) -> None:
    size = learnt.image.pixel_size_um
    arrays: dict[str, Any] = {
        "name": np.array(learnt.name),
        "pixels": np.asarray(learnt.image.pixels),
        "target": learnt.target,
        "objects": objects,
        "pixel_size_um": np.array(size or (), np.float64),
    }
    if learnt.share is not None:
        arrays["share"] = learnt.share
    save_arrays(file, **arrays)


def _in_parts(only: MaterialImage) -> tuple[list[MaterialImage], list[str]]:
    """A single image cut across its longer side, so that some of it can be held out."""
    whole, objects = load_image(only.file), load_objects(only.file)
    axis = int(np.argmax(whole.target.shape))
    parts = min(_PARTS, whole.target.shape[axis] // _LEAST_PART)
    if parts < 2:
        return [only], ["one small image: nothing is held out, so no score can be told"]
    cuts = np.linspace(0, whole.target.shape[axis], parts + 1).astype(int)
    found = []
    for number in range(parts):
        where = [slice(None), slice(None)]
        where[axis] = slice(int(cuts[number]), int(cuts[number + 1]))
        inside = tuple(where)
        name = f"{only.name} part {number + 1}"
        image = replace(whole.image, name=name, pixels=whole.image.pixels[:, inside[0], inside[1]])
        share = None if whole.share is None else whole.share[:, inside[0], inside[1]]
        part = TrainingImage(image, whole.target[inside], share)
        file = Path(only.file).with_name(f"part-{number}.npz")
        _keep(file, part, objects[inside])
        found.append(replace(only, name=name, file=str(file), present=_present(part.target)))
    return found, [f"one image: it is cut in {parts}, so that parts of it are held out in turn"]


def _on_images(images: Sequence[MaterialImage], size: PixelSize, there: int) -> list[str]:
    said = [f"{image.name}: {note}" for image in images for note in image.notes]
    unknown = [image.name for image in images if image.pixel_size_um is None]
    if unknown and size is not None:
        said.append(
            f"{len(unknown)} images do not tell their pixel size and are taken to be at "
            f"{in_words(size)}: {', '.join(unknown)}"
        )
    if len(images) < there:
        said.append(f"{there - len(images)} images without any mask are not learnt from")
    return said


def _commonest(sizes: Iterable[PixelSize]) -> PixelSize:
    counts: dict[tuple[float, float], int] = {}
    for size in sizes:
        if size is not None:
            counts[size] = counts.get(size, 0) + 1
    return max(counts, key=lambda size: counts[size]) if counts else None


def _check_channels(image: Image, channels: int) -> None:
    if image.channels != channels:
        raise InputError(
            image.source or image.name, f"{image.channels} channels",
            f"{channels}, as the first one has", "Choose a channel with --channel.",
        )  # fmt: skip


def _check_foreground(
    folder: Path, images: Sequence[MaterialImage], class_names: Sequence[str]
) -> None:
    present = {label for image in images for label in image.present}
    if 0 not in present:
        raise InputError(
            folder, "no pixel of the background in any consensus", "some beside the objects",
            "Check the masks: they may be inverted, or lack what lies around the objects.",
        )  # fmt: skip
    if present == {0}:
        raise InputError(
            folder, "no pixel of any class in any consensus", "objects in some of the images",
            "Check the masks, or choose another way to fuse them with --consensus.",
        )  # fmt: skip
    missing = [name for label, name in enumerate(class_names, 1) if label not in present]
    if missing:
        raise InputError(
            folder, f"no pixel of {', '.join(missing)} in any consensus",
            "some of each class", "Leave the class out, or annotate some.",
        )  # fmt: skip
