"""Writes the golden files of h5py and numpy; see README.md."""
import sys

import h5py
import numpy as np

rows, dimension = 40, 6
vectors = ((np.arange(rows * dimension, dtype=np.float64) - 100) / 8).reshape(rows, dimension)
folder = sys.argv[1]

with h5py.File(f"{folder}/h5py.h5", "w", libver="earliest", track_order=False) as file:
    file.create_dataset("contiguous", data=vectors.astype("<f4"))
    file.create_dataset("gzip", data=vectors.astype("<f4"), chunks=(7, 4), compression="gzip", shuffle=True)
    file.create_dataset("fletcher", data=vectors.astype("<f4"), chunks=(16, 6), fletcher32=True)
    file.create_dataset("half", data=vectors.astype("<f2"), chunks=(10, 6))
    file.create_dataset("double", data=vectors)
    file.create_dataset("big", data=vectors.astype(">f4"))
    file.create_dataset("bigdouble", data=vectors.astype(">f8"), chunks=(9, 6), compression="gzip")
    file.create_dataset("fortran", data=np.asfortranarray(vectors.astype("<f4")))
    strided = file.create_dataset("strided", shape=(rows, dimension), maxshape=(None, dimension), dtype="<f4", chunks=(8, 6))
    strided[::2] = vectors[::2]
    strided[1::2] = vectors[1::2]
    group = file.create_group("train").create_group("image")
    group.create_dataset("embedding", data=vectors.astype("<f4"))
    file.create_dataset("id", data=np.arange(rows, dtype="<i8") * 1000)
    file.create_dataset("small", data=np.arange(rows, dtype="<i2"))
    file.create_dataset("caption", data=[f"caption {i} é" for i in range(rows)], dtype=h5py.string_dtype())
    file.create_dataset("fixed", data=np.array([f"text {i}" for i in range(rows)], dtype="S12"))
    file["contiguous"].attrs["modality_gap_fingerprint"] = "0123456789abcdef"

with h5py.File(f"{folder}/latest.h5", "w", libver="latest") as file:
    file.create_dataset("embedding", data=vectors.astype("<f4"), chunks=(7, 6), compression="gzip", shuffle=True, maxshape=(None, dimension))
    file.create_dataset("caption", data=[f"caption {i} é" for i in range(rows)], dtype=h5py.string_dtype())

with h5py.File(f"{folder}/lzf.h5", "w") as file:
    file.create_dataset("embedding", data=vectors.astype("<f4"), chunks=(7, 6), compression="lzf", shuffle=True)

# Every way in which the newest format finds chunks, links and attributes: version 2 B-tree, fixed array, a single chunk, none, extensible array, heap.
single = vectors.astype("<f4")
with h5py.File(f"{folder}/many.h5", "w", libver="latest") as file:
    file.create_dataset("both", data=single, chunks=(7, 4), compression="gzip", maxshape=(None, None))
    file.create_dataset("fixed", data=single, chunks=(7, 4), compression="gzip", shuffle=True)
    file.create_dataset("one", data=single, chunks=(40, 6), compression="gzip")
    file.create_dataset("implicit", data=single, chunks=(7, 4))
    file.create_dataset("growing", data=single, chunks=(1, 6), maxshape=(None, dimension))
    file.create_dataset("scaled", data=np.arange(rows, dtype="<i4") - 7, chunks=(10,), scaleoffset=0, compression="gzip")
    group = file.create_group("group")
    for i in range(10):
        group.create_dataset(f"dataset {i}", data=np.arange(rows) + i)
    file["soft"] = h5py.SoftLink("/group/dataset 3")
    for i in range(12):
        file["one"].attrs[f"attribute {i}"] = "x" * 300
    file["one"].attrs["modality_gap_fingerprint"] = "0123456789abcdef"

# What lies in other files.
with h5py.File(f"{folder}/linked.h5", "w") as file:
    file.create_dataset("embedding", data=single)
    file.create_group("group")["other"] = h5py.ExternalLink("/dev/stdin", "/x")
with h5py.File(f"{folder}/external.h5", "w") as file:
    file.create_dataset("embedding", data=single)
    file.create_dataset("other", (rows, dimension), dtype="<f4", external=[("/dev/zero", 0, h5py.h5f.UNLIMITED)])
layout = h5py.VirtualLayout(shape=(rows, dimension), dtype="<f4")
layout[:] = h5py.VirtualSource("/dev/stdin", "x", shape=(rows, dimension))
with h5py.File(f"{folder}/virtual.h5", "w", libver="latest") as file:
    file.create_dataset("embedding", data=single)
    file.create_virtual_dataset("other", layout)

np.savez(f"{folder}/numpy.npz", single=vectors.astype("<f4"), fortran=np.asfortranarray(vectors), big=vectors.astype(">f4"), half=vectors.astype("<f2"), whole=np.arange(240, dtype="<i2").reshape(40, 6))
np.savez_compressed(f"{folder}/compressed.npz", single=vectors.astype("<f4"), double=vectors)
