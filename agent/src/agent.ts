/** Puts the agent together. Everything it needs is started here, in the order in which it is needed. */
import { judge } from "./activation/bus";
import { startCauses } from "./activation/cause";
import { startEvidence } from "./activation/evidence";
import { startListening } from "./activation/listen";
import { startReactions } from "./activation/reactions";
import { settleAll } from "./activation/settle";
import { startWatch } from "./activation/watch";
import { startDisguise } from "./page/disguise";
import { startPageViews } from "./page/pageView";
import { nameView } from "./page/place";
import { guard, listen } from "./page/safe";
import { address, appName, attribute, beaconUrl, hook, tag, wordFor } from "./page/tag";
import { startTimings } from "./page/timings";
import { startArrival } from "./signals/arrival";
import { startDeadClicks } from "./signals/deadClick";
import { startErrorClicks } from "./signals/errorClick";
import { startForms } from "./signals/forms";
import { startHelp } from "./signals/help";
import { startLogins } from "./signals/logins";
import { captured, startPageErrors } from "./signals/pageError";
import { startPages } from "./signals/pages";
import { startRageClicks } from "./signals/rageClick";
import { startReports } from "./signals/reports";
import { startSlowSteps } from "./signals/slowStep";
import { startUnresponsive } from "./signals/unresponsive";
import { consent, read, sessionId, setConsent, write } from "./transport/session";
import { send, setStep } from "./transport/stamp";
import { dropAll, flush, startTransport } from "./transport/transport";

/** Start, once a page; what a page may call then is `window.snag`, whose types are in snag.d.ts. */
export const start = guard(() => {
  if (isSecondCopy()) return;
  (window as any).snag = {
    version: VERSION,
    consent: guard((level: string) => {
      setConsent(level);
      if (consent() === "none") dropAll();
    }),
    flush: () => (settleAll(), flush()),
    page: guard(nameView),
    step: guard(setStep),
    contact: guard(() => void send({ kind: "contact_opened" })),
    captureError: guard(captured),
    sessionRef: () => (consent() === "full" ? sessionId().slice(0, 8) : ""),
  };
  setConsent(attribute("consent") || "measurement");
  if ((document as any).prerendering) listen(document, "prerenderingchange", startAll);
  else startAll();
});

function startAll(): void {
  // each guarded by itself: what a browser cannot do takes none of the others with it
  for (const start of [
    () => startTransport(settleAll), startDisguise, startErrorClicks, startDeadClicks, startRageClicks, startSlowSteps,
    startUnresponsive, startForms, startLogins, startPages, startHelp, startPageViews, startCauses, startListening,
    startPageErrors, startReports, startEvidence, startReactions, startWatch, startArrival, startTimings, startOptional,
  ]) guard(start as () => void)();
}

/** Files of their own, where the tag asks for them. They know stable names only: a cache may hold those of another build. */
function startOptional(): void {
  const load = (name: string, ...given: unknown[]) => (hook()?.files?.[name]?.() ?? import(address(`agent-${name}.js`))).then(guard(({ start }) => start(...given)), () => 0);
  if (wantsDebug()) load("debug", judge, BUILD, { app: appName(), release: wordFor("release"), env: wordFor("env"), url: beaconUrl(), consent: consent() });
  if (attribute("survey")) load("survey", send, read, write, attribute);
  if (attribute("vitals")) load("vitals", send);
}

/** The tag asks for it, or whoever looks into a site that does not: `localStorage["snag.debug"] = 1`. */
function wantsDebug(): unknown {
  try {
    return (hook()?.options?.debug ?? tag()?.hasAttribute("data-snag-debug")) || localStorage.getItem("snag.debug");
  } catch {
    return false; // storage is forbidden here
  }
}

/** The site's own copy beside a runner's, or a frame that the agent of the page around it watches already. */
function isSecondCopy(): boolean {
  if ((window as any).snag?.version || !location.host) return true;
  if (window === top) return false;
  try {
    if ((parent as any).snag?.version) return true;
  } catch {
    // another origin's page around us
  }
  return !tag(); // put into every frame by a runner: only the page itself speaks
}
