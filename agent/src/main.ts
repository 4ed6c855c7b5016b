/** Puts the agent together. Everything it needs is started here, in the order in which it is needed. */
import { latestOpen, leaving, listenTo, startActivations } from "./activation";
import { causeJustNow, startCauses } from "./cause";
import { start as startDeadClick } from "./deadClick";
import { listenIn, startEvidence } from "./evidence";
import { start as startErrorClick } from "./errorClick";
import { start as startForms } from "./forms";
import { start as startHelp } from "./help";
import { start as startPageError } from "./pageError";
import { nameView, place, start as startPageView } from "./pageView";
import { start as startRageClick } from "./rageClick";
import { setStep, startReport } from "./report";
import { guard, listen, soon } from "./safe";
import { consent, sessionId, setConsent } from "./session";
import { start as startSlowStep } from "./slowStep";
import { attribute, tag } from "./tag";
import { start as startUnresponsive } from "./unresponsive";
import * as timings from "./timings";
import { dropAll, settle, startTransport } from "./transport";
import { flush, startWatch, watch } from "./watch";

/** What an activation set going may show its result a little after it has run. */
const AFTER_MS = 1000;

/** What a page may call; the types for it are in snag.d.ts. */
guard(() => {
  if (isSecondCopy()) return;
  const finalisers: (() => void)[] = [];
  const finalise = guard(() => finalisers.forEach((each) => guard(each)()));
  const report = startReport(place);
  (window as any).snag = {
    version: VERSION,
    consent: guard((level: string) => {
      setConsent(level);
      if (level === "none") dropAll();
    }),
    flush: () => (finalise(), settle()),
    page: guard(nameView),
    step: guard(setStep),
    contact: guard(() => void report.send({ kind: "contact_opened" })),
    sessionRef: () => (consent() === "full" ? sessionId().slice(0, 8) : ""),
  };
  setConsent(attribute("consent"));
  if ((document as any).prerendering) listen(document, "prerenderingchange", startAll);
  else startAll();

  function startAll() {
    const forms = startForms(report);
    const errorClick = startErrorClick(report);
    const searching = startHelp(report);
    startTransport(finalise);
    // each guarded by itself: what a browser cannot do takes none of the others with it
    guard(() => finalisers.push(startPageView(report, () => {
      report.refill();
      soon(() => forms.left(), 300);
      searching();
    })))();
    guard(startPageError)(report, (fault) => {
      const cause = causeJustNow();
      if (cause) errorClick.threw(cause, fault);
    });
    guard(timings.start)(report);
    guard(startUnresponsive)(report);
    if (attribute("vitals")) {
      import(new URL("agent-vitals.js", tag()!.src).href).then(guard(({ start }) => start(report.send)), () => 0);
    }
    guard(startCauses)((before) => {
      flush(before);
      watch(AFTER_MS);
    }, (cause, request) => {
      errorClick.failed(cause, request);
      forms.answered(cause, request);
    });
    startActivations(report);
    guard(startEvidence)();
    guard(startWatch)(latestOpen, (inside) => {
      listenTo(inside);
      listenIn(inside);
    });
    guard(startDeadClick)(report);
    startRageClick(report);
    guard(startSlowStep)(report);
    finalisers.push(leaving);
  }
})();

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
