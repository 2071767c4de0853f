"""The measurements of ci/bench.sh. Standard library only."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = ROOT / "target/debug/book"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def wall(command, **options):
    """Seconds that a command takes; it must succeed."""
    began = time.perf_counter()
    subprocess.run(command, check=True, **QUIET, **options)
    return time.perf_counter() - began


def cpu(command, **options):
    """CPU-seconds, user and system, of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, **QUIET, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def alternately(rounds, *measures):
    """The median of each measure; taken in turn, so that a busy minute meets all of them."""
    taken = [[] for _ in measures]
    for _ in range(rounds):
        for measure, values in zip(measures, taken):
            values.append(measure())
    return [statistics.median(values) for values in taken]


def row(what, ours, stock, unit, target):
    ratio = f"{ours / stock:5.2f}" if stock else "    –"
    stock = f"{stock:8.2f}" if stock else "       –"
    print(f"{what:52} {ours:8.2f} {stock} {ratio}  {unit:6} {target}", flush=True)


@contextlib.contextmanager
def copy_of_book():
    """The book's text and listings in a folder of their own, with the target folder of this one."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "book.toml"]:
            shutil.copy(ROOT / name, folder / name)
        for name in ["src", "theme", "listings", "quizzes", "tools", ".cargo"]:
            shutil.copytree(ROOT / name, folder / name)
        yield folder


def site(rounds):
    stock = {"env": os.environ | {"CARGO_TARGET_DIR": str(ROOT / "target")}}
    with tempfile.TemporaryDirectory() as out:
        ours, theirs = alternately(
            rounds,
            lambda: wall([BOOK, "-C", ROOT, "build"]),
            lambda: wall(["mdbook", "build", "--dest-dir", out, ROOT], **stock),
        )
    row("build of the site", ours, theirs, "s", "no slower than stock")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def has(port, path, text):
    """Whether a page is served with this text in it."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status == 200 and text in answer.read().decode()
    except (OSError, http.client.HTTPException):
        return False


@contextlib.contextmanager
def server(command, port, **options):
    process = subprocess.Popen(command, **QUIET, start_new_session=True, **options)
    try:
        wait_for(port, "The spinner", process)
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def wait_for(port, text, process=None):
    began = time.perf_counter()
    while not has(port, "/concepts/the-spinner.html", text):
        assert process is None or process.poll() is None, "the server ended"
        assert time.perf_counter() - began < 300, f"{text!r} was never served"
        time.sleep(0.005)
    return time.perf_counter() - began


def rebuild(rounds):
    """From a changed page on disk to the page served with the change, by both servers, each on a copy of its own."""
    ports = [free_port(), free_port()]
    environment = os.environ | {"CARGO_TARGET_DIR": str(ROOT / "target")}
    with copy_of_book() as mine, copy_of_book() as theirs:
        numbers = iter(range(1_000_000))

        def change(folder, port):
            page = folder / "src/concepts/the-spinner.md"
            text = page.read_text()
            mark = f"changed-{next(numbers)}"
            page.write_text(text + f"\n{mark}\n")
            return wait_for(port, mark)

        serve = [BOOK, "-C", mine, "serve", "--port", str(ports[0])]
        stock = ["mdbook", "serve", "--port", str(ports[1]), theirs]
        with server(serve, ports[0]), server(stock, ports[1], env=environment):
            ours, stock = alternately(
                rounds, lambda: change(mine, ports[0]), lambda: change(theirs, ports[1])
            )
    row("change of text to page served", ours, stock, "s", "under 0.5")


def large_book(folder, chapters):
    """A book of so many chapters, each with a listing of its own."""
    shutil.copy(ROOT / "rust-toolchain.toml", folder)
    (folder / "book.toml").write_text(
        '[book]\ntitle = "Large"\n[build]\nbuild-dir = "target/html"\nuse-default-preprocessors = false\n'
        '[preprocessor.listing]\ncommand = "none"\n[preprocessor.cmdrun]\ncommand = "none"\nallow = ["cargo book output"]\n'
        "[output.html]\nplayground = { runnable = false, copyable = false }\n"
    )
    source = (ROOT / "listings/concepts/spin-inline/src/main.rs").read_text()
    prose = "Words, *words* and `words` with a [link](c0.md) in between, as many as fill a line of text.\n" * 40
    summary = ["# Summary\n\n"]
    for number in range(chapters):
        slug = f"l{number}"
        listing = folder / "listings/concepts" / slug
        (listing / "src").mkdir(parents=True)
        (listing / "src/main.rs").write_text(source)
        (listing / "output.txt").write_text("one\ntwo\n")
        (listing / "records.json").write_text('{"output.txt": {"by": "rustc 1.95.0"}}\n')
        (listing / "Cargo.toml").write_text(
            f'[package]\nname = "{slug}"\n[package.metadata.listing]\ntitle = "{slug}"\nclass = "D"\n'
            'records = ["output.txt"]\n'
        )
        page = folder / f"src/c{number}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(
            f"# Chapter {number}\n\n{prose}\n{{{{#listing {slug}:tick}}}}\n\n"
            f"```text\n<!-- cmdrun cargo book output {slug} -->\n```\n"
        )
        summary.append(f"- [Chapter {number}](c{number}.md)\n")
    (folder / "src/SUMMARY.md").write_text("".join(summary))


