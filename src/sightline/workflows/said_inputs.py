"""Annotated images with what stands in a project in place of the annotators' files."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from sightline.consensus.mask_consensus import FusedMasks
from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.data.mask import Mask
from sightline.project.project import Project
from sightline.project.segmenting import Segmenting, read_segmenting
from sightline.review.said_masks import (
    NOTHING_SAID,
    SaidOfImage,
    consensus_of,
    masks_of,
    said_masks,
)
from sightline.workflows.segment_inputs import SegmentInputs
from sightline.workflows.segment_project import make_segment_project


@dataclass(frozen=True)
class SaidInputs(SegmentInputs):
    """Images and, for masks, what people say of them in a project now.

    Parameters
    ----------
    project, segmenting
        Which project.
    stands
        What stands of each image.
    """

    project: Project = field(kw_only=True)
    segmenting: Segmenting = field(kw_only=True, repr=False)
    stands: Mapping[str, SaidOfImage] = field(kw_only=True, repr=False)

    def masks(self, name: str) -> dict[str, Mask]:
        """Read annotators' masks of an image as they stand, but for a correction's."""
        said = self.stands.get(name, NOTHING_SAID)
        return masks_of(self.project, self.segmenting.image(name), said)

    def corrections(self) -> dict[str, FusedMasks]:
        """Image to its mask as somebody corrected it, in the form of a consensus ``by hand``."""
        found = {}
        for name in self.names:
            said = self.stands.get(name, NOTHING_SAID)
            if said.correction is not None:
                image = self.segmenting.image(name)
                found[name] = consensus_of(self.project, image, said)
        return {name: one for name, one in found.items() if one is not None}

    @property
    def digest(self) -> str:
        """The same as long as the same masks stand of the same images."""
        told = [
            (name, sorted(said.masks.items()), said.correction)
            for name in self.names
            for said in (self.stands.get(name, NOTHING_SAID),)
        ]
        return sha256(repr(told).encode()).hexdigest()


def said_inputs(path: str | Path, inputs: SegmentInputs) -> SaidInputs:
    """Take the annotators' files up into a project, and give what stands there.

    Annotators who drew masks in the project alone are among them; whoever took a mask back is not.

    Parameters
    ----------
    path
        The project folder; made if it is not there.
    inputs
        Of `read_inputs`.

    Raises
    ------
    InputError, ProjectError
        As `make_segment_project`.
    """
    project = make_segment_project(path, inputs)
    segmenting = read_segmenting(project)
    with project.journal() as journal:
        stands = said_masks(journal.state(), segmenting.recording)
    about = _as_files(project, inputs.annotated, stands)
    parts = {name: getattr(inputs, name) for name in SegmentInputs.__dataclass_fields__}
    parts["annotated"] = about
    return SaidInputs(**parts, project=project, segmenting=segmenting, stands=stands)


def _as_files(
    project: Project, annotated: AnnotatedImages, stands: Mapping[str, SaidOfImage]
) -> AnnotatedImages:
    """Who outlined what, with the payload for the file."""
    images = tuple(
        AnnotatedImage(
            one.name,
            one.image,
            {
                who: project.payloads / digest
                for who, digest in sorted(stands.get(one.name, NOTHING_SAID).masks.items())
            },
        )
        for one in annotated.images
    )
    there = dict.fromkeys(who for one in images for who in one.masks)
    first = [who for who in annotated.annotators if who in there]
    annotators = tuple(dict.fromkeys((*first, *there)))
    return replace(annotated, images=images, annotators=annotators)
