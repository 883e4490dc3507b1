"""The other side of FaissComparison.cs: for each line on stdin one search, its seconds on stdout. Needs numpy; FAISS where it is installed."""
import sys, time
import numpy as np

queries, gallery, k = np.load(sys.argv[1]), np.load(sys.argv[2]), int(sys.argv[3])
try:
    import faiss
    index = faiss.IndexFlatIP(gallery.shape[1])
    index.add(gallery)
except ImportError:
    faiss = None


def with_faiss():
    return index.search(queries, k)[1]


def with_numpy():
    best = []
    for first in range(0, len(queries), 1000):
        scores = queries[first:first + 1000] @ gallery.T
        top = np.argpartition(-scores, k, axis=1)[:, :k]
        best.append(np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), axis=1, kind="stable"), 1))
    return np.concatenate(best)


methods = {"numpy": with_numpy, "product": lambda: [queries @ part.T for part in np.array_split(gallery, 5)][0]}
if faiss is not None:
    methods["faiss"] = with_faiss
print(" ".join(methods), "" if faiss is None else faiss.__version__, np.__version__, flush=True)
for line in sys.stdin:
    name = line.strip()
    start = time.perf_counter()
    found = methods[name]()
    seconds = time.perf_counter() - start
    print(seconds, int(found[0][0]) if name != "product" else -1, flush=True)
