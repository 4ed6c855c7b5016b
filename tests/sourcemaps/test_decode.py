"""From a minified frame to where somebody wrote it: the format, the keeping, the commands."""

import json
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.sourcemaps.decode import BadSourceMap, Place, SourceMap, best_match, frame
from collector.sourcemaps.lookup import Sources
from collector.sourcemaps.scripts import Scripts
from collector.store.source_maps import keep_map, kept_maps, map_text
from tests.conftest import event, wait_for
from tests.server.test_serve import now, running

BUNDLE = "(()=>{function t(o){return o.items.length}button.onclick=()=>{console.log(t(null))};})();"
MAP = {
    "version": 3, "sources": ["../src/cart.js", "../src/app.js"], "names": ["total", "cart", "total"],
    "sourcesContent": ["export function total(cart) {}", "// the secret plan"],
    "mappings": "MAAO,SAASA,EAAMC,EAAM,CAC1B,OAAOA,EAAK,MAAM,MACpB,CCAA,OAAO,"
    "QAAU,IAAM,CACrB,QAAQ,IAAIC,EAAM,IAAI,CAAC,CACzB",
}  # fmt: skip
"""What esbuild 0.28 made of two short files."""

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


PLACE = f"shop.example/assets/app.js:1:{BUNDLE.index('o.items') + 1}"


def encoded(number: int) -> str:
    """One number in base 64, as the format's own words say it."""
    value, text = (-number << 1 | 1) if number < 0 else number << 1, ""
    while True:
        value, digit = value >> 5, value & 31
        text += DIGITS[digit | (32 if value else 0)]
        if not value:
            return text


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("o.items", Place("src/cart.js", 2, "cart")),
        ("console", Place("src/app.js", 4, "")),
        ("t(null", Place("src/app.js", 4, "total")),
    ],
)
def test_a_column_of_a_bundle_is_the_line_somebody_wrote(words, place):
    column = BUNDLE.index(words) + 1
    assert SourceMap(json.dumps(MAP)).place(1, column) == place


def test_before_the_first_segment_and_past_the_last_line_is_nothing():
    assert SourceMap(json.dumps(MAP)).place(1, 1) is None
    assert SourceMap(json.dumps(MAP)).place(2, 9) is None


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(0, 70_000), st.integers(0, 3), st.integers(0, 90_000), st.integers(0, 2)
        ),
        min_size=1,
        max_size=40,
        unique_by=lambda segment: segment[:2],
    )
)
def test_what_was_encoded_is_read(segments):
    """A plain encoder against the reader."""
    segments.sort()
    rows, before = [[] for _ in range(6)], [0, 0, 0, 0]
    for line, column, source, source_line, name in segments:
        start = before[0] if rows[line] else 0
        steps = (column - start, source - before[1], source_line - before[2], 0, name - before[3])
        rows[line].append("".join(map(encoded, steps)))
        before = [column, source, source_line, name]
    read = SourceMap(
        json.dumps(
            {"version": 3, "sources": list("abcd"), "names": list("xyz"), "mappings": ";".join(map(",".join, rows))}
        )
    )
    for line, column, source, source_line, name in segments:
        assert read.place(line + 1, column + 1) == Place("abcd"[source], source_line + 1, "xyz"[name])


def test_a_map_of_maps_is_read():
    parts = {"version": 3, "sections": [{"offset": {"line": 3, "column": 100}, "map": MAP}]}
    assert SourceMap(json.dumps(parts)).place(4, 100 + BUNDLE.index("console") + 1) == Place("src/app.js", 4, "")
    assert "secret" not in SourceMap(json.dumps(parts)).without_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nothing", "it is not JSON"),
        ("[]", 'it has no "version": 3'),
        ('{"version": 3}', 'it has no "mappings"'),
        ('{"version": 3, "mappings": "A!"}', "holds 'A!', which is not a number in base 64"),
        ('{"version": 3, "mappings": "AA"}', "holds 'AA', which is not 1, 4 or 5 numbers"),
        ('{"version": 3, "sections": [{}]}', "sections[0] has no offset"),
    ],
)
def test_what_is_no_source_map_is_refused_with_the_reason(content, message):
    with pytest.raises(BadSourceMap) as error:
        SourceMap(content)
    assert message in str(error.value)


PLAIN = {"version": 3, "sources": ["a.ts"], "names": [], "mappings": "AAAA"}
AT = {"offset": {"line": 0, "column": 0}, "map": PLAIN}


@pytest.mark.parametrize(
    "text",
    [
        ")]}'\n" + json.dumps(PLAIN),
        "\ufeff" + json.dumps(PLAIN),
        json.dumps({**PLAIN, "mappings": "AAAA,KCAA"}),
        json.dumps({**PLAIN, "mappings": "AAAAC"}),
        json.dumps({**PLAIN, "names": None}),
        json.dumps({"version": 3, "sections": [AT, {"offset": {"line": 1, "column": 0}, "map": None}]}),
    ],
)
def test_odd_maps_are_read_as_browsers_read_them(text):
    read = SourceMap(text.encode())
    assert str(read.place(1, 1)) == "a.ts:1"
    assert read.place(1, 7) in (None, read.place(1, 1))
    assert str(SourceMap(read.without_text()).place(1, 1)) == "a.ts:1"


