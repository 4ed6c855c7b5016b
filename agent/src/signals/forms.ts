/** Forms: started and left, refused, typed again. What is in a field is compared here, and never sent. */
import { judge, tell } from "../activation/bus";
import { causeNow } from "../activation/cause";
import { latestOpen } from "../activation/open";
import { Outcome, type Activation, type Request } from "../activation/record";
import { AUTOSAVE_MS, FORM_DRAWN_MS, MOST_FORMS, SAME_TRY_MS } from "../limits";
import { SEARCH, closest, isVisible } from "../page/dom";
import { getOrCreate } from "../page/getOrCreate";
import { clock, listen, parsed, soon, tap } from "../page/safe";
import { route } from "../page/scrub";
import { isIgnored, namesOf } from "../page/selector";
import { send, stamp, type Draft, type Growing, type Stamp } from "../transport/stamp";
import { LOGOUT } from "./logins";

const FORM = "form,[role=form],[role=dialog]";
/** Buttons that send a form; where there is no form element, any button may. */
const SUBMIT = "button:not([type=button],[type=reset]),[type=submit],[type=image]";
const BUTTON = "button,[type=submit],[type=button],[role=button]";
/** How pages show what they refuse. Angular's ng-invalid says it of an untouched field, too. */
const REFUSED = "[aria-invalid=true],[role=alert],[class*=error i],[class*=invalid i]:not([class*=ng-])";
/** Kinds of fields that are typed into. */
const TYPED = /^(text|email|tel|url|number|password)/;
const REFUSALS = /^4(0[0139]|22|29)$/;
/** The page's view has been left by then. */
const VIEWED_MS = 300;

/** Known by its name: a framework makes a new element for the same field. */
interface Field extends Growing {
  _element: WeakRef<any>;
  _type: string;
  _value: string;
  _isTyped?: boolean;
  /** the page emptied it, not the visitor, and this was in it */
  _emptied?: string;
  /** how often it was typed again after the page had emptied it, and after the visitor had */
  _lost: number;
  _again: number;
}

/** Holds no element: what the page throws away is let go. */
interface Form {
  _element: WeakRef<Element>;
  _isForm: boolean;
  _hasButton: boolean;
  _isIgnored: unknown;
  _names: ReturnType<typeof namesOf>;
  _stamp: Stamp;
  _fields: Map<string, Field>;
  _isSent?: boolean;
  _editedAt: number;
  _refusedBy?: Activation;
  _isEdited?: boolean;
  _refusals: number;
  /** marks that were shown before the last try, and those that came of one */
  _oldMarks: Set<string>;
  _ownMarks: Set<string>;
  /** what was refused last, to be marked as overcome */
  _open: Growing[];
  _loop: Growing;
}

let forms: Form[] = [];
/** Those of which a request was answered well, and those of which one was refused: that is looked at when it is drawn. */
const accepted = new WeakSet<Activation>();
const refused = new WeakSet<Activation>();

export function startForms(): void {
  listen(window, "beforeinput input", typed);
  listen(window, "invalid reset submit", (event: Event) => {
    const target = event.composedPath()[0] as Element;
    const by = causeNow() ?? latestOpen();
    if (event.type === "reset") forget(target);
    else if (event.type === "invalid") by && isSend(by._thing) && refuse(formOf(target), by, [target]);
    // the page has not had its say yet
    else soon(() => event.defaultPrevented || accept(formOf(target)));
  });
  tap(HTMLFormElement.prototype, "submit", (_, form) => accept(formOf(form)));
  tap(window.WebSocket?.prototype, "send", ([body]) => acceptBody({ _body: body, _startedAt: clock(), _isOk: true, _method: "POST" }));
  judge({
    _committed({ _thing }) {
      if (!isSend(_thing)) return;
      const form = formOf(_thing);
      form._oldMarks = new Set(marksOf(form).keys());
    },
    _settled: (by) => tried(by),
    _late: (by) => tried(by),
    _requested: acceptBody,
    _viewed: () => soon(left, VIEWED_MS),
    _leaving: (_, isExit) => isExit && left(isExit),
    _answered(by, { _status, _address }) {
      if (!isSend(by._thing)) return;
      if (_status && _status < 400) {
        accepted.add(by);
        soon(() => tried(by), FORM_DRAWN_MS);
      }
      const form = knownForm(elementOf(by._thing));
      if (form && REFUSALS.test("" + _status)) {
        refused.add(by);
        const why = { route: route(_address), status: _status };
        soon(() => refuse(form, by, [...(form._element.deref()?.querySelectorAll("[aria-invalid=true]") ?? [])], why), FORM_DRAWN_MS / 5);
      }
    },
  });
  // what was filled in before the agent came
  parsed(() => {
    for (const field of document.querySelectorAll<any>("input,textarea")) {
      if (field.value && field.value !== field.defaultValue && TYPED.test(field.type)) edited(field, "input");
    }
  });
}

