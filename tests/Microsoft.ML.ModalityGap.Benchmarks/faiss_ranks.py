"""The other side of FaissRanks.cs: the rows that a flat inner-product index finds for each query, a line each; nothing where FAISS is not installed."""
import sys
import numpy as np

try:
    import faiss
except ImportError:
    sys.exit(0)
queries, gallery = np.load(sys.argv[1]), np.load(sys.argv[2])
index = faiss.IndexFlatIP(gallery.shape[1])
index.add(gallery)
for row in index.search(queries, int(sys.argv[3]))[1]:
    print(*row)
