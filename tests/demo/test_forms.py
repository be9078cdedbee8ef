from __future__ import annotations

from demo.actors.forms import forms_of, problem_of

PAGE = """
<form method="post" action="/sign-out"><input type="hidden" name="form_token" value="t1"><button>Out</button></form>
<form method="post" action="/items/FT-1/resolve">
  <input type="hidden" name="form_token" value="t2"><input type="hidden" name="act_id" value="a&amp;1">
  <label>Outcome<select name="outcome"><option value="fixed">fixed</option><option value="answered">answered</option></select></label>
  <textarea name="reason"></textarea>
  <button name="choice" value="approve">Approve</button>
</form>
"""


def test_each_form_is_read_with_its_hidden_values_and_buttons():
    out, resolve = forms_of(PAGE)
    assert out.fields == {"form_token": "t1"}
    assert resolve.action == "/items/FT-1/resolve"
    assert resolve.fields == {
        "form_token": "t2",
        "act_id": "a&1",
        "outcome": "fixed",
        "reason": "",
    }
    assert resolve.buttons == [("choice", "approve")]


def test_a_page_without_a_form_has_none():
    assert forms_of("<p>Nothing to fill in.</p>") == []


def test_a_refusal_on_the_page_is_read_without_the_rest_of_the_page():
    page = (
        '<div class="note bad" role="alert"><strong>Not now.</strong><br>Ask Fay.</div><p>Else</p>'
    )
    assert problem_of(page) == "Not now. Ask Fay."


def test_a_banner_about_scaled_clocks_is_no_refusal():
    assert problem_of('<p class="banner caution">Clocks run 360 times faster.</p>') == ""
