"""Kinds of pages that the agent was not built with: what a person can see there decides, not how the page was made."""

import asyncio

import pytest

from tests.agent.episodes import Episode, Visit, clicks, play_all

DEAD = "dead_click"
RAGE = "rage_click"
SLOW = "slow_step"


def page(name: str, html: str, visit: Visit, *kinds: str, allowed: tuple[str, ...] = ()) -> Episode:
    return Episode(name, visit, frozenset(kinds), frozenset(allowed), html=html)


def does(*steps: str, every: float = 0.4, after: float = 3.6) -> Visit:
    """Clicks on selectors (`#b`), types (`#a=text`), presses (`key Enter`), waits (`2.5`) or goes `back`."""

    async def visit(page) -> None:
        await page.wait_for_timeout(400)
        for step in steps:
            if step == "back":
                await page.go_back()
            elif step.startswith("key "):
                await page.keyboard.press(step[4:])
            elif step.replace(".", "").isdigit():
                await page.wait_for_timeout(float(step) * 1000)
            elif "=" in step:
                field, text = step.split("=")
                await page.click(field)
                await page.keyboard.type(text, delay=5)
            else:
                await page.click(step, timeout=5000)
            await page.wait_for_timeout(every * 1000)
        await page.wait_for_timeout(after * 1000)

    return visit


TOGGLE = "<button id=b {0}=false>Wifi</button><script>b.onclick=()=>b.setAttribute('{0}',b.getAttribute('{0}')!='true')</script>"
POLLED = """<button id=b>Report</button><p id=o></p><script>b.onclick=async()=>{await fetch('/api/json',{method:'POST'});
let n=0;const ask=async()=>{await (await fetch('/api/json')).json();if(++n<5)setTimeout(ask,900);else o.innerHTML='<b>Here it is</b>'};ask()}</script>"""
SHADOW = """<x-a></x-a><script>customElements.define('x-a',class extends HTMLElement{constructor(){super();
this.attachShadow({mode:'%s'}).innerHTML=`%s`;%s}})</script>"""
AUTOSAVE = """<input id=a name=first><input id=c name=last><button>Log out</button><script>for(const f of [a,c])f.onchange=()=>
fetch('/api/json',{method:'PUT',body:JSON.stringify({[f.name]:f.value})})</script>"""
INTERCEPTED = """<a id=x href=/list>list</a> <a id=y href=/cart>cart</a><main></main><script>navigation.addEventListener('navigate',e=>{
const to=new URL(e.destination.url);if(!e.canIntercept||to.origin!=location.origin)return;
e.intercept({async handler(){document.querySelector('main').innerHTML='<h1>'+to.pathname+'</h1>'}})})</script>"""
GAME = """<canvas id=g width=600 height=400></canvas><button id=b>Jump</button><script>let y=9;const x=g.getContext('2d');
b.onclick=()=>y=40;(function f(){x.clearRect(0,0,600,400);x.fillRect(10,y,20,20);requestAnimationFrame(f)})()</script>"""

