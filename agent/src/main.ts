/** Puts the agent together. Everything it needs is started here, in the order in which it is needed. */
import { happened, judge, latestOpen, leaving, startActivations, tell } from "./activation";
import { causeNow, startCauses } from "./cause";
import { start as startDeadClick } from "./deadClick";
import { start as startErrorClick } from "./errorClick";
import { startEvidence } from "./evidence";
import { fault, start as startPageError, thrown } from "./pageError";
import { nameView, place, seen, start as startPageView } from "./pageView";
import { start as startRageClick } from "./rageClick";
import { send, setStep, stamp } from "./report";
import { guard, listen, originals } from "./safe";
import { consent, read, sessionId, setConsent, write } from "./session";
import { start as startSlowStep } from "./slowStep";
import { address, attribute, beaconUrl, tag } from "./tag";
import { dropAll, settle, startTransport } from "./transport";
import { startWatch } from "./watch";

/** What the rest, which comes in a file of its own, shares with the core. */
const core = { report: send, stamp, judge, tell, happened, causeNow, latestOpen, read, write, place, seen, address, attribute, beaconUrl, originals, fault, thrown, consent, sessionId };
export type Core = typeof core;

/** What a page may call; the types for it are in snag.d.ts. */
guard(() => {
  if (isSecondCopy()) return;
  const snag: any = ((window as any).snag = {
    version: VERSION,
    consent: guard((level: string) => {
      setConsent(level);
      if (level === "none") dropAll();
    }),
    flush: () => (leaving(), settle()),
    page: nameView,
    step: setStep,
    /** Takes the rest in, once. */
    more(start: (shared: Core) => void) {
      delete snag.more;
      start(core);
    },
  });
  setConsent(attribute("consent"));
  if ((document as any).prerendering) listen(document, "prerenderingchange", startAll);
  else startAll();

  function startAll() {
    // each guarded by itself: what a browser cannot do takes none of the others with it
    for (const start of [
      startTransport, startErrorClick, startPageView, startPageError, startCauses, startActivations,
      startEvidence, startWatch, startDeadClick, startRageClick, startSlowStep,
    ]) guard(start as () => void)();
    // where it cannot be had, the core does without
    if (snag.more && tag()?.src) import(address("agent-more.js")).catch(Boolean);
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
