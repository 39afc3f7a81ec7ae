"""Whether "x more answers are expected to change y labels" comes true within a factor of two.

For each annotator of each recording a session with the default settings is simulated. At 40, 80,
160 and 320 answers the advice is asked for 10, 20, 50 and 100 % more of them, and held against the
labels that had changed by then, the annotator's own included.

    python benchmarks/stopping_advice.py FILE...
"""

import argparse

import numpy as np

from sightline.compute.jobs import run_jobs
from sightline.formats.open_features import read_labelled
from sightline.query.choose import Strategy
from sightline.review.advice import forecast
from sightline.sort.design import make_design
from sightline.sort.learner import Learner
from sightline.sort.settings import DEFAULT

ASKED_AT = (40, 80, 160, 320)
MORE = (0.1, 0.2, 0.5, 1.0)


def advise(job):
    """Answers given, answers more, labels expected to change, labels changed; a row a forecast."""
    recording = read_labelled(job["file"])
    answers = recording.labels[job["annotator"]]
    learner = Learner(make_design([recording.features], DEFAULT), DEFAULT, Strategy("dcal"))
    order, labels, expected = [], {}, []
    for count in range(1, 2 * ASKED_AT[-1] + 1):
        learner.refit()
        item = int(learner.ask().items[0])
        learner.answer(item, int(answers[item]))
        order.append(item)
        learner.refit()
        labels[count] = np.where(learner.decided, learner.answers, learner.labels()[0])
        if count in ASKED_AT:
            for share in MORE:
                more = round(share * count)
                found = forecast(learner, order, more)
                expected += [(count, more, found.labels)] if found else []
    return [
        (count, more, changes, int((labels[count + more] != labels[count]).sum()))
        for count, more, changes in expected
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    given = parser.parse_args()
    jobs = {
        f"{file}/{annotator}": {"file": file, "annotator": annotator}
        for file in given.files
        for annotator in read_labelled(file).labels
    }
    rows = np.array([row for found in run_jobs(advise, jobs).values() for row in found], float)
    ratio = np.log2(np.maximum(rows[:, 3], 0.5) / np.maximum(rows[:, 2], 0.5))
    print(f"{len(rows)} forecasts, {np.mean(np.abs(ratio) <= 1):.3f} within a factor of two,")
    print(f"mean log2 of actual over expected {ratio.mean():+.2f}")
    for count in ASKED_AT:
        mine = rows[:, 0] == count
        within = np.mean(np.abs(ratio[mine]) <= 1)
        print(
            f"  at {count:3d} answers: {within:.3f} within, bias {ratio[mine].mean():+.2f}, "
            f"{rows[mine, 3].mean():.0f} labels changed, {rows[mine, 2].mean():.0f} expected"
        )


if __name__ == "__main__":
    main()
