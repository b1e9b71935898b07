"""That one can read what is shown, in JupyterLab's light and dark themes."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .conftest import NOTEBOOKS, Jupyter, Tabs

#: Text colour against what is painted behind it, as WCAG counts it.
CONTRAST = """node => {
  const ctx = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  const behind = [];
  for (let n = node; n; n = n.parentElement) behind.unshift(getComputedStyle(n).backgroundColor);
  const paint = colours => {
    ctx.fillStyle = '#fff';
    for (const c of ['#fff', ...colours]) { ctx.fillStyle = c; ctx.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...ctx.getImageData(0, 0, 1, 1).data].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [paint(behind), paint([...behind, getComputedStyle(node).color])].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def contrast(node: Locator) -> float:
    return float(node.evaluate(CONTRAST))


def test_text_is_readable_in_the_light_and_the_dark_theme(jupyter: Jupyter, tab: Tabs) -> None:
    field = "edit = ui.LineEdit(label='name', text='typed')\nbutton = ui.Button(text='Plain')\nprimary = ui.Button(text='Primary', primary=True)\nui.VBox(children=[edit, button, primary])"
    cells = ["from jsmodel import app, event, ui\napp.init_notebook()", "ui.Slider(label='count', value=3)", field]
    notebook = jupyter.open(cells)
    notebook.run_all()
    slider, form = notebook.live_view(1), notebook.live_view(2)
    texts = [
        slider.locator("label"),
        slider.locator("output"),
        form.locator("label"),
        form.locator("input"),
        *form.get_by_role("button").all(),
    ]
    assert len(texts) == 6
    page = notebook.page
    try:
        for theme, light in (("JupyterLab Light", "true"), ("JupyterLab Dark", "false")):
            notebook.command("apputils:change-theme", theme=theme)
            expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light)
            page.wait_for_timeout(500)  # colours fade
            page.mouse.move(1, 1)
            print(f"{theme}: {tab.picture(page, theme.replace(' ', '-'))}")
            for text in texts:
                assert contrast(text) >= 4.5, f"{text} in {theme}"
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")  # the server remembers it
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")


def test_the_hello_notebook_as_people_see_it(jupyter: Jupyter, tab: Tabs) -> None:
    notebook = jupyter.open(NOTEBOOKS / "01_hello.ipynb", face="notebook")
    notebook.run(0, 1)
    view = notebook.live_view(1)
    expect(view.locator(".jsm-status")).to_be_hidden()  # a live view says nothing of its connection
    expect(view.locator(".jsm-error")).to_have_count(0)
    wide = view.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert wide
    print(tab.picture(notebook.page, "Notebook-7"))