function knownForm(element: Element): Form | undefined {
  const name = namesOf(element).target;
  // a new element for the same form takes the place of one that is gone
  return forms.find(({ _element }) => _element.deref() === element) ?? forms.find((form) => form._names.target === name && !form._element.deref()?.isConnected);
}

function formOf(from: Element): Form {
  const element = elementOf(from);
  const known = knownForm(element);
  if (known) {
    known._element = new WeakRef(element);
    return known;
  }
  const isForm = element.matches(FORM);
  const form: Form = {
    _element: new WeakRef(element),
    _isForm: isForm,
    _hasButton: [...element.querySelectorAll(isForm && element.querySelector(SUBMIT) ? SUBMIT : BUTTON)].some((button) => !LOGOUT.test(wordsOf(button))),
    _isIgnored: isIgnored(element, "form"),
    _names: namesOf(element),
    _stamp: stamp(),
    _fields: new Map(),
    _editedAt: 0,
    _refusals: 0,
    _oldMarks: new Set(),
    _ownMarks: new Set(),
    _open: [],
    _loop: {},
  };
  forms = [...forms, form].slice(-MOST_FORMS);
  return form;
}

function forget(element: Element): void {
  forms = forms.filter(({ _element }) => _element.deref() !== element);
}

function wordsOf(element: Element): string {
  return (element.textContent ?? "").slice(0, 80) + element.getAttribute("aria-label") + element.getAttribute("value");
}

/** Whether this control sends what belongs to it: a submit button, or any button where there is no form element that has one. */
function isSend(thing: Element): boolean {
  if (thing.matches(SUBMIT)) return true;
  if (!thing.matches(BUTTON)) return false;
  const element = elementOf(thing);
  return !element.querySelector(SUBMIT) && !!knownForm(element)?._fields.size && !LOGOUT.test(wordsOf(thing));
}

/** Report it once, and revise it when it goes on. */
function put(form: Form, draft: Draft, growing?: Growing): void {
  if (!form._isIgnored) send({ ...form._names, ...draft }, form._stamp, growing);
}

/** The marks of refusal that are shown, by what they say and where. */
function marksOf(form: Form): Map<string, Element> {
  const shown = [...(form._element.deref()?.querySelectorAll(REFUSED) ?? [])].filter(isVisible);
  return new Map(shown.map((mark) => [namesOf(mark).target + (mark.textContent ?? "").slice(0, 200), mark]));
}

function refuse(form: Form, by: Activation, elements: Element[], why?: object): void {
  for (const element of elements) form._open.push(send({ kind: "input_refused", ...namesOf(element), blocked: true, ...why }));
  form._isSent = false;
  for (const mark of marksOf(form).keys()) form._ownMarks.add(mark);
  // an impatient second click on the same words is no second try
  if (form._refusedBy && !form._isEdited && by._time - form._refusedBy._time < SAME_TRY_MS) return;
  form._refusedBy = by;
  form._isEdited = false;
  const refusal = { repeat_count: ++form._refusals, blocked: true, ...why };
  if (form._refusals > 1) put(form, { kind: "validation_loop", ...refusal }, form._loop);
  const element = form._element.deref();
  if (element) tell((judge) => judge._refused?.(element, why && refusal));
}

/** What was typed was taken, however it was sent. */
function accept(form: Form): void {
  form._isSent = true;
  const element = form._element.deref();
  if (element) tell((by) => by._accepted?.(element));
  form._ownMarks.clear();
  form._refusals = 0;
  // the visitor got over it
  for (const one of form._open.splice(0)) send({ kind: "input_refused", blocked: false }, form._stamp, one);
}

/** What came of a try to send a form. */
function tried(by: Activation): void {
  const isOk = accepted.has(by);
  const isAnswered = isOk || by._outcome === Outcome.acknowledged;
  if (!by._thing.isConnected && !isAnswered) return;
  if (!isSend(by._thing)) return;
  const form = formOf(by._thing);
  if (form._refusedBy === by || refused.has(by)) return;
  const marks = marksOf(form);
  // a mark that was there before says nothing of this try, unless it came of another one and nothing was sent
  const refusing = [...marks].filter(([mark]) => !form._oldMarks.has(mark) || (form._ownMarks.has(mark) && !isOk && !by._requests && !by._isNavigating));
  if (refusing[0]) refuse(form, by, refusing.map(([, mark]) => mark).filter((mark) => [...form._fields.values()].some(({ _element }) => _element.deref() === mark)), {});
  else if (isAnswered && !by._requests) accept(form);
}

