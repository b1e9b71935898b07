"""`app.export()`: what is written, and the words of what cannot be. That the pages live is in browser/test_export.py."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jsmodel import app, event, ui
from jsmodel.errors import ExportError, PropertyError, UnknownProperty, ValueNotSendable
from jsmodel.session import Session, default_session

ROOT = Path(__file__).resolve().parent.parent
EVIL = "</script><script>alert(1)</script><!-- \u2028"


class Counter(app.Model):
    CSS = ".counter { color: red }"

    @event.connect("count")
    def on_count(self, *events):
        self.double = 2 * self.count

    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)

        @event.prop
        def double(self, v=0):
            return int(v)

        @event.prop
        def data(self, v=None):
            return v

    class JS:
        def init(self):
            self.done = True


class Other(app.Model):
    class Both:
        @event.prop
        def text(self, v=""):
            return str(v)


def config(path: Path) -> dict[str, Any]:
    """What a page's runtime reads."""
    found = re.search(r'<script type="application/json" id="jsmodel-config">(.*?)</script>', path.read_text("utf-8"))
    assert found is not None
    return json.loads(found[1])


def models(path: Path) -> list[dict[str, Any]]:
    return config(path)["snapshot"]["models"]


def files(folder: Path) -> set[str]:
    """All files of a folder, also hidden ones."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


# -- the page


def test_a_class_is_exported_with_initial_values_and_what_handlers_make_of_them(tmp_path):
    path = app.export(Counter, tmp_path / "page.html", {"count": 21})
    (state,) = models(path)
    assert state["id"] == "m1"
    assert state["props"] == {"count": 21, "double": 42, "data": None}


def test_an_instance_is_exported_with_the_values_it_has_now(tmp_path, session):
    counter = Counter(session=session)
    counter.count = 7
    assert models(app.export(counter, tmp_path / "page.html"))[0]["props"]["double"] == 14


def test_exporting_an_instance_leaves_its_session_as_it_was(tmp_path, session, join):
    counter = Counter(session=session)
    page = join()
    page.read()
    page.ack()
    app.export(counter, tmp_path / "page.html")
    assert page.read() == []
    assert session.models() == [counter] and session._pins == {}
    assert counter._jsm_disposed is False


def test_the_instance_of_an_exported_class_is_disposed_and_is_of_no_other_session(tmp_path):
    made = []

    class Noted(Counter):
        def init(self):
            made.append(self)

    before = len(default_session().models())
    with ui.VBox(session=Session("box")) as box:
        app.export(Noted, tmp_path / "page.html")
        assert box.children == ()
    (model,) = made
    assert model._jsm_disposed and model.session is not default_session()
    assert len(default_session().models()) == before


def test_what_a_model_leads_to_is_in_the_page_and_nothing_else(tmp_path, session):
    class Family(app.Model):
        def init(self):
            self.child = Counter(count=3)
            self._hidden = Counter(count=4)

        class Both:
            @event.prop
            def members(self, v=()):
                return tuple(v)

    family = Family(session=session)
    loose = Counter(session=session)
    family.members = [Counter(session=session, count=5)]
    app.export(family, tmp_path / "page.html")
    states = {state["id"]: state["props"].get("count") for state in models(tmp_path / "page.html")}
    assert sorted(states.values(), key=str) == [3, 5, None]
    assert loose.id not in states


def test_bytes_and_arrays_are_in_the_page(tmp_path):
    array = np.arange(6, dtype="float32").reshape(2, 3)
    page = config(app.export(Counter, tmp_path / "page.html", {"data": [array, b"abc"]}))
    assert page["snapshot"]["models"][0]["props"]["data"] == [
        {"$": "a", "i": 0, "d": "float32", "s": [2, 3]},
        {"$": "b", "i": 1},
    ]
    assert [base64.b64decode(b) for b in page["buffers"]] == [array.tobytes(), b"abc"]


@pytest.mark.parametrize("link", [0, 1, 2, 3])
def test_the_same_model_gives_the_same_bytes(tmp_path, session, link):
    counter = Counter(session=session, data=np.arange(1000))
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        app.export(counter, tmp_path / name / "page.html", link=link)
        contents.append({f: (tmp_path / name / f).read_bytes() for f in files(tmp_path / name)})
    assert contents[0] == contents[1]


SCRIPT = """
import sys
from jsmodel import app, event, ui
sys.path.insert(0, {tests!r})
from test_export import Counter, Other
{before}
app.export(Counter, {path!r}, {{'count': 3}})
"""


def test_another_process_gives_the_same_bytes_whatever_was_shown_in_it_before(tmp_path):
    contents = []
    for name, before in (("a.html", ""), ("b.html", "app.serve(Other); Counter(); app.serve(Counter)")):
        code = SCRIPT.format(tests=str(Path(__file__).parent), before=before, path=str(tmp_path / name))
        env = {**os.environ, "PYTHONHASHSEED": str(len(name) + len(before))}
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=env, cwd=ROOT)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]


def test_only_the_code_that_is_used_is_in_the_page(tmp_path):
    text = app.export(Counter, tmp_path / "page.html").read_text("utf-8")
    assert '"test_export:Counter"' in text and "test_export:Other" not in text


def test_hostile_text_stays_text(tmp_path):
    page = app.export(Other, tmp_path / "page.html", {"text": EVIL})
    text = page.read_text("utf-8")
    assert "alert(1)</script>" not in text and "<script>alert" not in text and "\u2028" not in text
    assert models(page)[0]["props"]["text"] == EVIL


def test_hostile_code_stays_code(tmp_path):
    app.assets.associate_asset(__name__, "hostile.js", "window.hostile = '</SCRIPT><p id=broken><!--';")
    app.assets.associate_asset(__name__, "hostile.css", "/* </STYLE><p id=broken> */")
    try:
        text = app.export(Other, tmp_path / "page.html").read_text("utf-8")
    finally:
        app.assets.remove_asset("hostile.js")
        app.assets.remove_asset("hostile.css")
    assert "window.hostile = '<\\/SCRIPT><p id=broken><\\!--'" in text
    assert "/* <\\/STYLE><p id=broken> */" in text


def test_no_id_of_a_session_and_no_address_of_its_data_is_in_the_page(tmp_path, session):
    label = ui.Label(session=session)
    link = session.add_data("mine.txt", b"hello data")
    label.text = f"<img src='{link}'> and {str(link)}"
    other = Other(session=session, text=link)
    (tmp_path / "a").mkdir()
    for link_mode in range(4):
        for model in (label, other):
            app.export(model, tmp_path / "a", link=link_mode, overwrite=True)
    secrets = [session.id, link.path.split("/")[2]]
    for name in files(tmp_path):
        text = (tmp_path / name).read_text("utf-8")
        assert not [s for s in secrets if s in text], name
    inline = "data:text/plain;charset=utf-8;base64," + base64.b64encode(b"hello data").decode()
    text = models(app.export(label, tmp_path / "page.html"))[0]["props"]["text"]
    assert text == f"<img src='{inline}'> and {inline}"


def test_links_in_values_bring_their_files(tmp_path, session):
    link = session.add_data("mine.txt", b"hello data")
    page = config(app.export(Other(session=session, text=link), tmp_path / "page.html"))
    (define,) = page["snapshot"]["defines"]
    assert define["kind"] == "file" and define["type"].startswith("text/plain")
    assert base64.b64decode(page["buffers"][define["data"]["i"]]) == b"hello data"
    assert page["snapshot"]["models"][0]["props"]["text"] == {"$": "u", "v": define["hash"]}


def test_a_page_has_a_policy_that_reaches_nothing(tmp_path):
    text = app.export(Counter, tmp_path / "page.html").read_text("utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "https:" not in policy and "unsafe-eval" not in policy and "'self'" not in policy
    assert text.index("Content-Security-Policy") < text.index("<script")
    assert not re.search(r'(?:src|href)="(?!data:)', text)


def test_assets_on_the_web_stay_there_with_what_they_must_hash_to(tmp_path):
    url, integrity = "https://cdn.example/lib.js", "sha384-" + "a" * 64
    app.assets.associate_asset(__name__, url, integrity=integrity)
    app.assets.associate_asset(__name__, "https://cdn.example/lib.css")
    try:
        text = app.export(Other, tmp_path / "page.html").read_text("utf-8")
    finally:
        app.assets.remove_asset(url)
        app.assets.remove_asset("https://cdn.example/lib.css")
    assert f'src="{url}" integrity="{integrity}" crossorigin="anonymous"></script>' in text
    assert '<link rel="stylesheet" href="https://cdn.example/lib.css">' in text
    assert re.search(r"script-src 'nonce-[^;]* https://cdn\.example;", text)


# -- files beside it


def kinds(folder: Path) -> set[str]:
    """The files beside a page, without the hashes in their names."""
    return {re.sub(r"[-.][0-9a-f]{20}", "", f) for f in files(folder) if f.startswith(app_folder)}


app_folder = "jsmodel-assets/"


@pytest.mark.parametrize(
    ("link", "beside"),
    [
        (0, set()),
        (1, {"jsmodel.js"}),
        (2, {"jsmodel.js", "test_export.js", "test_export-Counter.css"}),
        (3, {"jsmodel.js", "test_export.js", "test_export-Counter.css", "data.js"}),
    ],
)
def test_link_says_what_becomes_files(tmp_path, link, beside):
    app.export(Counter, tmp_path / "page.html", {"data": np.arange(1000)}, link=link)
    assert kinds(tmp_path) == {app_folder + name for name in beside}
    text = (tmp_path / "page.html").read_text("utf-8")
    assert set(re.findall(r'(?:src|href)="(jsmodel-assets/[^"]*)"', text)) == files(tmp_path) - {"page.html"}


def test_pages_in_one_folder_share_their_files(tmp_path):
    app.export(Counter, tmp_path, link=2)
    runtime = next((tmp_path / app_folder).glob("jsmodel-*.js"))
    before = runtime.stat().st_mtime_ns, runtime.stat().st_ino
    app.export(Other, tmp_path, link=2)
    assert (runtime.stat().st_mtime_ns, runtime.stat().st_ino) == before
    assert len(list((tmp_path / app_folder).glob("jsmodel-*.js"))) == 1
    assert {"Counter.html", "Other.html"} < files(tmp_path)


def test_other_content_gets_another_name_so_older_pages_keep_theirs(tmp_path):
    app.export(Counter, tmp_path / "a.html", {"data": np.zeros(1000)}, link=3)
    before = {f: (tmp_path / f).read_bytes() for f in files(tmp_path)}
    app.export(Counter, tmp_path / "b.html", {"data": np.ones(1000)}, link=3)
    assert {f: (tmp_path / f).read_bytes() for f in before} == before
    assert len(list((tmp_path / app_folder).glob("data-*.js"))) == 2


def test_a_shared_file_that_was_damaged_is_written_again(tmp_path):
    app.export(Counter, tmp_path / "a.html", link=1)
    (runtime,) = (tmp_path / app_folder).iterdir()
    content = runtime.read_bytes()
    runtime.write_bytes(content[:100])
    app.export(Counter, tmp_path / "b.html", link=1)
    assert runtime.read_bytes() == content


HOSTILE = ["../../evil.js", "a/b.js", "C:\\x.js", "CON.js", ".js", "ä" * 100 + ".js", "x\nCounter.js"]


def test_names_of_assets_never_leave_the_folder(tmp_path, session):
    from jsmodel.assets import Asset
    from jsmodel.export import _Elements, _Files

    target = tmp_path / "pages"
    target.mkdir()
    with _Files(target) as beside:
        page = _Elements("n", beside)
        for number, name in enumerate(HOSTILE):
            page.add(Asset(name, "js", f"{number}".encode()), linked=True)
    assert len(files(target)) == len(HOSTILE)
    assert all(re.fullmatch(r"jsmodel-assets/[A-Za-z0-9_-]+\.js", f) for f in files(target))
    assert os.listdir(tmp_path) == ["pages"]


def test_the_folder_of_assets_is_no_link_to_elsewhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "jsmodel-assets").symlink_to(elsewhere)
    with pytest.raises(ExportError, match="jsmodel-assets' is not a folder of its own. .* Remove it, or export to"):
        app.export(Counter, pages, link=1)
    assert files(elsewhere) == set() and files(pages) == set()


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    pages = tmp_path / "pages"
    pages.mkdir()
    app.export(Counter, pages / "a.html", link=1)
    (runtime,) = (pages / "jsmodel-assets").iterdir()
    runtime.unlink()
    runtime.symlink_to(victim)
    (pages / "b.html").symlink_to(victim)
    app.export(Counter, pages / "b.html", link=1, overwrite=True)
    assert victim.read_text() == "precious"
    assert not runtime.is_symlink() and not (pages / "b.html").is_symlink()


# -- where it goes


def test_without_a_name_the_page_is_named_after_the_class(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert app.export(Counter) == Path("Counter.html")
    assert files(tmp_path) == {"Counter.html"}


def test_a_folder_gets_a_page_named_after_the_class(tmp_path):
    assert app.export(Counter, str(tmp_path)) == tmp_path / "Counter.html"


def test_a_page_that_is_there_is_replaced_only_when_told_so(tmp_path):
    path = app.export(Counter, tmp_path)
    first = path.read_bytes()
    words = r"Counter.html' exists already. export\(\) replaces nothing unless told so. Use overwrite=True, or choose"
    with pytest.raises(ExportError, match=words):
        app.export(Counter, tmp_path, {"count": 1}, link=1)
    assert path.read_bytes() == first and files(tmp_path) == {"Counter.html"}
    app.export(Counter, tmp_path, {"count": 1}, overwrite=True)
    assert path.read_bytes() != first


def test_a_page_can_be_read_by_whom_the_umask_allows(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    path = app.export(Counter, tmp_path, link=1)
    for file in [path, *(tmp_path / app_folder).iterdir()]:
        assert file.stat().st_mode == plain.stat().st_mode


# -- progress


def test_progress_counts_to_the_end(tmp_path):
    steps = []
    app.export(Counter, tmp_path, {"data": np.zeros(7 * 2**20, "u1")}, progress=lambda *step: steps.append(step))
    total = steps[0][1]
    assert steps[0] == (0, total, "")
    assert [done for done, _, _ in steps] == list(range(total + 1))
    assert {t for _, t, _ in steps} == {total}
    assert [what for *_, what in steps].count("values") == 3  # a large value takes several
    assert steps[-1][2] == "Counter.html"


def test_a_progress_that_fails_stops_the_export_and_nothing_is_left(tmp_path):
    def stop(done, total, what):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        app.export(Counter, tmp_path, link=3, progress=stop)
    assert os.listdir(tmp_path) == []


# -- what cannot be


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((42,), "Cannot export the int 42: it is not a Model. Only Models have a side .* Write app.export(TheClass)"),
        (
            (app.Model,),
            "Cannot export Model itself: it has no properties, and nothing to show. Apps are subclasses of it.",
        ),
        ((dict,), "Cannot export the type <class 'dict'>: it is not a Model."),
        ((Counter, 7), "filename must be a path, not the int 7. It is the page to write. Write app.export(Counter, 'p"),
        ((Counter, b"a.html"), "filename must be a path, not the bytes b'a.html'."),
        (
            (Counter, "page"),
            "The page 'page' would not open in a browser. Its name has to end in '.html'. Write 'page.html",
        ),
        ((Counter, "page.txt"), "The page 'page.txt' would not open in a browser."),
        ((Counter, "no/page.html"), "There is no folder 'no'. export() makes pages, and no folders for them. Make it"),
        (
            (Counter, "a\0b.html"),
            "Could not write 'a\\x00b.html': its name has a null character. No file can have that name",
        ),
        (
            (Counter, "~nobody-of-that-name/a.html"),
            "Could not write '~nobody-of-that-name/a.html': Could not determine",
        ),
        (
            (Counter, "a" * 300 + ".html"),
            "File name too long. No file can have that name, and nothing was left",
        ),
        ((Counter, "\ud800.html"), "No file can have that name, and nothing was left behind. Choose another"),
        ((Counter, None, [1]), "The properties of Counter must be a dict, not the list [1]. They are initial values."),
        (
            (Counter, None, None, 4),
            "link must be 0, 1, 2 or 3, not the int 4. It says which parts .* Use 0 for one file.",
        ),
        ((Counter, None, None, True), "link must be 0, 1, 2 or 3, not the bool True."),
        ((Counter, None, None, "1"), "link must be 0, 1, 2 or 3, not the str '1'."),
    ],
)
def test_what_cannot_be_exported_is_refused_in_words(tmp_path, monkeypatch, args, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExportError, match=re.escape(words).replace(r"\ \.\*\ ", ".*")):
        app.export(*args)
    assert os.listdir(tmp_path) == []


def test_a_progress_that_is_no_function_is_refused(tmp_path):
    with pytest.raises(ExportError, match="progress must be a function, not the bool True. It is called with three"):
        app.export(Counter, tmp_path, progress=True)


def test_an_instance_gets_no_initial_values(tmp_path, session):
    counter = Counter(session=session)
    words = "Counter #m1> exists already, so it gets no initial properties. .* Set them first, or export the class."
    with pytest.raises(ExportError, match=words):
        app.export(counter, tmp_path, {"count": 1})


def test_a_disposed_model_cannot_be_exported(tmp_path, session):
    counter = Counter(session=session)
    counter.dispose()
    with pytest.raises(
        ExportError, match="Cannot export .*: it was disposed. Both of its sides are gone. Make another"
    ):
        app.export(counter, tmp_path)


def test_an_unknown_property_is_refused_with_the_nearest_one(tmp_path):
    with pytest.raises(UnknownProperty, match="Counter has no property 'cuont'. Did you mean 'count'?"):
        app.export(Counter, tmp_path, {"cuont": 1})
    assert os.listdir(tmp_path) == []


def test_a_wrong_value_is_refused_by_its_property(tmp_path):
    with pytest.raises(PropertyError, match="Counter.*count refused the str 'x'"):
        app.export(Counter, tmp_path, {"count": "x"})
    assert os.listdir(tmp_path) == []


def test_a_value_that_became_unsendable_is_named(tmp_path, session):
    values = [1]
    counter = Counter(session=session, data=values)
    values.append(object())
    with pytest.raises(ValueNotSendable, match=r"Cannot send the object .* at Counter.data\[1\] to the browser"):
        app.export(counter, tmp_path)
    assert os.listdir(tmp_path) == []


def test_an_init_that_fails_leaves_nothing(tmp_path):
    class Bad(app.Model):
        def init(self):
            raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        app.export(Bad, tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_folder_in_the_place_of_the_page_is_refused(tmp_path):
    (tmp_path / "page.html" / "page.html").mkdir(parents=True)
    inner = tmp_path / "page.html"
    with pytest.raises(
        ExportError, match="Counter.html' is a folder. A page cannot take its place. Choose another name"
    ):
        (inner / "Counter.html").mkdir()
        app.export(Counter, inner, overwrite=True)


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails then, as on a full disk
sys.path.insert(0, {tests!r})
from test_export import Counter
from jsmodel import app
from jsmodel.errors import ExportError
app.export(Counter, {path!r} + '/small.html', link=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, 90_000))
try:
    app.export(Counter, {path!r} + '/large.html', {{'data': bytes(1_000_000)}}, link={link}, overwrite=True)
except ExportError as err:
    print(err)
"""


