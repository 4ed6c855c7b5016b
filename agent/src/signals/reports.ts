/** What a page's policy forbids. */
import { guard, listen, soon } from "../page/safe";
import { FOREIGN, codePlace } from "../page/scrub";
import { fault } from "./pageError";

/** Reports of before the agent come at once. */
const BUFFERED_MS = 100;

export function startReports(): void {
  const forbidden = ({ effectiveDirective, blockedURI = "", blockedURL = blockedURI, sourceFile }: any) => {
    if (!effectiveDirective || FOREIGN.test(blockedURL) || FOREIGN.test(sourceFile)) return;
    fault("csp", effectiveDirective, "", blockedURL.includes(":") ? codePlace(blockedURL) : blockedURL, true); // the policy is the site's
  };
  const early: any[] = (window as any).__snagEarly ?? [];
  early.forEach(forbidden);
  listen(window, "securitypolicyviolation", forbidden);
  // those of before, where the snippet has not kept them
  if ("ReportingObserver" in window && !("__snagEarly" in window)) {
    const before = new ReportingObserver(
      guard((reports) => {
        before.disconnect();
        for (const { body } of reports) forbidden(body);
      }),
      { types: ["csp-violation"], buffered: true },
    );
    before.observe();
    soon(() => before.disconnect(), BUFFERED_MS);
  }
}