/** A request, of whatever kind and whoever caused it, that carries what was typed, and was answered well. */
function acceptBody({ _isOk, _body, _startedAt, _method }: Request): void {
  if (!_isOk || _method === "GET" || _method === "HEAD") return;
  const text = textOf(_body);
  for (const form of forms) {
    const values = [...form._fields.values()].map(({ _value }) => _value).filter(Boolean);
    const isSaved = text === undefined ? _startedAt - form._editedAt < AUTOSAVE_MS : values.some((value) => text.includes(JSON.stringify(value).slice(1, -1)) || text.includes(encodeURIComponent(value)));
    // marks that come of it are looked at when the click that sent it is judged
    if (values[0] && isSaved && _startedAt >= form._editedAt && !isRefusing(form)) form._isSent = true;
  }
}

function isRefusing(form: Form): boolean {
  return [...marksOf(form).keys()].some((mark) => !form._oldMarks.has(mark) && form._refusals > 0);
}

/** What a body says; undefined where it cannot be read. */
function textOf(body: unknown): string | undefined {
  if (typeof body === "string" || body instanceof URLSearchParams) return body.toString();
  return body instanceof FormData ? [...body.values()].map(String).join("\n") : body ? undefined : "";
}

/** What was typed into is no longer there, and was not sent. */
function left(isExit?: unknown): void {
  for (const form of forms) {
    const fields = [...form._fields.values()].filter(({ _value, _type }) => _value && (form._isForm || TYPED.test(_type)));
    if (!isExit && fields.some(({ _element }) => isVisible(_element.deref()))) continue;
    forms = forms.filter((other) => other !== form);
    if (fields[1] && !form._isSent && form._hasButton) put(form, { kind: "form_abandonment", repeat_count: fields.length, blocked: true });
  }
}

function typed(event: InputEvent): void {
  edited(event.composedPath()[0], event.type, event.data);
}

/** A field is about to change (`beforeinput`), or has. */
function edited(target: any, type: string, data?: string | null): void {
  const { value } = target;
  if (value == null || target.matches(SEARCH)) return;
  const form = formOf(target);
  const field = fieldOf(form, target);
  const before = field._value;
  field._value = value;
  if (type !== "input") {
    if (before && !value) field._isTyped = !!(field._emptied = before);
    return;
  }
  form._isSent = false;
  form._isEdited = true;
  form._editedAt = clock();
  if (!value || !TYPED.test(target.type)) return;
  if (field._emptied) field._lost += +!isTaken(form, field._emptied);
  else if (field._isTyped && (!before || (before.length > 1 && data === value))) field._again++;
  field._emptied = "";
  field._isTyped = true;
  if (field._lost > 1 || field._again > 2) send({ kind: "field_refill", ...namesOf(target), repeat_count: field._lost + field._again }, form._stamp, field);
}

/** What the page emptied, it has taken: a chat shows it, a form that was sent has none of it left. */
function isTaken(form: Form, value: string): boolean {
  const others = [...form._fields.values()].filter(({ _type }) => TYPED.test(_type));
  const isAllEmpty = others.length > 1 && others.every(({ _element }) => !_element.deref()?.value || _element.deref() === document.activeElement);
  return isAllEmpty || (value.length > 2 && document.body.textContent!.includes(value)); // a single letter is on every page
}

function fieldOf(form: Form, element: any): Field {
  const { name, id, type } = element;
  const field = getOrCreate(form._fields, name || id || namesOf(element).target, { _element: new WeakRef(element), _type: type, _value: "", _lost: 0, _again: 0 });
  if (field._element.deref() !== element) field._element = new WeakRef(element);
  return field;
}

/** The answer may take the place of a form's fields and button: what those belonged to before. */
const before = new WeakMap<Element, WeakRef<Element>>();

/** What belongs together; without a form element what stands around field and button. */
function elementOf(from: Element): Element {
  const element = (!from.isConnected && before.get(from)?.deref()) || (closest(from, FORM) ?? closest(from, `:has(${BUTTON})`) ?? from);
  before.set(from, new WeakRef(element));
  return element;
}
