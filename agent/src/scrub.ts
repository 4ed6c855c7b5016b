/** Texts and addresses without people: templates instead of ids, no queries, no quoted values. */

/** `/orders/8812/items/3f2a91bc` -> `/orders/:id/items/:id`. */
export function template(path: string): string {
  return path
    .split("/")
    .map((part) => (TOKEN.test(part) || isId(part.replace(/\.\w+$/, "")) ? ":id" : part))
    .join("/")
    .slice(0, 200);
}

/** JSON web tokens, and what mixes both cases and digits; a bundle's file, whose name may, has an extension. */
const TOKEN = /^(eyJ|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w~=-]{10,}$)/;

/** Whether a path segment names one thing of many: numbers, uuids, addresses, long or mixed tokens. */
export function isId(part: string): boolean {
  return /^(?=.*\d)([\d.,_+-]+|[0-9a-f-]{8,}|[a-z]{0,4}[-_]?\d{3,}|[\w~=]{16,})$|@|%40|.{49}/i.test(part);
}

/** Host and path template of an address; only the scheme of one that names no host. */
export function route(address: string): string {
  const { host, pathname, protocol } = parsed(address);
  return (host ? host + template(pathname) : protocol).slice(0, 200);
}

/** An error's message without digits, quoted text, e-mail addresses and queries, at most 200 characters. */
export function scrub(message: unknown): string {
  return String(message)
    .slice(0, 1000)
    .replace(/\S+@\S+/g, "<email>")
    .replace(/(\w:\/\/[^\s?#]*)[?#]\S*/g, "$1")
    .replace(/"[^"]*"|`[^`]*`|\u201c[^\u201d]*\u201d|\B'[^']*'/g, "<text>")
    .replace(/\d+/g, "#")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
}

/** A browser extension's own trouble. */
export const FOREIGN = /-extension:|^chrome:|^about:/;

/** Whether an address belongs to the site: the same host, or one that shares its last two labels. */
export function firstParty(address: string): boolean {
  const site = ({ hostname }: { hostname: string }) => hostname.split(".").slice(/\d$/.test(hostname) ? 0 : -2).join("."); // an IP address in full
  return site(parsed(address)) === site(location);
}

/** A made-up name, as of an eval, belongs to the page. */
function parsed(address: string): URL | Location {
  try {
    return new URL(address, location.href);
  } catch {
    return location;
  }
}
