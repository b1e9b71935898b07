"""Widgets, as Python sees them: properties, parents, what a reader without scripts gets, refusals."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from jsmodel import app, ui
from jsmodel.errors import PropertyError, UnknownProperty
from jsmodel.event import loop

WIDGETS = [ui.Button, ui.HBox, ui.Label, ui.LineEdit, ui.Slider, ui.VBox, ui.Widget]
EVIL = "<script>alert(1)</script> \"' & </div>"


class Elements(HTMLParser):
    """The tags of some HTML, with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("cls", WIDGETS)
def test_every_widget_has_style_css_class_and_title(cls):
    widget = cls(style="height:300px", css_class="a b", title="tip")
    assert (widget.style, widget.css_class, widget.title) == ("height:300px", "a b", "tip")


@pytest.mark.parametrize("cls", WIDGETS)
def test_every_widget_is_sent_with_its_code(cls, session, join):
    widget = cls(session=session)
    ops = join().ops()
    (state,) = ops[-1]["models"]
    assert state["id"] == widget.id and state["props"]["style"] == ""
    assert any(cls.__name__ in op.get("code", "") for op in ops if op["op"] == "define")


@pytest.mark.parametrize(
    ("cls", "defaults"),
    [
        (ui.Label, {"text": "", "wrap": False}),
        (ui.Button, {"text": "", "primary": False, "disabled": False}),
        (ui.LineEdit, {"text": "", "placeholder": "", "label": "", "disabled": False}),
        (ui.Slider, {"min": 0, "max": 100, "step": 1, "value": 0, "label": "", "disabled": False}),
        (ui.HBox, {"children": ()}),
    ],
)
def test_the_defaults(cls, defaults):
    widget = cls()
    assert {name: getattr(widget, name) for name in defaults} == defaults


def test_text_may_be_given_as_anything_that_has_a_text():
    assert ui.Label(text=3).text == "3"
    assert ui.LineEdit(text=2.5).text == "2.5"
    assert ui.Button(text=None).text == "None"


def test_what_is_made_inside_with_becomes_a_child_in_order():
    with ui.VBox() as box:
        one = ui.Label()
        with ui.HBox() as inner:
            two = ui.Button()
        three = ui.Slider()
    four = ui.Label()
    assert box.children == (one, inner, three)
    assert inner.children == (two,)
    assert four not in box.children


def test_what_is_made_in_the_init_of_a_box_becomes_its_child():
    class Form(ui.VBox):
        def init(self) -> None:
            self.name = ui.LineEdit()
            self.ok = ui.Button()

    form = Form()
    assert form.children == (form.name, form.ok)


def test_models_that_are_no_widgets_are_no_children():
    class Data(app.Model):
        pass

    with ui.VBox() as box:
        Data()
    assert box.children == ()


def test_children_live_in_the_session_of_their_box(session):
    with ui.VBox(session=session) as box:
        label = ui.Label()
    assert label.session is box.session is session


def test_a_child_lives_as_long_as_its_box(session):
    import gc
    import weakref

    box = ui.VBox(session=session)
    with box:
        ref = weakref.ref(ui.Label())
    loop.flush()
    gc.collect()
    assert ref() is not None
    box.children = ()
    loop.flush()
    gc.collect()
    assert ref() is None


def test_a_child_added_later_is_made_on_the_page_before_it_is_placed(session, join):
    box = ui.VBox(session=session)
    page = join()
    page.read()
    with box:
        label = ui.Label(text="new")
    loop.flush()
    ops = page.ops()
    assert [op["op"] for op in ops if op["op"] != "define"] == ["create", "set"]
    assert ops[-1]["props"] == {"children": {"$": "t", "v": [{"$": "m", "v": label.id}]}}


@pytest.mark.parametrize(
    ("widget", "text"),
    [
        (lambda: ui.Label(text=EVIL), EVIL),
        (lambda: ui.Button(text=EVIL), EVIL),
        (lambda: ui.Slider(label=EVIL, value=3), EVIL),
        (lambda: ui.LineEdit(label=EVIL, text=EVIL, placeholder=EVIL), EVIL),
        (lambda: ui.VBox(children=[ui.HBox(children=[ui.Label(text=EVIL)])]), EVIL),
    ],
)
def test_a_reader_without_scripts_sees_the_text_and_markup_in_it_is_only_text(widget, text):
    seen = Elements(widget()._static_html())
    assert text in seen.text
    assert {tag for tag, _ in seen.tags} <= {"div", "button", "input", "span"}
    assert not any(name.startswith("on") for _, attrs in seen.tags for name in attrs)


