"""Which images a benchmark of segmentation trains on and which it judges on, as users name them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.errors import InputError
from sightline.formats.images.image_files import IMAGE_ENDINGS
from sightline.formats.masks.find_annotated import find_annotated

_LISTED: Final = 8


@dataclass(frozen=True)
class Chosen:
    """An image of a folder.

    Parameters
    ----------
    home
        The folder it is in, with its annotators.
    which
        The image and its masks.
    """

    home: AnnotatedImages
    which: AnnotatedImage

    @property
    def file(self) -> Path:
        """Of the image, the same however it was named."""
        return self.which.image.resolve()


@dataclass(frozen=True)
class Sets:
    """The images of a benchmark.

    Parameters
    ----------
    train, test
        No image is in both.
    said
        What was assumed and what did not match, in words.
    """

    train: tuple[Chosen, ...]
    test: tuple[Chosen, ...]
    said: tuple[str, ...]


@dataclass
class _Homes:
    """Folders that were looked into, and what was found there."""

    images: str
    annotators: Sequence[str]
    class_names: Sequence[str]
    found: dict[Path, AnnotatedImages | InputError] = field(default_factory=dict)

    def look(self, folder: Path) -> AnnotatedImages | InputError:
        key = folder.resolve()
        if key not in self.found:
            try:
                self.found[key] = find_annotated(
                    folder, images=self.images, annotators=self.annotators,
                    class_names=self.class_names,
                )  # fmt: skip
            except InputError as fault:
                self.found[key] = fault
        return self.found[key]


def choose_sets(
    folder: str | Path,
    train: str,
    test: str,
    *,
    images: str = "",
    annotators: Sequence[str] = (),
    class_names: Sequence[str] = (),
) -> Sets:
    """Find the images that two lists name; images to be judged on are taken out of training.

    Parameters
    ----------
    folder
        Of images and masks, or of such folders.
    train, test
        Parts with commas between them, or a text file with one on each line. A part is a folder
        inside of ``folder``, another folder, or an image's name; ``LAB/NAME`` is an image of the
        folder ``LAB``. Names are looked for in the folders that were named, in ``folder``, and in
        the folders inside it. An empty ``train`` stands for all images that are not in ``test``.
    images, annotators, class_names
        As for `find_annotated`.

    Raises
    ------
    InputError
        If a folder cannot be used, names are unknown or stand for several images, or a set is
        empty.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(folder, "there is no such folder", "a folder of images and masks",
                         "Check the path.")  # fmt: skip
    homes = _Homes(images, annotators, class_names)
    told = {"--train": _parts(folder, train, "--train"), "--test": _parts(folder, test, "--test")}
    if not told["--test"]:
        raise InputError("--test", "it names no image", "a folder, or names with commas",
                         "Say which images to judge on.")  # fmt: skip
    named = [inner for parts in told.values() for part in parts if (inner := _folder(folder, part))]
    judged = _unique(_images_of(homes, folder, told["--test"], named, "--test"))
    if told["--train"]:
        learnt = _unique(_images_of(homes, folder, told["--train"], named, "--train"))
    else:
        learnt = _unique(_rest(homes, judged))
    kept, said = _apart(learnt, judged)
    if not kept:
        raise InputError(
            "--train", f"all {len(learnt)} images are in --test too", "other images to train on",
            "Name another folder, or fewer images to judge on.",
        )  # fmt: skip
    used = list({id(one.home): one.home for one in (*kept, *judged)}.values())
    rules = [f"{home.folder}: {text}" for home in used for text in (home.rule, *home.unmatched)]
    return Sets(tuple(kept), tuple(judged), (*rules, *said))


def _parts(folder: Path, told: str, option: str) -> list[str]:
    """What a list names: one folder, the lines of a text file, or parts with commas."""
    told = told.strip()
    if not told or _folder(folder, told):
        return [told] if told else []
    for file in (Path(told), folder / told):
        if _holds(file.is_file) and file.suffix.lower() in (".txt", ".csv", ".list", ""):
            return _split(_lines(file, option))
    return _split(told.split(","))


def _lines(file: Path, option: str) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(file, "it cannot be read as text", "an image's name on each line",
                         f"Give {option} names with commas instead.") from None  # fmt: skip
    return [line for line in lines if not line.lstrip().startswith("#")]