SILENT = [
    page("aria_pressed", "<style>[aria-pressed=true]{background:#123}</style>" + TOGGLE.format("aria-pressed"), clicks(times=4)),
    page("data_state", "<style>[data-state=true]{color:red}</style>" + TOGGLE.format("data-state"), clicks()),
    page("data_state_below", "<style>[data-on=true] i{color:red}</style>" + TOGGLE.format("data-on").replace("Wifi", "<i>W</i>"), clicks()),
    page("theme_on_html", "<style>[data-theme=dark] p{background:#111}</style><button id=b>Dark</button><p>x</p>"
         "<script>b.onclick=()=>document.documentElement.dataset.theme='dark'</script>", clicks()),
    page("custom_property", "<style>p{color:var(--tone)}</style><button id=b>Red</button><p>x</p>"
         "<script>b.onclick=()=>document.documentElement.style.setProperty('--tone','red')</script>", clicks()),
    page("attribute_written_out", "<style>b::after{content:attr(data-n)}</style><b id=b style=cursor:pointer data-n=0>n</b>"
         "<script>b.onclick=()=>b.dataset.n++</script>", clicks(times=3)),
    page("rule_through_cssom", "<style id=s>p{color:red}</style><button id=b>Green</button><p>x</p>"
         "<script>b.onclick=()=>s.sheet.insertRule('body{background:green}')</script>", clicks()),
    page("sheet_switched", "<style id=s>p{font-size:40px}</style><button id=b>Small</button><p>x</p>"
         "<script>b.onclick=()=>s.sheet.disabled=!s.sheet.disabled</script>", clicks()),
    page("animated_by_script", "<button id=b>Save</button><script>b.onclick=()=>b.animate([{background:'red'},{background:'white'}],900)</script>", clicks()),
    page("answer_is_replaced", "<button id=b>A</button><button id=c>B</button><p id=o></p><script>b.onclick=()=>o.textContent='a';c.onclick=()=>o.textContent='b'</script>",
         does("#b", "#c", every=0.1)),
    page("answer_goes_with_the_view", "<main id=m><button id=b>Add to cart</button><i id=n></i><button id=c>Go</button></main><script>b.onclick=()=>n.textContent='1';"
         "c.onclick=()=>{history.pushState({},'','/cart');m.innerHTML='<h1>Cart</h1>'}</script>", does("#b", "#c", every=0.1)),
    page("popover_in_shadow_root", SHADOW % ("open", "<button popovertarget=m>Menu</button><div popover id=m>items</div>", ""), does("x-a button")),
    page("toast_in_closed_root", SHADOW % ("closed", "<p>x</p>", "const r=this.shadowRoot;") + "<button id=b>Save</button><script>class T extends HTMLElement{constructor(){super();"
         "this.r=this.attachShadow({mode:'closed'})}say(t){this.r.innerHTML='<p>'+t+'</p>'}}customElements.define('x-t',T);const t=document.createElement('x-t');"
         "document.body.append(t);b.onclick=()=>t.say('Saved')</script>", clicks()),
    page("drawn_by_a_worker", "<canvas id=g width=300 height=150></canvas><button id=b>Draw</button><script>const o=g.transferControlToOffscreen();const w=new Worker(URL.createObjectURL("
         "new Blob([`onmessage=e=>{if(e.data.c)self.x=e.data.c.getContext('2d');else x.fillRect(0,0,99,99)}`])));w.postMessage({c:o},[o]);b.onclick=()=>w.postMessage({})</script>", clicks(times=3)),
    page("button_of_a_game", GAME, clicks(times=4)),
    page("timer_of_its_own", "<button id=b>Load</button><p id=o></p><script>b.onclick=()=>{o.textContent='Loading ...';setTimeout(()=>0,5000);"
         "fetch('/api/json?ms=900').then(()=>o.innerHTML='<h2>12 orders</h2>')}</script>", clicks(after=6)),
    page("route_of_an_app", "<a id=b href=#>Orders</a><main id=v>home</main><script>b.onclick=e=>{e.preventDefault();history.pushState({},'','?r=1');v.textContent='Loading ...';"
         "fetch('/api/json?ms=900').then(r=>r.json()).then(()=>v.innerHTML='<h2>12 orders</h2>')}</script>", clicks(after=6)),
    page("superseded", "<button id=b>One</button><button id=c>Two</button><p id=o></p><script>let k;const go=async n=>{o.append(n);k?.abort('superseded');k=new AbortController();"
         "try{o.append(await (await fetch('/api/json?ms=1500',{signal:k.signal})).text())}catch(w){if(w!='superseded')throw w}};b.onclick=()=>go(1);c.onclick=()=>go(2)</script>", does("#b", "#c")),
    page("mark_that_stays", "<form id=f><input id=a name=a><input id=c name=c><button id=b>Send</button></form><script>f.onsubmit=async e=>{e.preventDefault();"
         "if(a.value.length<3){a.ariaInvalid='true';o.textContent='Too short';return}await fetch('/api/json',{method:'POST',body:a.value});o.textContent='Thanks '+Date.now()}</script>"
         "<p id=o></p>", does("#a=x", "#c=y", "#b", "1", "#a=yz", "#b", "1.5", "#b"), allowed=()),
    page("invalid_from_the_start", "<form id=f><input id=a class=is-invalid name=a><input id=c name=c><button id=b>Send</button></form><p id=o></p><script>f.onsubmit=async e=>{"
         "e.preventDefault();await fetch('/api/json',{method:'POST',body:a.value});o.textContent='Thanks'}</script>", does("#a=hello", "#c=y", "#b")),
    page("saves_itself", AUTOSAVE, does("#a=Anna", "#c=Blum", "key Tab")),
    page("dialog_closed_twice", "<dialog id=d><form method=dialog><button id=x>Close</button></form></dialog><button id=b>Open</button><script>b.onclick=()=>d.showModal()</script>",
         does("#b", "#x", "#b", "#x")),
    page("share_of_a_foreign_sheet", "<link rel=stylesheet href='http://localhost:1/x.css'>" + "<style>[data-state=true]{color:red}</style>" + TOGGLE.format("data-state"), clicks(),
         allowed=("page_error",)),
    page("boxes_of_colour", "<div style='width:99px;height:99px;background:red'></div>", does("6", after=0)),
    page("selects_for_the_visitor", "<pre id=p>npm i x</pre><button id=b>Select</button><script>b.onclick=()=>getSelection().selectAllChildren(p)</script>", clicks()),
    page("answered_by_socket_like_worker", "<button id=b>Sum</button><p id=o></p><script>const w=new Worker(URL.createObjectURL(new Blob(['onmessage=()=>setTimeout(()=>postMessage(1),1200)'])));"
         "w.onmessage=()=>o.textContent='42';b.onclick=()=>w.postMessage(0)</script>", clicks()),
    page("attribute_without_a_value", "<style>[chosen]{background:#123}</style><button id=b>Second</button><script>b.onclick=()=>b.setAttribute('chosen','')</script>", clicks()),
    page("month_drawn_anew", "<style>.on{background:red}</style><div id=m></div><script>let on=0;const draw=()=>m.innerHTML='<table>'+[...Array(35)].map((_,k)=>"
         "`<td class='day of-the-month selectable weekday enabled in-view ${k==on?'on':''}' id=d${k}><a href=#>${k}</a></td>`).join('')+'</table>';draw();"
         "m.onclick=e=>{e.preventDefault();on=+e.target.textContent;draw()}</script>", does("#d33 a", "#d34 a")),
    page("outline_of_a_choice", "<style>[data-state=true]{outline:2px solid red}</style>" + TOGGLE.format("data-state"), clicks()),
    page("stepped_down_and_up", "<div><button id=b>-</button><input id=i value=3><button id=c>+</button></div><script>b.onclick=()=>i.value--;c.onclick=()=>i.value++</script>",
         does("#b", "#c", every=0.8)),
    page("chosen_by_class", "<nav><a id=b class='nav-item active' role=button>Home</a><a class=nav-item role=button>Shop</a></nav>", clicks()),
    page("chosen_again_after_another", "<style>.on{background:red}</style><button id=b>A</button><p></p><button id=c>B</button><script>for(const x of [b,c])x.onclick=()=>x.className='on'</script>",
         does("#b", "#b", "#c", "#c", every=0.8)),
    page("loader_that_is_always_there", "<style>.loader{height:0}</style><div id=f class=field><i class=loader></i>City</div><button id=b>Pick</button><script>b.onclick=()=>f.className='field chosen'</script>",
         clicks(after=5)),
    page("drawn_on_a_canvas_asked_for_later", "<button id=b>Draw</button><canvas id=g></canvas><script>b.onclick=()=>g.getContext('2d').fillRect(0,0,50,50)</script>", clicks()),
    page("radio_that_is_chosen", "<label><input type=radio name=r checked id=b>A</label><label><input type=radio name=r>B</label>", clicks(times=2)),
    page("slider_thumb", "<i role=slider tabindex=0 id=b style='display:block;width:20px;height:20px;background:red'></i>", clicks()),
]  # fmt: skip

