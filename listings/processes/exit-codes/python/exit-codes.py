# Seven ways for a process to end. Its parent is told one number for both kinds.
import os
import sys
import time
from multiprocessing import get_context


def end(how):
    sys.stderr = open(os.devnull, "w")
    match how:
        case "exit 3":
            sys.exit(3)
        case "exit 256":
            sys.exit(256)
        case "exit -1":
            sys.exit(-1)
        case "raise":
            raise RuntimeError("the till is empty")
        case "abort":
            os.abort()
        case _:
            time.sleep(3600)  # wait to be killed


if __name__ == "__main__":
    exits = ["exit 3", "exit 256", "exit -1"]
    for how in exits + ["raise", "abort", "kill()", "terminate()"]:
        child = get_context("spawn").Process(target=end, args=(how,))
        child.start()
        match how:
            case "kill()":
                child.kill()
            case "terminate()":
                child.terminate()
        child.join()
        print(f"{how:12} exitcode {child.exitcode}")
