"""What belongs to a commit as a whole: the id order of its paragraphs, and the clusters.

Segments never change once written; what relates paragraphs of different segments lies in a
file of its own for each commit, aligned with that commit's segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, Ordinals, pack, write_arrays
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.strings import Strings, encode, string_arrays
from archive.ids import parse_paragraph_id
from archive.model import Clusters, Membership

NO_CLUSTER = -1


def state_name(generation: int) -> str:
    """The name of the file that belongs to Whoosh's commit number `generation`."""
    return f"state_{generation}.arrays"


def write_state(path: Path, segments: Sequence[SegmentArrays], clusters: Clusters) -> None:
    """Write the state of a commit with these segments, deleted paragraphs included."""
    labels = dict.fromkeys(membership.cluster for membership in clusters.values())
    number = {label: at for at, label in enumerate(labels)}
    arrays: dict[str, NDArray[Any]] = {"rank": id_order(segments).astype(np.uint32)}
    arrays |= string_arrays("cluster", map(encode, labels))
    arrays |= string_arrays("member", map(encode, clusters))
    arrays["member.cluster"] = pack(np.array([number[m.cluster] for m in clusters.values()], int))
    arrays["member.rank"] = np.array([m.rank for m in clusters.values()], np.int64)
    arrays["member.place"] = _places(segments, list(clusters))
    write_arrays(path, arrays)


class State:
    """A commit's state, read. Ordinals are places in the whole index, segment by segment."""

    def __init__(self, path: Path) -> None:
        """Map the file. Raises FileNotFoundError, and EngineError where it is damaged."""
        self.file = ArrayFile(path)
        self.labels = Strings(self.file, "cluster")

    @cached_property
    def rank(self) -> NDArray[np.uint32]:
        """The place of each paragraph in id order."""
        return self.file["rank"]

    @cached_property
    def clusters(self) -> ClusterIndex:
        """Where the clusters' members stand."""
        at = self.file["member.place"]
        kept = np.flatnonzero(at != NO_CLUSTER)
        return ClusterIndex(
            at[kept].astype(np.intp),
            self.file["member.cluster"][kept].astype(np.intp),
            self.file["member.rank"][kept],
            len(self.rank),
        )

    def memberships(self) -> dict[str, Membership]:
        """The clusters as they were set."""
        labels = self.labels.all()
        members = Strings(self.file, "member").all()
        cluster, rank = self.file["member.cluster"].tolist(), self.file["member.rank"].tolist()
        return {
            member: Membership(labels[at], own)
            for member, at, own in zip(members, cluster, rank, strict=True)
        }


class ClusterIndex:
    """The members of all clusters, by cluster and then by rank."""

    def __init__(
        self, at: Ordinals, cluster: Ordinals, rank: NDArray[np.int64], count: int
    ) -> None:
        order = np.lexsort((rank, cluster))
        self.members = at[order]
        self.cluster_of_member = cluster[order]
        # Of each paragraph of the index, where it stands among the members.
        self.place = np.full(count, NO_CLUSTER, np.int32)
        self.place[self.members] = np.arange(len(order), dtype=np.int32)

    def cluster(self, ordinal: int) -> int | None:
        """The cluster of the paragraph at `ordinal`; None for no cluster."""
        return self.clusters(np.array([ordinal]))[0]

    def clusters(self, ordinals: Ordinals) -> list[int | None]:
        """The cluster of each of some paragraphs; None for no cluster."""
        places = self.place.take(ordinals).tolist()
        return [None if at < 0 else self.cluster_of_member.item(at) for at in places]

    def fold(self, found: Ordinals) -> Ordinals:
        """Keep of each cluster the first by rank; what is in no cluster stays."""
        if not len(self.members):
            return found
        places = self.place[found]
        inside = places >= 0
        ordered = np.sort(places[inside])
        cluster = self.cluster_of_member[ordered]
        first = np.ones(len(ordered), np.bool_)
        np.not_equal(cluster[1:], cluster[:-1], out=first[1:])
        folded: Ordinals = np.concatenate((found[~inside], self.members[ordered[first]]))
        folded.sort()
        return folded

    def members_of(self, cluster: int) -> Ordinals:
        """The members of a cluster, by rank."""
        low, high = np.searchsorted(self.cluster_of_member, (cluster, cluster + 1))
        return self.members[low:high]


def id_order(segments: Sequence[SegmentArrays]) -> Ordinals:
    """The rank of each paragraph by document id and place; within a segment they ascend."""
    names: list[bytes] = []
    sizes: list[NDArray[np.int64]] = []
    for segment in segments:
        names.extend(segment.documents.all_raw())
        sizes.append(np.diff(segment.first).astype(np.int64))
    counts = np.concatenate(sizes) if sizes else np.empty(0, np.int64)
    # UTF-8 sorts as its code points do, so the bytes stand in for the ids.
    order = np.array(sorted(range(len(names)), key=names.__getitem__), np.intp)
    starts = np.empty(len(names), np.int64)
    starts[order] = np.cumsum(counts[order]) - counts[order]
    own = np.cumsum(counts) - counts
    rank: Ordinals = np.repeat(starts - own, counts) + np.arange(int(counts.sum()))
    return rank


def _places(segments: Sequence[SegmentArrays], members: Sequence[str]) -> NDArray[np.int64]:
    """The ordinal of each paragraph id in the whole index; NO_CLUSTER where it is not there."""
    parsed = [parse_paragraph_id(member) for member in members]
    asked = [encode(document_id) for document_id, _ in parsed]
    ordinals = np.array([ordinal for _, ordinal in parsed], np.int64)
    places = np.full(len(members), NO_CLUSTER, np.int64)
    base = 0
    for segment in segments:
        numbers = {name: at for at, name in enumerate(segment.documents.all_raw())}
        document = np.array([numbers.get(name, NO_CLUSTER) for name in asked], np.int64)
        here = np.flatnonzero(document != NO_CLUSTER)
        # Documents stand in order, and within each the ordinals ascend: so do such keys.
        sizes = np.diff(segment.first)
        keys = _key(np.repeat(np.arange(len(sizes)), sizes), segment.file["ordinal"])
        wanted = _key(document[here], ordinals[here])
        at = np.searchsorted(keys, wanted)
        found = at < len(keys)
        found[found] = keys[at[found]] == wanted[found]
        places[here[found]] = base + at[found]
        base += segment.count
    return places


def _key(document: NDArray[Any], ordinal: NDArray[Any]) -> NDArray[np.int64]:
    """One number that ascends with the document and, within it, with the ordinal."""
    key: NDArray[np.int64] = (document.astype(np.int64) << 32) | ordinal.astype(np.int64)
    return key
