/** Small questions about elements, asked across shadow roots. */

/** The parent, or the host of the shadow root that the node stands in. */
export function up(node: Node): Element | null {
  return node.parentElement ?? ((node.parentNode ?? node) as ShadowRoot).host ?? null;
}

/** `closest`, but out of shadow roots. */
export function closest(from: Element | null, selector: string): Element | null {
  for (let at = from; at; at = (at.getRootNode() as ShadowRoot).host ?? null) {
    const match = at.closest(selector);
    if (match) return match;
  }
  return null;
}

/** Whether `outer` is `inner` or contains it, through shadow roots. */
export function holds(outer: Element, inner: Node): boolean {
  for (let at: Node | null = inner; at; at = up(at)) if (at === outer) return true;
  return false;
}

/** Whether a person could see it: rendered, not transparent, larger than a tracking pixel, and where one can scroll to. */
export function isVisible(element: Element | null): boolean {
  if (!element?.isConnected || UNSEEN.test(element.nodeName)) return false;
  if (isShown(element)) {
    const { width, height, right, bottom } = element.getBoundingClientRect();
    const isReachable = right + scrollX > 0 && bottom + scrollY > 0;
    if (width > 1 && height > 1 && isReachable) return !isBehind(element);
  }
  // a wrapper without a box of its own
  return [...element.children].slice(0, 5).some(isVisible);
}

/** Whether an open modal dialog stands before it. */
function isBehind(element: Element): boolean {
  const modal = element.ownerDocument.querySelector("dialog:modal");
  return !!modal && !holds(modal, element) && !closest(element, "dialog,[popover]");
}

/** Whether its styles let it be seen. */
export function isShown(element: any): boolean {
  return element.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) ?? true;
}

/** Elements that are never seen themselves. */
export const UNSEEN = /^(script|style|link|meta|noscript|template|title|head)$/i;

const TEXT_FIELD = ":read-write,[readonly],[role=textbox]";

/** A field that is clicked to put the caret there. */
export function isTextField(element: Element | null): unknown {
  return closest(element, TEXT_FIELD);
}

/** Controls whose reaction the browser draws itself, where no page can see it. */
export function isNative(element: Element): unknown {
  return closest(element, "select,canvas,video,audio,iframe,object,embed,[type=file],[type=color],[type=range],[type=date],[type=time],[role=slider],[role=scrollbar]");
}

export const CONTROL =
  "a[href],button,summary,label,input,select,textarea,[onclick],[role=button],[role=link],[role=tab],[role^=menuitem],[role=checkbox],[role=switch],[role=radio],[role=option]";

/** Emptied by use, and never sent as a form is. */
export const SEARCH = "[type=search],[role=search] input,[role=searchbox],[role=combobox],[name=q],[name=query]";

/** Something that lies before the page, and is not the page. */
export const DIALOG = "dialog,[role=dialog],[role=alertdialog],[aria-modal=true]";

/** The outermost element around `target` that shows the hand: what a visitor takes for one thing to click. */
export function pointerRoot(target: Element): Element {
  let root = target;
  while (isPointer(root)) {
    const parent = up(root);
    if (!parent || !isPointer(parent) || /^(body|html|main)$/.test(parent.localName)) break;
    root = parent;
  }
  return root;
}

function isPointer(element: Element): boolean {
  return getComputedStyle(element).cursor === "pointer";
}

/** The control that a visitor sees, and means, where a layer without content of its own lies on top of it. */
export function controlBelow(layer: Element, x: number, y: number): Element | null {
  if (layer.childElementCount || layer.textContent!.trim() || !layer.isConnected || isTextField(layer)) return null;
  const { position, backgroundColor, backgroundImage } = getComputedStyle(layer);
  if (!/absolute|fixed/.test(position) || backgroundImage !== "none" || !isTransparent(backgroundColor)) return null;
  for (const element of allFromPoint(layer.ownerDocument, x, y)) {
    const control = element !== layer && !holds(layer, element) && !holds(element, layer) && closest(element, CONTROL);
    if (control) return control;
  }
  return null;
}

/** What lies at a point, the uppermost first, also within shadow roots. */
function allFromPoint(root: Document | ShadowRoot, x: number, y: number): Element[] {
  return root.elementsFromPoint(x, y).flatMap((one) => (one.shadowRoot && one.shadowRoot !== root ? [...allFromPoint(one.shadowRoot, x, y), one] : one));
}

/** Whether a computed colour lets what is below shine through. */
export function isTransparent(colour: string): boolean {
  return /^rgba\(.*, 0(\.[0-5]\d*)?\)$|^transparent$|\/ 0(\.[0-5]\d*)?\)$/.test(colour);
}
