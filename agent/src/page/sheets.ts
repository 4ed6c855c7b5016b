/** What style sheets make of attributes and custom properties: whether a person can see that one has changed. */
import { MOST_RULES } from "../limits";

interface Sheet {
  _length: number;
  /** selectors, as of the top, of rules that name an attribute and show something */
  _selectors: string[];
  /** attributes whose value a rule writes out */
  _written: string;
  /** custom properties that are used; read when first asked for */
  _used?: string;
}

const known = new WeakMap<CSSStyleSheet, Sheet | null>();
/** What a person does not see. */
const UNSEEN = /^(cursor|pointer-events|user-select|-webkit-user-select|touch-action|will-change|transition)/;
/** Attributes that only say where the focus or the pointer is. */
const TOUCH = /focus|hover|press(ed|ing)$/;

/** Whether some rule shows `element`, or what is around it, otherwise since its attribute went from `before` to `after`. */
export function isStyled(element: Element, attribute: string, before: string | null, after: string | null): boolean {
  if (TOUCH.test(attribute) && attribute !== "aria-pressed") return false;
  const tests = new RegExp(`\\[\\s*${attribute}\\s*(?:([~|^$*]?)=\\s*("[^"]*"|'[^']*'|[^\\]\\s]+)[^\\]]*)?\\]`, "g");
  return sheetsOf(element).some((sheet) => {
    if (!sheet) return /^(aria|data)-/.test(attribute); // nobody may read it: it may show this
    if (sheet._written.includes(`(${attribute})`)) return true;
    return sheet._selectors.some((selector) => {
      let differs = false;
      const rest = selector.replace(tests, (_, operator, value = "") => {
        const isMet = (text: string | null) => meets(text, operator, value.replace(/^["']|["']$/g, ""));
        differs ||= isMet(before) !== isMet(after);
        return ":not(x-none)";
      });
      return differs && concerns(element, rest);
    });
  });
}

/** Whether some rule, or the element itself, uses one of these custom properties. */
export function usesProperties(element: Element, names: string[]): boolean {
  if (!names[0]) return false;
  const own = uses(element.outerHTML.slice(0, 5000));
  return sheetsOf(element).some((sheet) => !sheet || names.some((name) => (own + used(sheet)).includes(`(${name},`)));
}

function meets(value: string | null, operator: string | undefined, wanted: string): boolean {
  if (value === null || operator === undefined) return value !== null;
  if (operator === "~") return value.split(/\s+/).includes(wanted);
  if (operator === "^") return value.startsWith(wanted);
  if (operator === "$") return value.endsWith(wanted);
  if (operator === "*") return value.includes(wanted);
  return value === wanted || (operator === "|" && value.startsWith(wanted + "-"));
}

/** Whether the selector, without its tests of the attribute, fits the element or what its state may show: below and beside it. */
function concerns(element: Element, selector: string): boolean {
  const plain = selector.replace(/::?(before|after|placeholder|marker|part\([^)]*\)|-webkit-[\w-]+|-moz-[\w-]+)|::slotted|:(hover|active|focus(-visible|-within)?)\b/g, "");
  if (/:has\(|:host/.test(plain)) return true;
  try {
    return element.matches(plain) || !!(element.parentElement ?? element).querySelector(plain);
  } catch {
    return true; // taken apart too far
  }
}

/** The sheets that may style an element; null: one that nobody may read. */
function sheetsOf(element: Element): (Sheet | null)[] {
  const root = element.getRootNode() as Document | ShadowRoot;
  return [root, element.shadowRoot, ...(root === element.ownerDocument ? [] : [element.ownerDocument])].flatMap((one) =>
    one?.styleSheets ? [...one.styleSheets, ...(one.adoptedStyleSheets ?? [])].filter((sheet) => !sheet.disabled).map(read) : [],
  );
}

function read(sheet: CSSStyleSheet): Sheet | null {
  try {
    const { length } = sheet.cssRules;
    const last = known.get(sheet);
    if (last?._length === length) return last;
    const found: Sheet = { _length: length, _selectors: [], _written: "" };
    gather(sheet.cssRules, "", found, MOST_RULES);
    sources.set(found, sheet);
    known.set(sheet, found);
    return found;
  } catch {
    return null;
  }
}
const sources = new WeakMap<Sheet, CSSStyleSheet>();

function gather(rules: CSSRuleList, parent: string, into: Sheet, room: number): void {
  for (const rule of [...rules].slice(0, room) as any[]) {
    const own: string | undefined = rule.selectorText;
    const selector = own && parent ? (own.includes("&") ? own.replace(/&/g, `:is(${parent})`) : `:is(${parent}) ${own}`) : (own ?? parent);
    if (selector?.includes("[") && rule.style && [...rule.style].some((name: string) => !UNSEEN.test(name))) into._selectors.push(selector);
    const content = rule.style?.content;
    if (content?.includes("attr(")) into._written += content;
    if (rule.cssRules ?? rule.styleSheet) gather(rule.cssRules ?? rule.styleSheet.cssRules, selector, into, room);
  }
}

function used(sheet: Sheet): string {
  return (sheet._used ??= uses([...sources.get(sheet)!.cssRules].map(({ cssText }) => cssText).join()));
}

/** `(--a,(--b,` of a text with `var(--a)` and `var( --b, red)`. */
function uses(css: string): string {
  return [...css.matchAll(/var\(\s*(--[\w-]+)/g)].map(([, name]) => `(${name},`).join("");
}
