/** Puts the agent together. Everything it needs is started here, in the order in which it is needed. */
import { latestOpen, leaving, listenTo, startActivations } from "./activation";
import { causeJustNow, startCauses } from "./cause";
import { start as startDeadClick } from "./deadClick";
import { listenIn, startEvidence } from "./evidence";
import { start as startErrorClick } from "./errorClick";
import { start as startPageError } from "./pageError";
import { place, start as startPageView } from "./pageView";
import { start as startRageClick } from "./rageClick";
import { startReport } from "./report";
import { guard } from "./safe";
import { setConsent } from "./session";
import { start as startSlowStep } from "./slowStep";
import { attribute, tag } from "./tag";
import * as timings from "./timings";
import { dropAll, settle, startTransport } from "./transport";
import { flush, startWatch, watch } from "./watch";

/** What an activation set going may show its result a little after it has run. */
const AFTER_MS = 1000;

/** What a page may call. */
interface Snag {
  /** for consent managers; "none" stops everything */
  consent(level: string): void;
  /** for scripted visits that are over: judge what is open, send it, and wait until the collector has it */
  flush(): Promise<void>;
  version: string;
}

guard(() => {
  if (isSecondCopy()) return;
  const finalisers: (() => void)[] = [];
  const finalise = guard(() => finalisers.forEach((each) => guard(each)()));
  const snag: Snag = {
    version: VERSION,
    consent: guard((level: string) => {
      setConsent(level);
      if (level === "none") dropAll();
    }),
    flush: () => (finalise(), settle()),
  };
  (window as any).snag = snag;
  setConsent(attribute("consent"));

  const report = startReport(place);
  const errorClick = startErrorClick(report);
  startTransport(finalise);
  // each guarded by itself: what a browser cannot do takes none of the others with it
  guard(() => finalisers.push(startPageView(report, report.refill)))();
  guard(startPageError)(report, (fault) => {
    const cause = causeJustNow();
    if (cause) errorClick.threw(cause, fault);
  });
  guard(timings.start)(report);
  guard(startCauses)((before) => {
    flush(before);
    watch(AFTER_MS);
  }, errorClick.failed);
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
