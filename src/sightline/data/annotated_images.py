"""Which file is the image, and which are the experts' masks of it: what matching found."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AnnotatedImage:
    """An image and the files in which annotators outlined what is in it.

    Parameters
    ----------
    name
        Of the image, without ending; for a folder inside the images' folder, ``folder/name``.
    image
        Its file.
    masks
        Annotator to file. One file may serve several images, as a COCO file does.
    """

    name: str
    image: Path
    masks: Mapping[str, Path]


@dataclass(frozen=True)
class AnnotatedImages:
    """A folder of images, matched to annotators' masks.

    Parameters
    ----------
    folder
        Where they were looked for.
    images
        In natural order of their names; those without any mask too.
    annotators
        All of them, in natural order. Files of a consensus, such as a folder ``est_GT``, are none.
    given_consensus
        Image name to the file of a consensus that came with the data; never used for training.
    class_names
        Of classes 1, 2, ...
    rule
        How names were matched, in one sentence.
    unmatched
        Each file that fits nothing and each annotator's missing image, in words.
    """

    folder: Path
    images: tuple[AnnotatedImage, ...]
    annotators: tuple[str, ...]
    given_consensus: Mapping[str, Path]
    class_names: tuple[str, ...]
    rule: str
    unmatched: tuple[str, ...]

    def chosen(self, names: tuple[str, ...]) -> "AnnotatedImages":
        """Only the images of these names, in that order; KeyError for one that is not there."""
        by_name = {image.name: image for image in self.images}
        kept = tuple(by_name[name] for name in names)
        consensus = {name: self.given_consensus[name] for name in names
                     if name in self.given_consensus}  # fmt: skip
        return AnnotatedImages(
            self.folder, kept, self.annotators, consensus, self.class_names, self.rule,
            self.unmatched,
        )  # fmt: skip
