"""The other side of FaissComparison.cs: for each line on stdin one search, its seconds on stdout. Needs numpy; FAISS where it is installed."""
import sys, time
import numpy as np

queries, gallery, k = np.load(sys.argv[1]), np.load(sys.argv[2]), int(sys.argv[3])
try:
    import faiss
    d = gallery.shape[1]
    for rows in (queries, gallery):
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    indexes = {
        "faiss-flat": faiss.IndexFlatIP(d),
        "faiss-sq8": faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT),
        "faiss-sqfp16": faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT),
        "faiss-ivf": faiss.IndexIVFFlat(faiss.IndexFlatIP(d), d, 128, faiss.METRIC_INNER_PRODUCT),
    }
    for index in indexes.values():
        index.train(gallery)
        index.add(gallery)
    indexes["faiss-ivf"].nprobe = 16
except ImportError:
    faiss = None


def with_faiss(index):
    return lambda: index.search(queries, k)[1]


def with_numpy():
    best = []
    for first in range(0, len(queries), 1000):
        scores = queries[first:first + 1000] @ gallery.T
        top = np.argpartition(-scores, k, axis=1)[:, :k]
        best.append(np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), axis=1, kind="stable"), 1))
    return np.concatenate(best)


methods = {"numpy": with_numpy, "product": lambda: [queries @ part.T for part in np.array_split(gallery, 5)][0]}
recalls = []
if faiss is not None:
    exact = indexes["faiss-flat"].search(queries, k)[1]
    for name, index in indexes.items():
        methods[name] = with_faiss(index)
        found = index.search(queries, k)[1]
        recall = np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(found, exact)])
        recalls.append(f"({name}:{recall:.4f})")
print(" ".join(methods), "" if faiss is None else faiss.__version__, np.__version__, *recalls, flush=True)
for line in sys.stdin:
    name = line.strip()
    start = time.perf_counter()
    found = methods[name]()
    seconds = time.perf_counter() - start
    print(seconds, int(found[0][0]) if name != "product" else -1, flush=True)