def test_the_static_text_of_a_line_edit_stays_in_its_attributes():
    ((_, attrs),) = [
        t for t in Elements(ui.LineEdit(text=EVIL, placeholder=EVIL)._static_html()).tags if t[0] == "input"
    ]
    assert (attrs["value"], attrs["placeholder"]) == (EVIL, EVIL)


def test_a_slider_brings_its_value_into_bounds():
    slider = ui.Slider(min=2, max=8, value=50)
    assert slider.value == 8
    slider.value = -1
    assert slider.value == 2
    slider.max = 20
    slider.value = 15
    slider.max = 10
    loop.flush()
    assert slider.value == 10


def test_a_slider_keeps_ints_and_floats_apart():
    assert isinstance(ui.Slider(value=3).value, int)
    assert isinstance(ui.Slider(value=3.0).value, float)


@pytest.mark.parametrize(
    ("cls", "values", "words"),
    [
        (
            ui.Slider,
            {"value": "much"},
            r"Slider #m\d+.value refused the str 'much'. ValueError: could not convert string",
        ),
        (ui.Slider, {"max": None}, r"Slider #m\d+.max refused the NoneType None. TypeError:"),
        (ui.Slider, {"step": 0}, r"Slider #m\d+.step refused the int 0. ValueError: the step must be more than 0"),
        (ui.Slider, {"step": -1.5}, "the step must be more than 0"),
    ],
)
def test_a_wrong_value_is_refused_in_words(cls, values, words):
    with pytest.raises(PropertyError, match=words):
        cls(**values)


@pytest.mark.parametrize(
    ("cls", "name", "near"),
    [
        (ui.Slider, "vlaue", "value"),
        (ui.Label, "txt", "text"),
        (ui.VBox, "childern", "children"),
        (ui.Button, "styel", "style"),
    ],
)
def test_an_unknown_property_is_refused_with_the_nearest(cls, name, near):
    with pytest.raises(UnknownProperty, match=f"{cls.__name__} has no property '{name}'. Did you mean '{near}'?"):
        cls(**{name: 1})


def test_a_press_of_the_button_reaches_python_only_if_somebody_listens(session, join):
    button = ui.Button(session=session)
    page = join()
    assert page.ops("create")[0]["models"][0]["listen"] == []
    pressed: list[str] = []
    button.connect("clicked", lambda *events: pressed.extend(e.type for e in events))
    loop.flush()
    assert page.ops("listen") == [{"op": "listen", "id": button.id, "types": ["clicked"]}]
    page.say({"op": "emit", "id": button.id, "type": "clicked", "event": {}})
    assert pressed == ["clicked"]


def test_enter_in_a_line_edit_says_what_was_typed(session, join):
    edit = ui.LineEdit(session=session)
    page = join()
    submitted: list[str] = []
    edit.connect("submitted", lambda *events: submitted.extend(e.text for e in events))
    loop.flush()
    page.set(edit, text="hi")
    page.say({"op": "emit", "id": edit.id, "type": "submitted", "event": {"text": "hi"}})
    assert (edit.text, submitted) == ("hi", ["hi"])


@pytest.mark.parametrize("children", ["abc", 3, [1], [ui.Label, None]])
def test_a_box_refuses_what_is_not_a_list_of_widgets_and_keeps_its_children(children):
    label = ui.Label()
    box = ui.VBox(children=[label])
    with pytest.raises(PropertyError, match="children must be"):
        box.children = children
    assert list(box.children) == [label]


def test_a_slider_refuses_nan():
    slider = ui.Slider(value=3)
    with pytest.raises(PropertyError, match="a slider cannot stand at nan"):
        slider.value = float("nan")
    assert slider.value == 3


def test_a_disposed_child_leaves_its_box_which_takes_others():
    with ui.VBox() as box:
        first = ui.Label()
    first.dispose()
    assert box.children == ()
    with box:
        second = ui.Label()
    assert box.children == (second,)
    with pytest.raises(PropertyError, match="It was disposed. Make another one."):
        box.children = [first]


def test_a_box_cannot_be_in_itself():
    box = ui.VBox()
    with pytest.raises(PropertyError, match="a box cannot be in itself"):
        box.children = [box]
