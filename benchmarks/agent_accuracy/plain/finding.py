"""Going to and fro, and searching in vain."""

from benchmarks.agent_accuracy.episodes import friction
from benchmarks.agent_accuracy.visitor import Visitor

LINKS = "<h1>List</h1><ul><li><a id=one href=one>One</a><li><a id=two href=two>Two</a></ul>"
ROUTER = """<nav><a id=home href=home>Home</a> <a id=fares href=fares>Fares</a> <a id=rules href=rules>Rules</a></nav>
<main id=view><h2>home</h2></main><script>
const show = () => $('view').innerHTML = `<h2>${location.pathname.split('/').pop()}</h2><p>All about it</p>`;
document.querySelectorAll('nav a').forEach(a => a.onclick = event => { event.preventDefault();
history.pushState({}, '', a.getAttribute('href')); show() }); addEventListener('popstate', show)</script>"""


@friction("quick_back")
async def back_at_once(v: Visitor) -> None:
    v.serve("one", "<h1>Something else</h1><p>Not what was promised</p>")
    await v.open(LINKS)
    await v.click("#one")
    await v.page.wait_for_url("**/one")
    await v.pause(1.2, 3.2)
    await v.page.go_back()
    await v.settle()


@friction("quick_back")
async def back_by_a_link_of_the_page(v: Visitor) -> None:
    v.serve("one", "<h1>Something else</h1><a id=back href=start>Back to the list</a>")
    await v.open(LINKS)
    await v.click("#one")
    await v.page.wait_for_url("**/one")
    await v.pause(1.2, 3)
    await v.click("#back")
    await v.page.wait_for_url("**/start")
    await v.settle()


@friction("quick_back")
async def back_within_a_single_page_app(v: Visitor) -> None:
    await v.open(ROUTER, path="home")
    await v.click("#fares")
    await v.pause(1.2, 3.2)
    await v.page.go_back()
    await v.settle()


@friction("quick_back")
async def back_within_an_app_by_its_menu(v: Visitor) -> None:
    await v.open(ROUTER, path="home")
    await v.click("#rules")
    await v.pause(1.2, 3)
    await v.click("#home")
    await v.settle()


@friction("quick_back", allowed="navigation_loop")
async def back_at_once_from_two_entries(v: Visitor) -> None:
    v.serve("one", "<h1>One</h1><p>Sold out</p>")
    v.serve("two", "<h1>Two</h1><p>Sold out</p>")
    await v.open(LINKS)
    for name in ("one", "two"):
        await v.click(f"#{name}")
        await v.page.wait_for_url(f"**/{name}")
        await v.pause(1.2, 2.5)
        await v.page.go_back()
        await v.pause(1.2, 2)
    await v.settle()


@friction("navigation_loop", allowed="quick_back")
async def round_and_round_between_basket_and_login(v: Visitor) -> None:
    v.serve("basket", "<h1>Basket</h1><a id=pay href=login>Pay</a>")
    v.serve("login", "<h1>Members only</h1><a id=cart href=basket>Back to the basket</a>")
    await v.go("basket")
    for _ in range(3):
        await v.click("#pay")
        await v.page.wait_for_url("**/login")
        await v.pause(1.5, 4)
        await v.click("#cart")
        await v.page.wait_for_url("**/basket")
        await v.pause(1.5, 3)
    await v.settle()


@friction("navigation_loop", allowed="quick_back")
async def round_and_round_within_an_app(v: Visitor) -> None:
    await v.open(ROUTER, path="home")
    for _ in range(4):
        for name in ("fares", "rules"):
            await v.click(f"#{name}")
            await v.pause(1.5, 3)
    await v.settle()


@friction("search_refinement", allowed="navigation_loop quick_back")
async def three_searches_by_address(v: Visitor) -> None:
    body = "<form action=search><input id=q name=q type=search><button>Search</button></form><p>Some results</p>"
    await v.open(body, path="search")
    for words in ("return", "send back", "refund shoes"):
        await v.clear("#q")
        await v.keys(words)
        await v.press("Enter")
        await v.page.wait_for_load_state()
        await v.pause(2, 3)
    await v.settle()


@friction("search_refinement")
async def three_searches_in_place(v: Visitor) -> None:
    await v.open(
        "<input id=q type=search placeholder=Search><ul id=out></ul><script>$('q').onchange = async () => {"
        "const r = await api(200, 150); $('out').innerHTML = `<li>${$('q').value} 1<li>${$('q').value} 2` }</script>"
    )
    for words in ("invoice", "bill copy", "receipt pdf"):
        await v.clear("#q")
        await v.keys(words)
        await v.press("Enter")
        await v.pause(2, 3)
    await v.settle()


@friction("no_results")
async def nothing_found(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=q name=q type=search><button>Search</button></form><div id=out></div><script>"
        "$('f').onsubmit = async event => { event.preventDefault(); await api(200, 200);"
        "$('out').innerHTML = '<p data-snag-no-results>Nothing found</p>' }</script>"
    )
    await v.fill("#q", "umbrella stand")
    await v.press("Enter")
    await v.settle()


@friction("no_results")
async def nothing_found_on_a_page_of_its_own(v: Visitor) -> None:
    await v.open("<h1>Search</h1><p data-snag-no-results>Nothing found for that</p>", path="search")
    await v.settle()
