/** Forms: begun and left, refused, typed again. Never what is in a field. */
import type { Activation } from "./activation";
import { closest, isVisible, SEARCH } from "./dom";
import { kept } from "./kept";
import type { Core } from "./main";
import { Outcome } from "./outcome";
import type { Draft, Growing, Stamp } from "./report";
import { listen, soon } from "./safe";
import { route } from "./scrub";
import { isIgnored, namesOf } from "./selector";

const SEND = "button:not([type=button],[type=reset]),[type=submit]";
/** How pages show what they refuse. Angular's ng-invalid says it of an untouched field, too. */
const REFUSED = "[aria-invalid=true],[role=alert],[class*=error i],[class*=invalid i]:not([class*=ng-])";
/** Kinds of fields that are typed into. */
const TYPED = /^(text|email|tel|url|number|password)/;
const REFUSALS = /^4(0[0139]|22|29)$/;
const SAME_TRY_MS = 2000;
/** An answer is drawn by then. */
const DRAWN_MS = 500;

interface Field extends Growing {
  length: number;
  typed?: boolean;
  /** the page emptied it, not the visitor */
  emptied?: boolean;
  /** how often it was typed again after the page had emptied it, and after the visitor had */
  lost: number;
  again: number;
}

interface Form {
  element: Element;
  stamp: Stamp;
  fields: Map<any, Field>;
  sent?: boolean;
  refusedBy?: Activation;
  edited?: boolean;
  refusals: number;
  /** what was refused last, to be marked as overcome */
  open: Growing[];
  loop: Growing;
}

export function start({ judge, tell, latestOpen, causeNow, report: send, stamp }: Core): void {
  const forms = new Map<Element, Form>();

  const formOf = (from: Element): Form => {
    const element = elementOf(from);
    return kept(forms, element, { element, stamp: stamp(), fields: new Map(), refusals: 0, open: [], loop: {} });
  };

  /** Tell it once, and revise it when it goes on. */
  const put = ({ element, stamp }: Form, draft: Draft, growing?: Growing): void => {
    if (!isIgnored(element, "form")) send({ ...namesOf(element), ...draft }, stamp, growing);
  };

  const refuse = (form: Form, by: Activation, elements: Element[], why?: object): void => {
    for (const element of elements) form.open.push(send({ kind: "input_refused", ...namesOf(element), blocked: true, ...why }));
    form.sent = false;
    // an impatient second click on the same words is no second try
    if (form.refusedBy && !form.edited && by.t - form.refusedBy.t < SAME_TRY_MS) return;
    form.refusedBy = by;
    form.edited = false;
    const refused = { repeat_count: ++form.refusals, blocked: true, ...why };
    if (form.refusals > 1) put(form, { kind: "validation_loop", ...refused }, form.loop);
    tell((by) => by.refused?.(form.element, why && refused));
  };

  /** What came of a try to send a form. */
  const tried = (by: Activation, isAnswered: unknown = by.outcome === Outcome.acknowledged): void => {
    if (!by.thing.matches(SEND)) return;
    const form = formOf(by.thing);
    if (form.refusedBy === by) return;
    const shown = [...form.element.querySelectorAll(REFUSED)].filter(isVisible);
    if (shown[0]) refuse(form, by, shown.filter((one) => form.fields.has(one)), {});
    else if (isAnswered && !by.requests) {
      form.sent = true;
      tell((by) => by.accepted?.(form.element));
      // the visitor got over it
      for (const one of form.open.splice((form.refusals = 0))) send({ kind: "input_refused", blocked: false }, form.stamp, one);
    }
  };

  const left = (isExit?: unknown): void => {
    for (const [element, form] of forms) {
      const edited = [...form.fields].filter(([field, { length }]) => length && (element.localName === "form" || TYPED.test(field.type)));
      if (!isExit && edited.some(([field]) => isVisible(field))) continue;
      forms.delete(element);
      if (edited[1] && !form.sent && element.querySelector(SEND)) put(form, { kind: "form_abandonment", repeat_count: edited.length, blocked: true });
    }
  };

  const typed = (event: Pick<InputEvent, "type" | "composedPath"> & { data?: string | null }): void => {
    const target = event.composedPath()[0] as any;
    const { value, type } = target;
    if (value == null || target.matches(SEARCH)) return;
    const form = formOf(target);
    const field = kept(form.fields, target, { length: 0, lost: 0, again: 0 });
    const { length } = field;
    field.length = value.length;
    if (event.type !== "input") {
      // a chat empties its only field, and a form that was sent all of them
      if (length && !value) field.typed = field.emptied = [...form.fields.keys()].some((other) => TYPED.test(other.type) && other.value);
      return;
    }
    form.sent = false;
    form.edited = true;
    if (!value || !TYPED.test(type)) return;
    if (field.emptied) field.lost++;
    else if (field.typed && (!length || (length > 1 && event.data === value))) field.again++;
    field.emptied = false;
    field.typed = true;
    if (field.lost > 1 || field.again > 2) send({ kind: "field_refill", ...namesOf(target), repeat_count: field.lost + field.again }, form.stamp, field);
  };

  listen(window, "beforeinput input", typed);
  
  listen(window, "invalid reset submit", (event: Event) => {
    const target = event.target as Element;
    const by = causeNow() ?? latestOpen();
    if (event.type === "reset") forms.delete(target);
    else if (event.type === "invalid") by?.thing.matches(SEND) && refuse(formOf(target), by, [target]);
    // the page has not had its say yet
    else soon(() => event.defaultPrevented || (formOf(target).sent = true));
  });
  judge({
    committed: ({ thing }) => void (thing.matches(SEND) && elementOf(thing)),
    settled: (by) => tried(by),
    late: (by) => tried(by),
    viewed: () => soon(left, 300),
    leaving: (_, isExit) => isExit && left(isExit),
    answered(by, { status, address }) {
      if (status && status < 400) soon(() => tried(by, true), DRAWN_MS);
      const form = forms.get(elementOf(by.thing));
      if (form && REFUSALS.test("" + status)) {
        soon(() => refuse(form, by, [...form.element.querySelectorAll("[aria-invalid=true]")], { route: route(address), status }), DRAWN_MS / 5);
      }
    },
  });

  // this file comes after the page: what is filled in has been
  for (const field of document.querySelectorAll<any>("input,textarea")) {
    if (field.value && field.value !== field.defaultValue && TYPED.test(field.type)) typed({ type: "input", composedPath: () => [field] });
  }
}

/** The answer may take the place of a form's fields and button: what those belonged to before. */
const before = new WeakMap<Element, Element>();

/** What belongs together; without a form element what stands around field and button. */
function elementOf(from: Element): Element {
  const element = (!from.isConnected && before.get(from)) || (closest(from, "form,[role=form],[role=dialog]") ?? closest(from, ":has(button)") ?? from);
  before.set(from, element);
  return element;
}
