# The spinner as it was: a child process turns it while the parent computes.
import sys
import time
from itertools import cycle
from multiprocessing import get_context


def spin():
    for glyph in cycle("|/-\\"):
        frame = "Please wait ... " + glyph
        sys.stdout.write(frame)
        sys.stdout.flush()
        sys.stdout.write("\b" * len(frame))
        time.sleep(0.1)


def compute():
    time.sleep(3)


if __name__ == "__main__":
    spinner = get_context("fork").Process(target=spin)
    spinner.start()
    try:
        compute()
    finally:
        spinner.terminate()
        spinner.join()
    print("Computation done")
