/** How the surroundings of a control stand, to compare before and after: what no record reports. */
import { closest } from "./dom";

/** Values of the controls near `element`, sizes and visibility around it, and the page's colours; never sent. */
export function snapshot(element: Element): string {
  const { parentElement, ownerDocument } = element;
  const { body } = ownerDocument;
  const near = closest(element, "label,fieldset,[role*=group],li,tr,form") ?? withField(element);
  const control = (closest(element, "label") as HTMLLabelElement | null)?.control;
  const fields = [element, control, ...near.querySelectorAll("input,select,textarea")].slice(0, 20);
  const boxes = [element, parentElement, element.nextElementSibling, parentElement?.nextElementSibling];
  // the page as a whole grows for many reasons
  // not getBoundingClientRect: a button that shrinks under the finger is no answer
  const { backgroundColor, color } = getComputedStyle(body);
  return JSON.stringify([
    fields.map((field: any) => field && [field.checked, field.indeterminate, field.selectedIndex, field.value]),
    boxes.map((box: any) => box && box !== body && [isRendered(box), box.offsetWidth, box.offsetHeight]),
    backgroundColor,
    color,
  ]);
}

/** Not by its opacity, which goes there and back in its own time. */
function isRendered(element: any): boolean {
  return element.checkVisibility?.({ visibilityProperty: true });
}

/** The nearest ancestor that holds a field: the buttons of a stepper stand beside it, in boxes of their own. */
function withField(element: Element): Element {
  let at = element;
  for (let level = 0; level < 3 && at.parentElement && at.parentElement !== element.ownerDocument.body; level++) {
    at = at.parentElement;
    if (at.querySelector("input,select,textarea")) break;
  }
  return at;
}
