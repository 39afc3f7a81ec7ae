"""The settings of deepflash2 by our names; what has no counterpart, and why."""

from collections.abc import Callable, Mapping
from typing import Any, Final

_PAPERS: Final = ("Unet", "resnet34")
_ARCHITECTURE: Final = ("arch", "encoder_name", "encoder_weights")
_GAMMA: Final = ("gamma_limit_lower", "gamma_limit_upper")


def _side(value: Any) -> int:
    """A tile's side, which they also write twice."""
    return int(value[0] if isinstance(value, list) else value)


def _whole(value: Any) -> int:
    if int(value) != value:
        raise ValueError(f"{value} is not whole")
    return int(value)


# weight decay is decoupled in fastai's Adam, as in what others call AdamW
_OPTIMISERS: Final = {"Adam": "AdamW", "RAdam": "RAdam", "SGD": "SGD", "RMSProp": "RMSprop"}
_LOSSES: Final = {
    name: name
    for name in ("CrossEntropyDice", "CrossEntropy", "SoftCrossEntropy", "Dice", "Jaccard", "Focal",
                 "Lovasz", "Tversky", "Poly1")
}  # fmt: skip

_SAME: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "n_models": ("members", int),
    "max_splits": ("folds", int),
    "random_state": ("seed", int),
    "tile_shape": ("tile", _side),
    "scale": ("downscale", _whole),
    "rot": ("rotate", float),
    "base_lr": ("learning_rate", float),
    "weight_decay": ("weight_decay", float),
    "batch_size": ("batch", int),
    "optim": ("optimizer", lambda name: _OPTIMISERS[name]),
    "mixed_precision_training": ("precision", lambda on: "mixed" if on else "float32"),
    "loss": ("loss", lambda name: _LOSSES[name.removesuffix("Loss")]),
    "loss_alpha": ("loss_alpha", float),
    "loss_beta": ("loss_beta", float),
    "loss_gamma": ("loss_gamma", float),
    "loss_smooth_factor": ("loss_smoothing", float),
    "flip": ("flip", bool),
    "CLAHE_clip_limit": ("clahe", float),
    "brightness_limit": ("brightness", float),
    "contrast_limit": ("contrast", float),
    "distort_limit": ("warp", float),
    "use_tta": ("flips_at_prediction", lambda on: 4 if on else 1),
    "max_tile_shift": ("tile_step", float),
    "gaussian_kernel_sigma_scale": ("tile_weight", float),
    "min_pixel_export": ("min_area", int),
    "instance_labels": ("mask_kind", lambda on: "objects" if on else ""),
}

_WITHOUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("project_dir", "gt_dir", "train_dir", "pred_dir", "ens_dir", "val_dir"),
                    "names a folder"),
    **dict.fromkeys(("use_gpu", "mode"), "never had an effect there"),
    "vote_undec": "is said when a consensus is made",
    "sample_mult": "counts patches an epoch; set iterations instead",
    "num_classes": "follows from the masks",
    "n_epochs": "counts epochs, whose length depends on the images; set iterations instead",
    "border_padding_factor": "is not needed: tiles overlap, and images are mirrored at the border",
    "use_gaussian": "is the same as a tile_weight of 0 where it is off",
    "instance_segmentation_metrics": "is always on",
    **dict.fromkeys(("cellpose_model", "cellpose_diameter", "cellpose_flow_threshold",
                     "cellpose_export_class"), "belongs to cellpose; set separate instead"),
}  # fmt: skip


def our_settings(found: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Translate a configuration of deepflash2.

    Parameters
    ----------
    found
        Their names and values.

    Returns
    -------
    settings
        By the names of `SegmentSettings`, with ``seed`` and ``mask_kind`` beside them.
    unknown
        One sentence for each that has no counterpart, or whose value cannot be understood.
    """
    settings: dict[str, Any] = {}
    unknown: list[str] = []
    for name, value in found.items():
        if name in (*_ARCHITECTURE, *_GAMMA):
            continue
        if name in _SAME:
            ours, convert = _SAME[name]
            try:
                settings[ours] = convert(value)
            except (AttributeError, TypeError, ValueError, LookupError):
                unknown.append(f"{name} is {value!r}, which is not understood.")
        else:
            unknown.append(f"{name} {_WITHOUT.get(name, 'is not known')}.")
    if found.get("use_gaussian") is False:
        settings["tile_weight"] = 0.0
    settings |= _network(found) | _gamma(found, unknown)
    return settings, tuple(unknown)


def _network(found: Mapping[str, Any]) -> dict[str, Any]:
    if "arch" not in found and "encoder_name" not in found:
        return {}
    names = str(found.get("arch", "Unet")), str(found.get("encoder_name", "tu-convnext_tiny"))
    network = "resnet34-unet" if names == _PAPERS else f"smp:{names[0]}/{names[1]}"
    return {"network": network, "weights": str(found.get("encoder_weights") or "")}


def _gamma(found: Mapping[str, Any], unknown: list[str]) -> dict[str, Any]:
    if not set(_GAMMA) & set(found):
        return {}
    lower, upper = found.get(_GAMMA[0], 80), found.get(_GAMMA[1], 120)
    try:
        return {"gamma_range": (float(lower) / 100, float(upper) / 100)}
    except (TypeError, ValueError):
        unknown.append(f"gamma limits {lower!r}, {upper!r} are not understood.")
        return {}
