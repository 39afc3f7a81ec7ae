"""Read outlines from whatever program drew them."""

from pathlib import Path

from sightline.errors import InputError
from sightline.formats.masks.coco import is_coco_content, json_content, read_coco
from sightline.formats.masks.drawn import Drawing
from sightline.formats.masks.geojson import is_geojson, read_geojson
from sightline.formats.masks.imagej_masks import read_imagej_drawing
from sightline.formats.masks.labelme import is_labelme, read_labelme


def read_drawing(path: Path, image: str) -> Drawing:
    """Read ImageJ regions, QuPath's GeoJSON, labelme's JSON or one image of a COCO file.

    Parameters
    ----------
    path
        File.
    image
        Name of the image, for files of many.

    Raises
    ------
    InputError
        If the file is damaged or of no known kind.
    """
    if path.suffix.lower() in (".roi", ".zip"):
        return read_imagej_drawing(path)
    content = json_content(path)
    if is_coco_content(content):
        return read_coco(path, image)
    if is_labelme(content):
        return read_labelme(path, content)
    if is_geojson(content):
        return read_geojson(path, content)
    raise InputError(
        path, "it is JSON of an unknown kind",
        "GeoJSON of QuPath, labelme's JSON or COCO JSON", "Export it as one of these.",
    )  # fmt: skip