@pytest.mark.parametrize("link", [0, 3])
def test_a_disk_that_is_full_is_said_and_nothing_half_written_is_left(tmp_path, link):
    (tmp_path / "large.html").write_text("the one before")
    code = FULL.format(tests=str(Path(__file__).parent), path=str(tmp_path), link=link)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert re.search(
        r"Could not write '.*': File too large. The disk or the folder does not take it, and nothing was left behind. "
        r"Free some space, or choose a folder that you may write to.",
        done.stdout,
    ), done.stderr
    assert (tmp_path / "large.html").read_text() == "the one before"
    assert {re.sub(r"-[0-9a-f]{20}", "", f) for f in files(tmp_path)} == {
        "small.html",
        "large.html",
        "jsmodel-assets/jsmodel.js",
    }


def test_a_folder_that_takes_nothing_is_said(tmp_path):
    # /proc lets nobody write, not even root, who may write to folders that are read-only.
    folder = Path("/proc/self") if Path("/proc/self").is_dir() else tmp_path
    if folder is tmp_path:
        folder.chmod(0o500)
    with pytest.raises(
        ExportError, match="Could not write '.*Counter.html': .* nothing was left behind. Free some space"
    ):
        app.export(Counter, folder)


def test_export_while_the_loop_runs_in_another_thread_waits_for_its_handlers(tmp_path, session):
    import asyncio
    import threading

    from jsmodel.event import loop

    counter = Counter(session=session)
    loop.flush()
    ready, stop = threading.Event(), asyncio.Event()

    async def main():
        loop.integrate(asyncio.get_running_loop())
        ready.set()
        await stop.wait()
        loop.integrate(None)

    home = asyncio.new_event_loop()
    thread = threading.Thread(target=home.run_until_complete, args=[main()])
    thread.start()
    try:
        ready.wait(10)
        counter.count = 4
        path = app.export(counter, tmp_path)
    finally:
        home.call_soon_threadsafe(stop.set)
        thread.join(10)
        home.close()
    assert models(path)[0]["props"]["double"] == 8