def _split(parts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _folder(folder: Path, part: str) -> Path | None:
    """The folder that a part names, if it names one; Zarr images are none."""
    for path in (folder / part, Path(part)):
        if _holds(path.is_dir) and path.suffix.lower() != ".zarr":
            return path
    return None


def _holds(asked: Callable[[], bool]) -> bool:
    """Also of what is too long for a path, as a list of many names is."""
    try:
        return asked()
    except OSError:
        return False


def _images_of(
    homes: _Homes, folder: Path, parts: Sequence[str], named: Sequence[Path], option: str
) -> Iterator[Chosen]:
    """All images that the parts name."""
    unknown = []
    for part in parts:
        inner = _folder(folder, part)
        if inner is not None:
            yield from _all_of(homes, inner)
        elif found := _by_name(homes, folder, part, named):
            if len(found) > 1:
                places = ", ".join(str(one.home.folder) for one in found)
                raise InputError(option, f"{part!r} is an image in several folders ({places})",
                                 "one image", "Write FOLDER/NAME.")  # fmt: skip
            yield found[0]
        else:
            unknown.append(part)
    if unknown:
        there = [one.which.name for home in (*named, folder, *_inside(folder))
                 for one in _some_of(homes, home)]  # fmt: skip
        raise InputError(
            option, f"{_list(unknown)}: neither a folder nor the name of an image",
            f"names of images such as {_list(list(dict.fromkeys(there))) or '(none was found)'}",
            "Write names with commas between them, or name a folder.",
        )  # fmt: skip


def _all_of(homes: _Homes, folder: Path) -> list[Chosen]:
    found = homes.look(folder)
    if isinstance(found, AnnotatedImages):
        return [Chosen(found, which) for which in found.images]
    raise found


def _some_of(homes: _Homes, folder: Path) -> list[Chosen]:
    """The images of a folder; none if it is no folder of images and masks."""
    found = homes.look(folder)
    if isinstance(found, InputError):
        return []
    return [Chosen(found, which) for which in found.images]


def _by_name(homes: _Homes, folder: Path, part: str, named: Sequence[Path]) -> list[Chosen]:
    """Images of that name in the first places that have some."""
    inner, _, name = part.rpartition("/")
    if inner and (home := _folder(folder, inner)) and (found := _called(homes, [home], name)):
        return found
    for places in (named, [folder], _inside(folder)):
        if found := _called(homes, places, part):
            return found
    return []


def _called(homes: _Homes, places: Sequence[Path], name: str) -> list[Chosen]:
    """Images of that name, with or without its ending."""
    ending = Path(name).suffix.lower()
    bare = name[: -len(ending)] if ending in IMAGE_ENDINGS else name
    every = [one for place in places for one in _some_of(homes, place)]
    return _unique(one for one in every if one.which.name in (name, bare))


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")


def _rest(homes: _Homes, judged: Sequence[Chosen]) -> Iterator[Chosen]:
    """All images of the folders that those to be judged on are in."""
    for folder in dict.fromkeys(one.home.folder for one in judged):
        yield from _all_of(homes, folder)


def _unique(found: Iterable[Chosen]) -> list[Chosen]:
    return list({one.file: one for one in found}.values())


def _apart(learnt: Sequence[Chosen], judged: Sequence[Chosen]) -> tuple[list[Chosen], list[str]]:
    """What to train on: no image to be judged on, nor a copy of one."""
    files = {one.file for one in judged}
    copies = {_digest(one.file): one.which.name for one in judged}
    kept, same, copied = [], [], []
    for one in learnt:
        if one.file in files:
            same.append(one.which.name)
        elif (original := copies.get(_digest(one.file))) is not None:
            copied.append(f"{one.which.name} (of {original})")
        else:
            kept.append(one)
    said = []
    if same:
        said.append(f"{len(same)} images to be judged on are not trained on: {_list(same)}.")
    if copied:
        said.append(f"Copies of images to be judged on are not trained on: {_list(copied)}.")
    return kept, said


def _digest(file: Path) -> bytes | Path:
    """Of a file's content; a folder, as of a Zarr image, is only itself."""
    if not file.is_file():
        return file
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _list(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
