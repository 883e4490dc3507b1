"""The other side of PeerComparison.cs. Says what there is: versions, then a line a method (name, recall where it is not exact, setting), then an empty one. For each name on stdin one search, its seconds on stdout.

Needs numpy; PyTorch, FAISS and hnswlib where they are installed (Debian: python3-numpy python3-torch python3-faiss python3-hnswlib).
"""
import sys, time
import numpy as np

queries, gallery = np.load(sys.argv[1]), np.load(sys.argv[2])
k, wanted, threads = int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
d = gallery.shape[1]
for rows in (queries, gallery):
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)


def with_numpy():
    best = []
    for first in range(0, len(queries), 1000):
        scores = queries[first:first + 1000] @ gallery.T
        top = np.argpartition(-scores, k, axis=1)[:, :k]
        best.append(np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), axis=1, kind="stable"), 1))
    return np.concatenate(best)


exact = with_numpy()
methods, versions = {"numpy": (with_numpy, "", "")}, ["numpy " + np.__version__]


def measure(search):
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(search(), exact)]))


def tune(name, search, setting, first=1, most=4096):
    """Takes the least power of two that finds enough."""
    count = first
    while True:
        setting(count)
        recall = measure(search)
        if recall >= wanted or count >= most:
            methods[name] = (search, f"{recall:.4f}", f"{setting.__name__} {count}")
            return
        count *= 2


try:
    import torch
    torch.set_num_threads(threads)
    versions.append("torch " + torch.__version__)
    q, g = torch.from_numpy(queries), torch.from_numpy(gallery)
    methods["torch"] = (lambda: torch.cat([torch.topk(part @ g.T, k).indices for part in q.split(1000)]).numpy(), "", "")
except ImportError:
    pass

try:
    import faiss
    faiss.omp_set_num_threads(threads)
    versions.append("FAISS " + faiss.__version__)
    quantizer = faiss.IndexFlatIP(d)
    flat, ivf = faiss.IndexFlatIP(d), faiss.IndexIVFFlat(quantizer, d, 128, faiss.METRIC_INNER_PRODUCT)
    sq8 = faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    sqfp16 = faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    hnsw = faiss.IndexHNSWFlat(d, 32, faiss.METRIC_INNER_PRODUCT)
    for index in (flat, ivf, sq8, sqfp16, hnsw):
        index.train(gallery)
        index.add(gallery)

    def nprobe(count): ivf.nprobe = count
    def efSearch(count): hnsw.hnsw.efSearch = count
    methods["FAISS flat"] = (lambda: flat.search(queries, k)[1], "", "")
    for name, index in (("FAISS SQ8", sq8), ("FAISS SQfp16", sqfp16)):
        search = (lambda index: lambda: index.search(queries, k)[1])(index)
        methods[name] = (search, f"{measure(search):.4f}", "")
    tune("FAISS IVF", lambda: ivf.search(queries, k)[1], nprobe, most=128)
    tune("FAISS HNSW", lambda: hnsw.search(queries, k)[1], efSearch, first=16)
except ImportError:
    pass

try:
    import hnswlib
    versions.append("hnswlib")
    graph = hnswlib.Index(space="ip", dim=d)
    graph.init_index(max_elements=len(gallery), ef_construction=128, M=32)
    graph.set_num_threads(threads)
    graph.add_items(gallery)

    def ef(count): graph.set_ef(count)
    tune("hnswlib", lambda: graph.knn_query(queries, k=k)[0], ef, first=16)
except ImportError:
    pass

print(", ".join(versions))
for name, (_, recall, setting) in methods.items():
    print(name, recall, setting, sep="\t")
print(flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    methods[line.strip()][0]()
    print(time.perf_counter() - start, flush=True)