def scale(rounds):
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        large_book(pathlib.Path(small), 250)
        large_book(pathlib.Path(large), 500)
        half, whole = alternately(
            rounds, lambda: wall([BOOK, "-C", small, "build"]), lambda: wall([BOOK, "-C", large, "build"])
        )
    row("500 chapters, 500 listings", whole, None, "s", "")
    row("  the same, beside 250 and 250", whole, half, "s", "ratio at most 2.2")


def cold(rounds):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # Stock mdBook as a dependency, built as this workspace builds: the same profile, nothing optimized.
        peer = folder / "peer"
        (peer / "src").mkdir(parents=True)
        (peer / "src/main.rs").write_text("fn main() {}\n")
        (peer / "Cargo.toml").write_text(
            '[package]\nname = "peer"\nedition = "2024"\n[dependencies]\nmdbook-driver = "=0.5.4"\nmdbook = "=0.5.4"\n'
            "[profile.dev]\ndebug = 0\nincremental = false\n"
        )
        # With the dependencies of its own lock file, where cargo has unpacked it; cargo adds the peer to it.
        cargo = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
        for lock in cargo.glob("registry/src/*/mdbook-0.5.4/Cargo.lock"):
            shutil.copy(lock, peer)
        # Downloads are not measured.
        for where in [ROOT, peer]:
            subprocess.run(["cargo", "fetch"], cwd=where, check=True, **QUIET)
        target = folder / "target"

        def build(where, *packages):
            shutil.rmtree(target, ignore_errors=True)
            return cpu(["cargo", "build", *packages], cwd=where, env=os.environ | {"CARGO_TARGET_DIR": str(target)})

        ours, stock = alternately(
            rounds,
            lambda: build(ROOT, "--package", "book", "--package", "mdbook-listing", "--package", "listing"),
            lambda: build(peer, "--package", "mdbook"),
        )
    row("cold build of all tools", ours, stock, "CPU s", "under 130")


STOCK_BOOK = """
[book]
title = "Coroutines, Concurrency & Distributed Systems"
[build]
create-missing = false
use-default-preprocessors = false
[preprocessor.listing]
command = "{program} listing"
[preprocessor.cmdrun]
command = "{program} cmdrun"
after = ["listing"]
allow = ["cargo book output", "cargo book fact", "rustc --version"]
"""


def page(rounds):
    """What pages transfer, beside the same text in stock mdBook's own clothes."""
    pages = ["every-schedule.html", "concepts/the-spinner.html", "index.html"]
    subprocess.run([BOOK, "-C", ROOT, "build"], check=True, **QUIET)

    def weigh(site):
        environment = os.environ | {"BOOK_SITE": str(site)}
        command = ["node", "weigh.js", *pages]
        return json.loads(subprocess.check_output(command, cwd=ROOT / "ci/browser", env=environment))

    with copy_of_book() as book:
        shutil.rmtree(book / "theme")
        (book / "book.toml").write_text(STOCK_BOOK.format(program=ROOT / "target/debug/mdbook-listing"))
        subprocess.run(["mdbook", "build", book], check=True, **QUIET)
        stock = weigh(book / "book")
    taken = [weigh(ROOT / "target/html") for _ in range(rounds)]
    for ours, theirs in zip(taken[0], stock):
        name, (ours, theirs) = ours["page"], (ours["loaded"], theirs["loaded"])
        row(f"{name}: requests before a click", ours["requests"], theirs["requests"], "", "")
        row(f"{name}: transferred", ours["bytes"] / 1000, theirs["bytes"] / 1000, "kB", "under 150")
        row(f"{name}: of it fonts", ours["fonts"] / 1000, theirs["fonts"] / 1000, "kB", "")
        row(f"{name}: to other hosts", ours["elsewhere"], theirs["elsewhere"], "", "none")
    for name in ["loaded", "scrolled"]:
        shift = max(weight[name]["shift"] for weights in taken for weight in weights)
        row(f"largest layout shift, {name}", shift, None, "", "under 0.02")
    explorer = [weights[0] for weights in taken]
    states = explorer[0]["states"]
    for what, key in [("opening", "opens"), ("first step", "first"), ("a step", "steps")]:
        value = statistics.median(weight[key] for weight in explorer)
        row(f"explorer of {states} states: {what}", value, None, "ms", "under 50")


def main():
    measures = {"site": site, "rebuild": rebuild, "scale": scale, "cold": cold, "page": page}
    parser = argparse.ArgumentParser(prog="ci/bench.sh")
    parser.add_argument("measure", nargs="*", help=f"{', '.join(measures)}; all of them if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    unknown = set(arguments.measure) - set(measures)
    if unknown:
        parser.error(f"no measure {', '.join(sorted(unknown))}: there are {', '.join(measures)}")
    if arguments.rounds < 1:
        parser.error("--rounds: at least one")
    print(f"medians of {arguments.rounds}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':52} {'ours':>8} {'stock':>8} {'ratio':>5}")
    for name in arguments.measure or measures:
        measures[name](arguments.rounds)


if __name__ == "__main__":
    main()
