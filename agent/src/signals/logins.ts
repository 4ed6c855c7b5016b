/** What becomes of forms that are sent twice, of logins that fail, and of sessions that end. */
import { judge } from "../activation/bus";
import { causeNow } from "../activation/cause";
import { latestOpen } from "../activation/open";
import type { Activation } from "../activation/record";
import { FORM_DRAWN_MS, SUBMIT_MS } from "../limits";
import { isVisible } from "../page/dom";
import { listen, parsed, soon } from "../page/safe";
import { route } from "../page/scrub";
import { isIgnored, namesOf } from "../page/selector";
import { read, write } from "../transport/session";
import { send, type Growing } from "../transport/stamp";

export const LOGOUT = /\b(log|sign)[\s_-]?(out|off)|abmelden|ausloggen|d\u00e9connexion|cerrar sesi\u00f3n|uitloggen/i;
const LOGIN = /\b(log|sign)[\s_-]?in\b|anmeld|\bauth\b/i;

const sent = new WeakMap<Element, Activation>();
const failed = new WeakMap<Element, Growing>();

export function startLogins(): void {
  listen(window, "submit", submitted);
  judge({
    _committed({ _thing }) {
      // who leaves by that door has ended the session
      if (LOGOUT.test(_thing.textContent!.slice(0, 80) + _thing.getAttribute("href") + _thing.id)) write("in", 0);
    },
    _refused: (form, why) => why && isLogin(form) && fail(form, why),
    _accepted: (form) => isLogin(form) && write("in", 1),
    _answered({ _thing }, { _status, _address }) {
      const form = _thing.closest("form");
      if (!/40[13]/.test("" + _status) || (form && isLogin(form))) return;
      if (read("in") || document.querySelector("[data-snag-user],[href*=logout i]")) expire({ route: route(_address), status: _status });
    },
    _viewed: () => soon(sentAway, FORM_DRAWN_MS),
  });

  const wasLogin = read("login");
  write("login", 0);
  parsed(() => {
    const password = shownPassword();
    if (!wasLogin) return sentAway();
    if (password) fail(password.closest("form") ?? password, {});
    else write("in", 1);
  });
}

function submitted(event: SubmitEvent): void {
  const form = event.composedPath()[0] as Element;
  // it only closes its dialog
  if ((event.submitter?.getAttribute("formmethod") ?? form.getAttribute("method")) === "dialog") return;
  const by = causeNow() ?? latestOpen();
  soon(() => event.defaultPrevented || (isLogin(form) && write("login", 1)));
  soon(() => {
    if (!by || (event.defaultPrevented && !by._requests)) return;
    const last = sent.get(form);
    if (last && last !== by && (last._requests || last._isNavigating) && !isIgnored(form, "form")) send({ kind: "repeated_submit", ...namesOf(form) });
    sent.set(form, by);
  }, SUBMIT_MS);
}

function fail(form: Element, why: object): void {
  if (!isIgnored(form, "form")) failed.set(form, send({ kind: "login_failure", ...namesOf(form), ...why }, undefined, failed.get(form)));
}

function expire(why: object): void {
  send({ kind: "session_expired", ...why });
  write("in", 0);
}

/** Whether the site shows its login to somebody who was logged in and did not ask for it. */
function sentAway(): void {
  if (shownPassword() && read("in") && LOGIN.test(location.href)) expire({});
}

function shownPassword(): Element | undefined {
  return [...document.querySelectorAll("[type=password]")].find(isVisible);
}

function isLogin(form: Element): boolean {
  return form.querySelectorAll("[type=password]").length === 1 && !form.querySelector("[autocomplete^=new]");
}
