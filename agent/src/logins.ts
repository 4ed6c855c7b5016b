/** What becomes of forms that are sent twice, of logins that fail, and of sessions that end. */
import type { Activation } from "./activation";
import { isVisible } from "./dom";
import type { Core } from "./main";
import type { Growing } from "./report";
import { listen, parsed, soon } from "./safe";
import { route } from "./scrub";
import { isIgnored, namesOf } from "./selector";

/** The page has had its say by then, and has asked for what it asks for. */
const ASKED_MS = 100;
const DRAWN_MS = 500;
const LOGOUT = /\b(log|sign)[\s_-]?(out|off)|abmelden|ausloggen|d\u00e9connexion|cerrar sesi\u00f3n|uitloggen/i;
const LOGIN = /\b(log|sign)[\s_-]?in\b|anmeld|\bauth\b/i;

export function start({ report, judge, causeNow, latestOpen, read, write }: Core): void {
  const sent = new WeakMap<Element, Activation>();
  const failed = new WeakMap<Element, Growing>();

  const fail = (form: Element, why: object) => {
    if (!isIgnored(form, "form")) failed.set(form, report({ kind: "login_failure", ...namesOf(form), ...why }, undefined, failed.get(form)));
  };
  const expire = (why: object) => {
    report({ kind: "session_expired", ...why });
    write("in", 0);
  };

  listen(window, "submit", (event: SubmitEvent) => {
    const form = event.target as Element;
    const by = causeNow() ?? latestOpen();
    soon(() => event.defaultPrevented || (isLogin(form) && write("login", 1)));
    soon(() => {
      if (!by || (event.defaultPrevented && !by.requests)) return;
      const last = sent.get(form);
      if (last && last !== by && (last.requests || last.navigating) && !isIgnored(form, "form")) report({ kind: "repeated_submit", ...namesOf(form) });
      sent.set(form, by);
    }, ASKED_MS);
  });
  judge({
    committed({ thing }) {
      // who leaves by that door has ended the session
      if (LOGOUT.test(thing.textContent!.slice(0, 80) + thing.getAttribute("href") + thing.id)) write("in", 0);
    },
    refused: (form, why) => why && isLogin(form) && fail(form, why),
    accepted: (form) => isLogin(form) && write("in", 1),
    answered({ thing }, { status, address }) {
      const form = thing.closest("form");
      if (!/40[13]/.test("" + status) || (form && isLogin(form))) return;
      if (read("in") || document.querySelector("[data-snag-user],[href*=logout i]")) expire({ route: route(address), status });
    },
    viewed: () => soon(sentAway, DRAWN_MS),
  });

  /** Whether the site shows its login to somebody who was logged in and did not ask for it. */
  const sentAway = () => {
    const password = shownPassword();
    if (password && read("in") && LOGIN.test(location.href)) expire({});
  };

  const wasLogin = read("login");
  write("login", 0);
  parsed(() => {
    const password = shownPassword();
    if (!wasLogin) return sentAway();
    if (password) fail(password.closest("form") ?? password, {});
    else write("in", 1);
  });
}

function shownPassword(): Element | undefined {
  return [...document.querySelectorAll("[type=password]")].find(isVisible);
}

function isLogin(form: Element): boolean {
  return form.querySelectorAll("[type=password]").length === 1 && !form.querySelector("[autocomplete^=new]");
}
