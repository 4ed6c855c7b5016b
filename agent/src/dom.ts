/** Small questions about elements, asked across open shadow roots. */

/** The parent, or the host of the shadow root that the node stands in. */
export function up(node: Node): Element | null {
  return node.parentElement ?? ((node.parentNode ?? node) as ShadowRoot).host ?? null;
}

/** `closest`, but out of shadow roots. */
export function closest(from: Element | null, selector: string): Element | null {
  for (let at = from; at; at = (at.getRootNode() as ShadowRoot).host ?? null) {
    const found = at.closest(selector);
    if (found) return found;
  }
  return null;
}

/** Whether `outer` is `inner` or contains it, through shadow roots. */
export function holds(outer: Element, inner: Node): boolean {
  for (let at: Node | null = inner; at; at = up(at)) if (at === outer) return true;
  return false;
}

/** Whether a person could see it: rendered, not transparent, larger than a tracking pixel. */
export function isVisible(element: Element | null): boolean {
  if (!element?.isConnected || UNSEEN.test(element.nodeName)) return false;
  if (isShown(element)) {
    const { width, height } = element.getBoundingClientRect();
    if (width > 1 && height > 1) return true;
  }
  // a wrapper without a box of its own
  return [...element.children].slice(0, 5).some(isVisible);
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
  return closest(
    element,
    "select,canvas,video,audio,iframe,object,[type=file],[type=color],[type=range],[type=radio]",
  );
}

export const CONTROL =
  "a[href],button,summary,label,input,select,textarea,[onclick],[role=button],[role=link],[role=tab],[role^=menuitem],[role=checkbox],[role=switch],[role=radio],[role=option]";

/** Emptied by use, and never sent as a form is. */
export const SEARCH = "[type=search],[role=search] input,[role=searchbox],[role=combobox],[name=q],[name=query]";
