/** What a page's policy forbids, and errors that frameworks only log. */
import type { Core } from "./main";
import { guard, listen, soon, tap } from "./safe";
import { FOREIGN, route } from "./scrub";

export function start({ fault, thrown }: Core): void {
  const forbidden = ({ effectiveDirective, blockedURI = "", blockedURL = blockedURI, sourceFile }: any) => {
    if (!effectiveDirective || FOREIGN.test(blockedURL) || FOREIGN.test(sourceFile)) return;
    fault("csp", effectiveDirective, "", /:/.test(blockedURL) ? route(blockedURL) : blockedURL, true); // the policy is the site's
  };
  const early: any[] = (window as any).__snagEarly ?? [];
  early.splice(0).forEach(forbidden);
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
    soon(() => before.disconnect(), 100);
  }
  tap(console, "error", (args) => {
    const error = args.find((arg) => arg instanceof Error);
    if (error) thrown("console", error);
  });
}