def test_a_map_belongs_to_the_script_that_names_it(tmp_path):
    chunks = tmp_path / "chunks"
    chunks.mkdir()
    (chunks / "0aa1b2c3-shop.js").write_text("let a=1;\n//# sourceMappingURL=ff99ee88-map.js.map\n")
    (chunks / "frame.min.js").write_text("let b=1;\n//# sourceMappingURL=/chunks/frame.map?v=2\n")
    (chunks / "hidden.js").write_text("let c=1;")
    (chunks / "moved.js").write_text("let d=1;\n//# debugId=85314830-023F-4CF1-A267-535F4E37BB17\n")
    (chunks / "inline.js").write_text("let e=1;\n//# sourceMappingURL=data:application/json;base64,e30=")
    scripts = Scripts(tmp_path)
    assert scripts.of(chunks / "ff99ee88-map.js.map", "") == "chunks/0aa1b2c3-shop.js"
    assert scripts.of(chunks / "frame.map", "") == "chunks/frame.min.js"
    assert scripts.of(chunks / "hidden.js.map", "") == "chunks/hidden.js"
    assert scripts.of(chunks / "elsewhere.map", "85314830-023f-4cf1-a267-535f4e37bb17") == "chunks/moved.js"
    assert scripts.of(chunks / "elsewhere.map", "") == ""


@pytest.mark.parametrize(
    ("source", "said"),
    [("webpack://shop/./src/pay.ts", "src/pay.ts"), ("../../src/pay.ts", "src/pay.ts"), ("src/pay.ts", "src/pay.ts"),
     ("webpack:///src/pay.ts", "src/pay.ts"), (None, "?")],
)  # fmt: skip
def test_a_source_is_named_without_the_tools_scheme(source, said):
    read = SourceMap(json.dumps({"version": 3, "sources": [source], "names": [], "mappings": "AAAA"}))
    assert str(read.place(1, 1)) == f"{said}:1"


def test_a_frame_needs_line_and_column():
    assert frame("shop.example/app.js:7") is None
    assert frame("shop.example:8443/app.js:1:30") == ("shop.example:8443/app.js", 1, 30)
    assert frame("shop.example/pixel.gif") is None


def test_two_scripts_of_one_name_are_not_mistaken_for_another():
    assert best_match("shop.example/js/app.js", ["admin/app.js", "mobile/app.js"]) == ""
    assert best_match("shop.example/js/app.js", ["dist/app.js"]) == "dist/app.js"
    assert best_match("shop.example/js/map.js", ["app.js"]) == ""


def test_a_map_speaks_for_its_release_alone_and_holds_no_source_text(store):
    keep_map(store, "shop", "r1", "assets/app.js", SourceMap(json.dumps(MAP)).without_text())
    sources = Sources(store, "shop")
    assert sources.of("r1", PLACE) == "src/cart.js:2 (cart)"
    assert sources.of("r2", PLACE) == ""
    assert Sources(store, "another").of("r1", PLACE) == ""
    assert sources.of("r1", PLACE.rpartition(":")[0]) == ""
    assert "secret" not in map_text(store, "shop", "r1", "assets/app.js")


def test_a_second_upload_takes_the_place_of_the_first(store):
    for mappings in ("AAAA", "AACA"):
        text = json.dumps({"version": 3, "sources": ["a.ts"], "names": [], "mappings": mappings})
        keep_map(store, "shop", "r1", "app.js", text)
    assert [one.file for one in kept_maps(store, "shop")] == ["app.js"]
    assert Sources(store, "shop").of("r1", "shop.example/app.js:1:1") == "a.ts:2"


@pytest.mark.long
def test_a_minified_error_is_shown_where_it_was_written(tmp_path):
    """The commands as people run them, beside a running collector."""
    folder = tmp_path / "dist" / "assets"
    folder.mkdir(parents=True)
    (folder / "app.js.map").write_text(json.dumps(MAP))
    (tmp_path / "broken.map").write_text("no")
    with running(tmp_path) as collector:
        error = event("page_error", error_type="TypeError", error_place=PLACE)
        sent = json.dumps(now(event("page_view"), error) | {"release": "r1"}).encode()
        with urllib.request.urlopen(f"{collector.url}/v1/beacons", data=sent, timeout=10) as answer:
            assert answer.status == 204
        wait_for(lambda: collector.count("snag_experience.friction_events"))

        def shown() -> str:
            (error,) = json.loads(collector.snag("friction", "show", "--json"))["errors"]
            assert error["error_place"] == PLACE
            return error["source"]

        assert shown() == ""
        upload = ("sourcemaps", "upload", "--release", "r1")
        broken = str(tmp_path / "broken.map")
        assert "no source map was uploaded" in collector.snag(*upload, broken, code=2)
        assert shown() == ""
        # one that is broken does not keep the others back
        assert "broken.map is not a valid source map: it is not JSON" in collector.snag(
            *upload, str(tmp_path / "dist"), broken, code=1
        )
        assert shown() == "src/cart.js:2 (cart)"
        assert "src/cart.js:2" in collector.snag("friction", "show")
        (kept,) = json.loads(collector.snag("sourcemaps", "list", "--json"))["source_maps"]
        assert (kept["release"], kept["file"]) == ("r1", "assets/app.js")
        for path in ("assets/app.js.map", "app.js.map", "v1/sourcemaps"):
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(f"{collector.url}/{path}", timeout=10)
            assert error.value.code == 404
            error.value.close()
