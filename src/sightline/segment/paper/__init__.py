"""The published method of deepflash2 (Griebel et al. 2021), part by part, as the preset ``paper``.

A U-Net on a ResNet-34, its losses, augmentations, sampling of patches and schedule. Where the
paper and the program that came with it differ, the docstrings say which one is followed.
"""