FOUND = [
    page("aria_pressed_without_style", TOGGLE.format("aria-pressed"), clicks(), DEAD),
    page("looks_like_a_button", "<div id=b class=btn style=cursor:pointer>Upgrade</div>", clicks(times=4, every=0.15), DEAD, RAGE),
    page("icon_of_a_card", "<div id=b style='cursor:pointer;padding:20px'><h3>Upgrade now</h3><span>for more</span></div>", clicks(times=4, every=0.15), DEAD, RAGE),
    page("layer_on_top", "<button id=b>Pay</button><div style='position:fixed;inset:0'></div>", clicks(times=4, every=0.2), DEAD, RAGE),
    page("ripple_by_properties", "<style>#b{background:radial-gradient(circle at var(--x) var(--y),#eee,#fff)}</style><button id=b>Pay</button><script>b.onpointerdown=e=>{"
         "b.style.setProperty('--x',e.offsetX+'px');b.style.setProperty('--y',e.offsetY+'px')}</script>", clicks(times=4), DEAD, RAGE),
    page("ripple_by_animation", "<button id=b style=position:relative>Pay<i id=i style=position:absolute;inset:0></i></button><script>b.onpointerdown=()=>i.animate([{opacity:.5},{opacity:0}],300)</script>",
         clicks(times=4), DEAD, RAGE),
    page("film_that_never_comes", "<video id=v src=/status/404></video><button id=b>Play</button><script>b.onclick=()=>v.play().catch(()=>0)</script>", clicks(times=5), DEAD, RAGE,
         allowed=("page_error",)),
    page("required_but_hidden", "<form><input required style=display:none><button id=b>Finish</button></form>", clicks(), DEAD, allowed=("form_abandonment", "input_refused")),
    page("switch_springs_back_in_a_shadow_root", SHADOW % ("open", "<input type=checkbox id=k>", "this.shadowRoot.querySelector('input').onclick=e=>{const k=e.target;setTimeout(()=>k.checked=false)}"),
         does(*["x-a input"] * 6, every=0.15), RAGE, allowed=(DEAD,)),
    page("paid_into_an_empty_place", "<button id=b>Pay</button><p id=o></p><script>b.onclick=async()=>{await fetch('/api/json?ms=4200');o.textContent='Paid'}</script>",
         clicks(times=4, after=6), SLOW, allowed=(RAGE,)),
    page("job_that_is_polled", POLLED, clicks(after=7), SLOW),
    page("answered_late_by_a_worker", "<button id=b>Sum</button><p id=o></p><script>const w=new Worker(URL.createObjectURL(new Blob(['onmessage=()=>setTimeout(()=>postMessage(1),3800)'])));"
         "w.onmessage=()=>o.textContent='42';b.onclick=()=>w.postMessage(0)</script>", clicks(after=6), SLOW),
    page("error_in_a_database", "<button id=b>Open</button><p id=o></p><script>b.onclick=()=>{o.textContent='x';const r=indexedDB.open('q');r.onsuccess=()=>{throw new Error('broken')}}</script>",
         clicks(), "error_click", "page_error"),
    page("interface_says_not_found", "<button id=b>Show</button><p id=o></p><script>b.onclick=async()=>{const r=await fetch('/status/404');if(!r.ok)o.textContent='Something went wrong'}</script>",
         clicks(), "error_click", "failed_action"),
    page("logged_at_load", "<h1>x</h1><script>console.error(new Error('mount failed'))</script>", does("1", after=0), "page_error"),
    page("form_without_a_form", "<div><input id=a type=text name=a><input id=c name=c type=text><button type=button>Save</button></div><a id=z href=/other>away</a>",
         does("#a=hello", "#c=you", "#z", after=0.5), "form_abandonment"),
    page("one_field_emptied_again", "<form id=f><input id=a name=code><button id=b>Check</button><p id=o></p></form><script>f.onsubmit=e=>{e.preventDefault();a.value='';o.textContent='Wrong code '+Math.random()}</script>",
         does("#a=1234", "#b", "#a=5678", "#b", "#a=9999", "#b"), "field_refill", allowed=("validation_loop",)),
    page("story_behind_a_wall", "<a id=x href=#>Story</a><main id=m><h1>Home</h1></main><script>x.onclick=e=>{e.preventDefault();history.pushState({},'','/story');"
         "m.innerHTML='<h1>Story</h1><dialog open>Subscribe</dialog>'};onpopstate=()=>m.innerHTML='<h1>Home</h1>'</script>", does("#x", "1.5", "back", after=1), "quick_back"),
    page("state_replaced_on_the_way_back", "<a id=x href=#>A</a><main id=m>home</main><script>x.onclick=e=>{e.preventDefault();history.pushState({},'','/list');m.textContent='list'};"
         "addEventListener('popstate',()=>{history.replaceState({y:scrollY},'');m.textContent='home'})</script>", does("#x", "1", "back", after=1), "quick_back"),
    page("views_of_the_navigation_interface", INTERCEPTED, does("#x", "1", "back", after=1), "quick_back"),
    page("dead_after_a_field_is_filled", "<p><input id=a></p><p><i>x</i></p><section><div><div><div><button id=b>Go</button></div></div></div></section>", does("#a=word", "#b"), DEAD),
    page("component_that_only_tells_its_page", "<i role=button tabindex=0 id=b>Pick</i><script>b.onclick=()=>b.dispatchEvent(new Event('change',{bubbles:true}))</script>",
         clicks(), DEAD),
    page("layer_on_top_of_a_shadow_root", SHADOW % ("open", "<button>Menu</button>", "this.shadowRoot.querySelector('button').onclick=()=>this.append('x')")
         + "<div style=position:fixed;inset:0></div>", clicks(on="x-a", times=4, every=0.2), DEAD, RAGE),
    page("checkbox_put_back", "<style>i{opacity:0;transition:opacity .3s}:checked+i{opacity:1}</style><label><input type=checkbox id=b><i>on</i></label><script>let own;b.onclick=()=>"
         "{if(!own)setTimeout(()=>{own=1;b.click();own=0},120)}</script>", clicks(times=4), DEAD, RAGE),
    page("style_of_the_focus", "<style>[data-focus-visible]{background:red}</style><button id=b>Pay</button><script>b.onfocus=()=>b.dataset.focusVisible=''</script>", clicks(), DEAD),
]  # fmt: skip


@pytest.fixture(scope="module")
def played(request):
    wanted = [
        item.callspec.params["episode"]
        for item in request.session.items
        if getattr(item, "module", None) is request.module
        and "episode" in getattr(getattr(item, "callspec", None), "params", {})
    ]
    return asyncio.run(play_all(wanted))


@pytest.mark.parametrize("episode", SILENT + FOUND, ids=lambda episode: episode.id)
def test_what_a_person_sees_is_what_is_reported(episode, played):
    came = played[episode.id]
    assert not came.refused
    assert not came.faults
    assert episode.expected <= came.kinds <= episode.expected | episode.allowed
