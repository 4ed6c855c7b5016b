/** Forms: begun and left, refused, typed again, sent twice; logins that fail, sessions that end. Never what is in a field. */
import { judge, latestOpen, type Activation } from "./activation";
import { causeNow, type Settled } from "./cause";
import { closest, isVisible, SEARCH } from "./dom";
import type { Draft, Growing, Report } from "./report";
import { listen, parsed, soon } from "./safe";
import { route } from "./scrub";
import { isIgnored, namesOf } from "./selector";
import { read, write } from "./session";

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
  stamp: ReturnType<Report["stamp"]>;
  fields: Map<any, Field>;
  sent?: boolean;
  last?: Activation;
  refusedBy?: Activation;
  edited?: boolean;
  refusals: number;
  /** what was refused last, to be marked as overcome */
  open: Growing[];
  told: Record<string, Growing>;
}

/** Begin; the first result hears of the answers to requests of activations, the second that the view is left. */
export function start(report: Report): { answered(cause: Activation, request: Settled): void; left(isExit?: unknown): void } {
  const forms = new Map<Element, Form>();

  const formOf = (from: Element): Form => {
    // without a form element: what stands around field and button
    const element = closest(from, "form,[role=form],[role=dialog]") ?? closest(from, ":has(button)") ?? from;
    const form = forms.get(element) ?? { element, stamp: report.stamp(), fields: new Map(), refusals: 0, open: [], told: {} };
    forms.set(element, form);
    return form;
  };
  /** Tell it once, and revise it when it goes on. */
  const tell = ({ told, element, stamp }: Form, draft: Draft) => {
    if (isIgnored(element, "form")) return;
    told[draft.kind] = report.send({ ...namesOf(element), ...draft }, stamp, told[draft.kind]);
  };
  const isLogin = ({ element }: Form) => element.querySelectorAll("[type=password]").length === 1 && !element.querySelector("[autocomplete^=new]");

  const refuse = (form: Form, by: Activation, elements: Element[], why: object, sent = true) => {
    for (const element of elements) form.open.push(report.send({ kind: "input_refused", ...namesOf(element), blocked: true, ...why }));
    form.sent = false;
    // an impatient second click on the same words is no second try
    if (form.refusedBy && !form.edited && by.t - form.refusedBy.t < SAME_TRY_MS) return;
    form.refusedBy = by;
    form.edited = false;
    const refused = { repeat_count: ++form.refusals, blocked: true, ...why };
    if (form.refusals > 1) tell(form, { kind: "validation_loop", ...refused });
    if (sent && isLogin(form)) tell(form, { kind: "login_failure", ...refused });
  };
  /** What came of a try to send a form. */
  const tried = (by: Activation, isAnswered: unknown = by.outcome === "acknowledged") => {
    const form = formOf(by.thing);
    if (!by.thing.matches(SEND) || form.refusedBy === by) return;
    const shown = [...form.element.querySelectorAll(REFUSED)].filter(isVisible);
    if (shown[0]) refuse(form, by, shown.filter((one) => form.fields.has(one)), {});
    else if (isAnswered && !by.requests) {
      form.sent = true;
      if (isLogin(form)) write("in", 1);
      // the visitor got over it
      for (const one of form.open.splice((form.refusals = 0))) report.send({ kind: "input_refused", blocked: false }, form.stamp, one);
    }
  };
  const left = (isExit?: unknown) => {
    for (const [element, form] of forms) {
      const edited = [...form.fields].filter(([field, { length }]) => length && (element.localName === "form" || TYPED.test(field.type)));
      if (!isExit && edited.some(([field]) => isVisible(field))) continue;
      forms.delete(element);
      if (edited[1] && !form.sent && element.querySelector(SEND)) tell(form, { kind: "form_abandonment", repeat_count: edited.length, blocked: true });
    }
  };

  listen(window, "beforeinput input", (event: InputEvent) => {
    const target = event.composedPath()[0] as any;
    const value: string | undefined = target.value;
    if (value == null || target.matches(SEARCH)) return;
    const form = formOf(target);
    const field = form.fields.get(target) ?? { length: 0, lost: 0, again: 0 };
    form.fields.set(target, field);
    const { length } = field;
    field.length = value.length;
    if (event.type !== "input") {
      // a chat empties its only field, and a form that was sent all of them
      if (length && !value) field.typed = field.emptied = [...form.fields.keys()].some((other) => TYPED.test(other.type) && other.value);
      return;
    }
    form.sent = false;
    form.edited = true;
    if (!value || !TYPED.test(target.type)) return;
    if (field.emptied) field.lost++;
    else if (field.typed && (!length || (length > 1 && event.data === value))) field.again++;
    field.emptied = false;
    field.typed = true;
    if (field.lost < 2 && field.again < 3) return;
    report.send({ kind: "field_refill", ...namesOf(target), repeat_count: field.lost + field.again }, field.event, field);
  });
  listen(window, "invalid reset submit", (event: Event) => {
    const target = event.target as Element;
    const by = causeNow() ?? latestOpen();
    const form = formOf(target);
    if (event.type === "reset") forms.delete(target);
    else if (event.type === "invalid") by?.thing.matches(SEND) && refuse(form, by, [target], {}, false);
    else {
      // the page has not had its say yet
      soon(() => {
        if (event.defaultPrevented) return;
        form.sent = true;
        if (isLogin(form)) write("login", 1);
      });
      soon(() => {
        if (!by || (event.defaultPrevented && !by.requests)) return;
        const { last } = form;
        if (last && last !== by && (last.requests || last.navigating)) tell(form, { kind: "repeated_submit" });
        form.last = by;
      }, DRAWN_MS / 5);
    }
  });
  judge({ settled: (by) => tried(by), late: (by) => tried(by) });
  listen(window, "pagehide", left);

  const wasLogin = read("login");
  write("login", 0);
  if (wasLogin)
    parsed(() => {
      const password = document.querySelector("[type=password]");
      if (isVisible(password)) tell(formOf(password!), { kind: "login_failure" });
      else write("in", 1);
    });

  return {
    left,
    answered(by, { status, address }) {
      const form = formOf(by.thing);
      const why = { route: route(address), status };
      if (status < 400) status && soon(() => tried(by, true), DRAWN_MS);
      else if (/40[13]/.test("" + status) && !isLogin(form)) {
        if (read("in") || document.querySelector("[data-snag-user],[href*=logout i]")) report.send({ kind: "session_expired", ...why });
        write("in", 0);
      } else if (REFUSALS.test("" + status) && form.fields.size) soon(() => refuse(form, by, [...form.element.querySelectorAll("[aria-invalid=true]")], why), DRAWN_MS / 5);
    },
  };
}
