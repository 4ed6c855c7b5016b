// Finds what can be used, as a person sees it: put into each page before everything else.
(() => {
  const ROLES = ["button", "link", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "checkbox", "switch", "radio", "treeitem", "slider", "combobox", "spinbutton", "columnheader", "gridcell"];
  const USED = `button,a[href],summary,input,select,textarea,[contenteditable=true],${ROLES.map((role) => `[role=${role}]`)}`;
  function* all(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* all(element.shadowRoot);
    }
  }
  const up = (node) => node.parentElement ?? node.getRootNode().host;
  const holds = (outer, inner) => { for (let at = inner; at; at = up(at)) if (at === outer) return true; return false; };
  const at = (x, y) => { let found = document.elementFromPoint(x, y); while (found?.shadowRoot?.elementFromPoint(x, y) && found.shadowRoot.elementFromPoint(x, y) !== found) found = found.shadowRoot.elementFromPoint(x, y); return found; };
  const isDisabled = (element) => { for (let one = element; one; one = up(one)) if (one.matches(":disabled,[aria-disabled=true],[disabled],[inert]")) return true; return false; };
  const keyOf = (element, counts) => {
    const words = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 30);
    const key = `${element.localName}[${element.getAttribute("role") ?? element.type ?? ""}] ${words}`;
    counts[key] = (counts[key] ?? 0) + 1;
    return `${key} #${counts[key]}`;
  };
  const sortOf = (element) => {
    const role = element.getAttribute("role");
    if (element.matches("select")) return "select";
    if (element.matches("[type=range]") || role === "slider") return "slider";
    if (element.matches("textarea,[contenteditable=true],input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=range],[type=file],[type=color],[readonly])")) return "text";
    if (role === "combobox") return "list";
    if (element.matches("[role=gridcell],[role=columnheader]")) return "cell";
    return element.matches("[type=checkbox],[type=radio],[role=checkbox],[role=switch],[role=radio]") ? "choice" : element.matches("a[href],[role=link]") ? "link" : "button";
  };
  const isChosen = (element) => element.matches("[aria-selected=true],[aria-current]:not([aria-current=false]),[aria-checked=true][role=radio],[type=radio]:checked,.active,.is-active,.uk-active");
  const box = (element) => { const { x, y, width, height } = element.getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2, width, height }; };
  let list = new Map();
  /** Every control in sight of the page that lies on top, with its place. */
  window.sweepControls = () => {
    const counts = {}, found = [];
    list = new Map();
    for (const element of all(document.body)) {
      // what holds a control is used by it
      if (element.matches("td,th,li") && element.querySelector("button,a,input")) continue;
      if (!element.matches(USED) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const { width, height } = box(element);
      const key = keyOf(element, counts);
      if (width < 4 || height < 4 || isDisabled(element) || (element.shadowRoot && [...all(element.shadowRoot)].some((inner) => inner.matches(USED)))) continue;
      list.set(key, element);
      found.push({ key, sort: sortOf(element), chosen: isChosen(element) });
    }
    return found;
  };
  /** Where to click it, once it is scrolled to; null where something lies on top. */
  window.sweepPlace = (key) => {
    const element = list.get(key);
    if (!element?.isConnected) return null;
    const before = box(element);
    if (before.y < 0 || before.y > innerHeight) element.scrollIntoView({ block: "center", behavior: "instant" });
    const place = box(element);
    const top = at(place.x, place.y);
    return top && (holds(element, top) || (holds(top, element) && !top.matches("body,html"))) ? place : null;
  };
  /** What the page looks like, roughly: to know whether a use of it did something. */
  window.sweepLook = () => document.body.innerText + [...all(document.body)].map((element) => `${element.className}${element.getAttribute("aria-expanded")}${element.getAttribute("aria-selected")}${element.getAttribute("aria-checked")}${element.checked}${element.value}${element.getAttribute("style")}`).join();
  window.sweepElement = (key) => list.get(key);
})();
