"""The sheet of paper in a picture, told from the desk, the rim or the fingers around it by its color.

A median over small windows takes the ink away. What is left is cut where the color changes from one place to the next,
and parts of nearly the same tint become one again: a shadow's edge parts the lit paper from the dark, and the ink of a
zero the paper within from the paper around it.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull

from model.common.arrays import F64, I64, Bools

CELL = 6  # pixels of the page to a place of the map
MEDIAN = 5  # places: wider than most pens
STEP = 7.0  # of 255: a greater difference between neighbors is an edge
TINT = 0.10  # how much the logarithms of two colors' ratios may differ
SHADE = 0.3  # the deepest shadow leaves that share of the light
ISLAND = 1.25  # how much brighter than a gray desk a sheet is
SAME = 0.8  # parts that do not touch are in the same light
LEAST = 0.05  # share of the picture; a smaller part is no sheet
LEAST_REACH = 0.1  # of the longer side: a sheet has a free place as far across to all sides, a fat stroke has not
LEAST_SOLID = 0.7  # of its convex hull: a sheet is no ring and no stroke
MARGIN = 8  # pixels of the page along the sheet's edge that are left out


def sheets(page: F64) -> list[Bools]:
    """Find what may be the sheet: masks (height, width) of the page, the likeliest first; the last is all of it."""
    height, width = page.shape[:2]
    parts = _parts(_coarse(page))
    whole = np.ones((height, width), dtype=bool)
    rim = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    found = []
    for number in range(parts.max() + 1):
        own = parts == number
        inside = ndimage.binary_fill_holes(own)
        share = inside.mean()
        if share < LEAST or not _is_broad(own) or _solidity(inside) < LEAST_SOLID:
            continue
        if share > 0.97:
            found.append((share * 0.2, whole))
            continue
        large = np.kron(inside, np.ones((CELL, CELL), dtype=bool))
        large = np.pad(large, [(0, max(0, height - large.shape[0])), (0, max(0, width - large.shape[1]))], mode="edge")
        mask = ndimage.minimum_filter(large[:height, :width], 2 * MARGIN + 1, mode="nearest")
        if mask.any():
            found.append((share * (1.2 - (rim == number).mean()), mask))
    found.sort(key=lambda pair: -pair[0])
    masks = [mask for _, mask in found[:2]]
    if not any(mask is whole for mask in masks):
        masks.append(whole)
    return masks


def _is_broad(part: Bools) -> bool:
    return bool(ndimage.distance_transform_edt(np.pad(part, 1)).max() >= LEAST_REACH * max(part.shape))


def _solidity(part: Bools) -> float:
    """Which share of its convex hull a part fills."""
    corners = np.argwhere(part)[:, None] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return float(part.sum() / ConvexHull(corners.reshape(-1, 2)).volume)  # in the plane, the volume is an area


def _coarse(page: F64) -> F64:
    """The page at a sixth of its size, without ink: (rows, columns, 3)."""
    rows, columns = max(1, page.shape[0] // CELL), max(1, page.shape[1] // CELL)
    used = page[: rows * CELL, : columns * CELL] if min(page.shape[:2]) >= CELL else page[:1, :1]
    size = (used.shape[0] // rows, used.shape[1] // columns)
    blocks = used.reshape(rows, size[0], columns, size[1], 3).transpose(0, 2, 4, 1, 3).reshape(rows, columns, 3, -1)
    return ndimage.median_filter(np.median(blocks, axis=-1), (MEDIAN, MEDIAN, 1), mode="nearest")


def _parts(colors: F64) -> I64:
    """Number the parts of one tint: (rows, columns)."""
    rows, columns = colors.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    links = []
    for axis in (0, 1):
        near = np.abs(np.diff(colors, axis=axis)).max(axis=-1) < STEP
        first, second = (index[:-1], index[1:]) if axis == 0 else (index[:, :-1], index[:, 1:])
        links.append(np.stack([first[near], second[near]]))
    ends = np.concatenate(links, axis=1)
    graph = coo_matrix((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(index.size, index.size))
    _, labels = connected_components(graph, directed=False)
    labels = labels.reshape(rows, columns)
    sizes = np.bincount(labels.ravel())
    large = np.flatnonzero(sizes >= max(4, 0.004 * index.size))
    labels = _nearest(labels, np.isin(labels, large))
    return _merged(labels, colors, large)


def _nearest(labels: I64, known: Bools) -> I64:
    """Give what lies between the parts, edges for instance, to the nearest."""
    if not known.any():
        return np.zeros_like(labels)
    rows, columns = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    return np.asarray(labels[rows, columns])


def _beside(labels: I64, names: I64) -> Bools:
    """Tell which parts touch: (names, names)."""
    number = np.zeros(labels.max() + 1, dtype=np.int64)
    number[names] = np.arange(len(names))
    places = number[labels]
    touch = np.zeros((len(names), len(names)), dtype=bool)
    for one, other in ((places[:-1], places[1:]), (places[:, :-1], places[:, 1:])):
        touch[one, other] = touch[other, one] = True
    return touch


def _merged(labels: I64, colors: F64, names: I64) -> I64:
    """Make parts of one tint one part, and count them anew."""
    if len(names) == 0:
        return np.zeros_like(labels)
    middles = np.array([np.median(colors[labels == name], axis=0) for name in names]) + 4
    tints = np.log(middles[:, [0, 2]] / middles[:, 1:2])
    light = middles.mean(axis=1)
    alike = np.abs(tints[:, None] - tints[None]).max(axis=-1) < TINT
    share = np.minimum(light[:, None], light[None]) / np.maximum(light[:, None], light[None])
    # A brighter part that does not reach the border lies on the darker: no shadow leaves light all around.
    island = ~np.isin(names, np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    lies_on = island[:, None] & (light[:, None] > ISLAND * light[None])
    alike &= ~(lies_on | lies_on.T)
    alike &= share > np.where(_beside(labels, names), SHADE, SAME)
    _, group = connected_components(alike, directed=False)
    table = np.zeros(labels.max() + 1, dtype=np.int64)
    table[names] = group
    return table[labels]
