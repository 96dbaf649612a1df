"""Measures one Python library at the recall task: fill, ask, turn everything over, ask again.

Run by `minbrain-bench-compare recall`, which hands it the arrays in a folder and the job on standard
input, and takes the figures from standard output. One thread, one vector a call. What a call from
Python costs by itself, on an index that holds one vector, is reported beside.
"""

import json
import sys
import time
from pathlib import Path

import numpy

LINKS = 16
INSERT_EFFORT = 128
CALLS = 500


class FaissFlat:
    """Every vector is compared; taking one out moves all those behind it."""

    exact, removes = True, True

    def __init__(self, job, rows):
        self.index = faiss.IndexIDMap2(faiss.IndexFlatL2(job["dims"]))

    def insert(self, label, vector):
        self.index.add_with_ids(vector, label)

    def remove(self, label):
        self.index.remove_ids(label)

    def set_effort(self, effort):
        pass

    def nearest(self, query, k):
        return self.index.search(query, k)[1]


class FaissIvf(FaissFlat):
    """Lists around centres that were learned from what is there first; effort is lists read."""

    exact = False

    def __init__(self, job, rows):
        lists = int(job["experiences"] ** 0.5)
        self.centres = faiss.IndexFlatL2(job["dims"])
        self.index = faiss.IndexIVFFlat(self.centres, job["dims"], lists)
        self.index.train(rows[: job["experiences"]])
        self.index.set_direct_map_type(faiss.DirectMap.Hashtable)

    def remove(self, label):
        self.index.remove_ids(faiss.IDSelectorArray(label))

    def set_effort(self, effort):
        self.index.nprobe = effort


class FaissHnsw(FaissFlat):
    """A layered graph; nothing can be taken out of it."""

    exact, removes = False, False

    def __init__(self, job, rows):
        self.index = faiss.IndexHNSWFlat(job["dims"], LINKS)
        self.index.hnsw.efConstruction = INSERT_EFFORT

    def insert(self, label, vector):
        self.index.add(vector)

    def set_effort(self, effort):
        self.index.hnsw.efSearch = effort


class Hnswlib:
    """A layered graph; what is taken out is marked, and the next one takes its place."""

    exact, removes = False, True

    def __init__(self, job, rows):
        self.index = hnswlib.Index("l2", job["dims"])
        self.index.init_index(
            job["experiences"], INSERT_EFFORT, LINKS, allow_replace_deleted=True
        )
        self.index.set_num_threads(1)
        self.full = False

    def insert(self, label, vector):
        self.index.add_items(vector, label, replace_deleted=self.full)

    def remove(self, label):
        self.full = True
        self.index.mark_deleted(int(label[0]))

    def set_effort(self, effort):
        self.index.set_ef(effort)

    def nearest(self, query, k):
        return self.index.knn_query(query, k)[0]


def timed(call, *arguments):
    start = time.perf_counter_ns()
    call(*arguments)
    return time.perf_counter_ns() - start


def quantiles(taken_ns):
    at = numpy.percentile(taken_ns, [50, 99, 99.9, 100]) / 1000.0
    return dict(zip(["p50_us", "p99_us", "p999_us", "max_us"], at.tolist()))


class Trial:
    def __init__(self, job, folder, library):
        def load(name, kind, width):
            return numpy.fromfile(folder / name, kind).reshape(-1, width)

        self.job, dims = job, job["dims"]
        self.rows = load("rows.f32", numpy.float32, dims)
        self.queries = load("queries.f32", numpy.float32, dims)
        self.exchanges = load("exchanges.u32", numpy.uint32, 2)
        self.fresh = numpy.fromfile(folder / "fresh.f64")
        self.aged = numpy.fromfile(folder / "aged.f64")
        self.labels = numpy.arange(len(self.rows), dtype=numpy.int64)
        self.kept = numpy.zeros(len(self.rows), bool)
        self.index = library(job, self.rows)

    def insert(self, row):
        self.kept[row] = True
        return timed(self.index.insert, self.labels[row : row + 1], self.rows[row : row + 1])

    def remove(self, row):
        self.kept[row] = False
        return timed(self.index.remove, self.labels[row : row + 1])

    def ask(self, at):
        return timed(self.index.nearest, self.queries[at : at + 1], self.job["k"])

    def recall(self, bounds, effort):
        self.index.set_effort(effort)
        k, right = min(self.job["k"], int(self.kept.sum())), 0
        for at, bound in enumerate(bounds):
            found = numpy.unique(self.index.nearest(self.queries[at : at + 1], k)[0].astype(int))
            found = found[(found >= 0) & self.kept[found]]
            apart = self.rows[found].astype(float) - self.queries[at].astype(float)
            right += min(k, int(((apart**2).sum(1) <= bound).sum()))
        return right / (len(bounds) * k)

    def choose_effort(self, bounds):
        if self.index.exact:
            return 0, self.recall(bounds, 0)
        for effort in (e for e in self.job["efforts"] if e >= self.least_effort()):
            recall = self.recall(bounds, effort)
            if recall >= self.job["recall_wanted"]:
                break
        return effort, recall

    def least_effort(self):
        return 0 if isinstance(self.index, FaissIvf) else self.job["k"]

    def time_queries(self, effort):
        self.index.set_effort(effort)
        count = len(self.queries)
        for at in range(count // 10):
            self.ask(at)
        return quantiles([self.ask(at) for at in range(count)])

    def time_steps(self, effort, exchanges):
        self.index.set_effort(effort)
        taken = [
            (self.ask(at), self.remove(out), self.insert(come))
            for at, (out, come) in enumerate(exchanges)
        ]
        steps = numpy.array(taken)
        whole = steps.sum(1)
        return {
            "delete": quantiles(steps[:, 1]),
            "insert": quantiles(steps[:, 2]),
            "step": quantiles(whole),
            "step_and_upkeep_mean_us": float(whole.mean()) / 1000.0,
        }

    def run(self):
        count = self.job["experiences"]
        filled_ns = self.insert(0)
        call_us = quantiles([timed(self.index.nearest, self.queries[:1], 1) for _ in range(CALLS)])
        filled_ns += sum(self.insert(row) for row in range(1, count))
        effort, recall = self.choose_effort(self.fresh)
        figures = {
            "fill_us_per_vector": filled_ns / count / 1000.0,
            "fresh_effort": effort,
            "fresh_recall": recall,
            "fresh_query": self.time_queries(effort),
            "call_us": call_us["p50_us"],
        }
        if self.index.removes:
            turnover = self.job["turnover"]
            for out, come in self.exchanges[:turnover]:
                self.remove(out)
                self.insert(come)
            figures["recall_at_fresh_effort"] = self.recall(self.aged, effort)
            effort, recall = self.choose_effort(self.aged)
            figures |= {"effort": effort, "recall": recall, "query": self.time_queries(effort)}
            figures |= self.time_steps(effort, self.exchanges[turnover:])
        return figures


def main():
    global faiss, hnswlib
    job = json.load(sys.stdin)
    name = job["library"]
    if name.startswith("faiss"):
        import faiss

        faiss.omp_set_num_threads(1)
    else:
        import hnswlib
    libraries = {
        "faiss-flat": FaissFlat,
        "faiss-ivf": FaissIvf,
        "faiss-hnsw": FaissHnsw,
        "hnswlib": Hnswlib,
    }
    figures = Trial(job, Path(sys.argv[1]), libraries[name]).run()
    json.dump(figures, sys.stdout)


main()
