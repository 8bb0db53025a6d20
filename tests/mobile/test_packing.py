"""The scripts of the phone, shortened, mean what they meant; what the packing does not know it refuses."""

from __future__ import annotations

import pytest

from cases.mobile.classes import short_classes, with_short_classes
from cases.mobile.packing import pack, pack_both
from cases.mobile.sheets import pack_sheet, short_variables
from cases.mobile.tokens import NotPlain
from cases.mobile.wording import short_keys, spoken


def test_names_of_our_own_become_short_and_those_of_the_browser_stay() -> None:
    packed = pack({"one": "const counter = (value) => document.title + value;\ncounter(1);\n"})
    assert "counter" not in packed
    assert "document.title" in packed


def test_members_and_keys_stay_and_a_short_hand_is_spelt_out() -> None:
    packed = pack({"one": "const made = ({ width, height: tall = 2 }) => ({ width, area: width * tall, when: made.width });"})
    assert packed.count("width:") == 2
    assert "height:" in packed
    assert ".width" in packed


def test_a_member_that_is_called_class_begins_none() -> None:
    packed = pack({"one": "const made = (row) => row.class;\nconst other = (value) => { return value; };"})
    assert "value" not in packed


def test_modules_become_one_without_mixing_their_names() -> None:
    packed = pack(
        {
            "one": "export const open = () => 1;\nconst inner = 5;\nexport function close() { return inner; }\n",
            "two": 'import * as one from "./one.js";\nimport { close } from "./one.js";\nconst open = () => one.open() + close();\nopen();\n',
        }
    )
    assert "import" not in packed
    assert "export" not in packed
    assert packed == "let C=()=>1,B=5;function A(){return B}let D=()=>C()+A();D();"


def test_texts_patterns_and_templates_are_left_alone() -> None:
    source = 'const word = "open // not a comment";\nconst like = /[/\\d]+/g.test(word);\nconst both = `${word} a ${like ? `${word}` : ""} b`;\n'
    packed = pack({"one": source})
    assert '"open // not a comment"' in packed
    assert "/[/\\d]+/g" in packed
    assert " a ${" in packed
    assert "`} b`" not in packed.replace('""} b`', "")


def test_comments_and_the_last_commas_go() -> None:
    assert pack({"one": "// why\nconst list = [\n  1,\n  2, // two\n];\n"}) == "let A=[1,2];"


@pytest.mark.parametrize(
    "source",
    [
        'import { later } from "./later.js";\nlater();',
        'import * as one from "./one.js";\nconst held = one;',
        "const { a, b } = document;",
        "const made = new Unheard();",
        'import { b } from "./one.js";\nb();',
        'import * as one from "./one.js";\none.b();',
        'import { a as b } from "./one.js";\nb;',
    ],
)
def test_what_it_does_not_know_it_refuses(source: str) -> None:
    with pytest.raises(NotPlain):
        pack({"one": "export const a = 1;", "two": source})


def test_names_within_a_statement_never_meet() -> None:
    source = "const one = (left) => (right) => left + right + two;\nconst two = 1;\nfunction three(left) { return left * one(left)(two); }\n"
    packed = pack({"one": source})
    assert packed == "let B=a=>b=>a+b+A,A=1;function C(a){return a*B(a)(A)}"


def test_many_names_within_a_statement_stay_apart() -> None:
    names = [f"name{n}" for n in range(200)]
    packed = pack({"one": f"export function whole({', '.join(names)}) {{ return [{', '.join(names)}]; }}\n"})
    short = packed.split("(")[1].split(")")[0].split(",")
    assert len(set(short)) == 200
    assert packed.endswith(f"return[{','.join(short)}]}}")


def test_what_follows_a_brace_belongs_to_the_same_statement() -> None:
    assert pack({"one": "const one = (left) => left ? { k: 1 } : left;\n"}) == "let A=a=>a?{k:1}:a;"


def test_a_second_script_imports_what_it_needs_and_exports_what_its_last_module_does() -> None:
    first, second = pack_both(
        {"one": "export const shared = () => 1;\nexport const other = 2;\n"},
        {"two": 'import { shared } from "./one.js";\nexport const screen = () => shared();\n'},
        "./first.js",
    )
    assert first == "let B=()=>1,A=2;export{B};"
    assert second == 'import{B}from"./first.js";let A=()=>B();export{A as screen};'


def test_a_key_of_a_word_becomes_short_where_nothing_else_can_say_it() -> None:
    source = (
        'say("only_said");\nconst list = ["in_a_list"];\nsay(list[0]);\nsay("state_" + list);\nsay(list === "compared" ? "compared" : "only_said");\n'
    )
    keys = ["only_said", "in_a_list", "state_one", "compared", "unknown"]
    short = short_keys(keys, [source])
    assert set(short) == {"only_said"}
    assert short["only_said"] not in keys
    assert pack({"one": "const say = (key) => key;\n" + source}, short).count("only_said") == 0
    assert spoken(keys, source) == {"only_said", "in_a_list", "state_one", "compared"}


def test_a_sheet_loses_its_comments_and_no_rule() -> None:
    assert pack_sheet("/* why */\n.a > b,\n.c { color: red; margin: 0 1px; }\n", {}) == ".a>b,.c{color:red;margin:0 1px}"


def test_a_second_script_gives_no_name_that_it_brought_in() -> None:
    first, second = pack_both(
        {"one": "export const shared = () => 1;\n"},
        {"two": 'import { shared } from "./one.js";\nconst own = shared();\nexport const screen = (value) => own + shared() + value;\n'},
        "./first.js",
    )
    assert first == "let A=()=>1;export{A};"
    assert second == 'import{A}from"./first.js";let B=A(),C=a=>B+A()+a;export{C as screen};'


def test_declarations_that_follow_each_other_become_one_and_no_others() -> None:
    source = "const a = () => { const b = 1; const c = 2; for (const d of a()) d(b, c); const e = 3; return e; };\n"
    source += "let f = 1;\nlet g;\na();\nconst h = f;\n"
    assert pack({"one": source}) == "let A=()=>{let a=1,b=2;for(let c of A())c(a,b);let d=3;return d},B=1,C;A();let D=B;"


def test_classes_become_short_in_sheets_scripts_and_documents_and_other_words_stay() -> None:
    script = 'h("p.kc-card__do.kc-line--" + tone); $(".kc-card > .kc-line"); one.setAttribute("class", "kc-card"); dispatchEvent("kc-outbox");'
    sheet = ".kc-card, .kc-card__do { color: red; } .kc-line--red { margin: 0.5px; }"
    page = '<p class="kc-card kc-line--red">kc-card</p>'
    short = short_classes([script, sheet, page])
    assert sorted(short) == ["kc-card", "kc-card__do", "kc-line"]
    one, two, three = (short[name] for name in sorted(short))
    assert with_short_classes(script, short) == (
        f'h("p.{two}.{three}-" + tone); $(".{one} > .{three}"); one.setAttribute("class", "{one}"); dispatchEvent("kc-outbox");'
    )
    assert with_short_classes(sheet, short) == f".{one}, .{two} {{ color: red; }} .{three}-red {{ margin: 0.5px; }}"
    assert with_short_classes(page, short) == f'<p class="{one} {three}-red">kc-card</p>'


def test_the_sheets_say_the_same_of_their_variables() -> None:
    names = short_variables(":root { --line: red; --ink: blue; } p { color: var(--ink); }")
    assert (
        pack_sheet("a { color: var(--line); }\n:root { --ink: blue; }", names) == f"a{{color:var({names['--line']})}}:root{{{names['--ink']}:blue}}"
    )
