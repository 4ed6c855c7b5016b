/** Texts and addresses without people: templates instead of ids, no queries, no quoted values. */
import { attribute } from "./tag";
import { cut } from "./cut";


/** `/orders/8812/items/3f2a91bc` -> `/orders/:id/items/:id`. */
export function template(path: string): string {
  return cut(
    path
      .split("/")
      .map((part) => (TOKEN.test(part) || isId(part.replace(/\.\w+$/, "")) ? ":id" : part))
      .join("/"),
    200,
  );
}

/** JSON web tokens, and what mixes both cases and digits; a bundle's file, whose name may, has an extension. */
const TOKEN = /^(eyJ|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w~=-]{10,}$)/;

/** Whether a path segment names one thing of many: numbers, uuids, addresses, long or mixed tokens. */
export function isId(part: string): boolean {
  return /^(?=.*\d)([\d.,_+-]+|[0-9a-f-]{8,}|[a-z]{0,4}[-_]?\d{3,}|[\w~=]{16,})$|@|%40|.{49}/i.test(part);
}

/** Host and path template of an address; only the scheme of one that names no host. */
export function route(address: string): string {
  const { host, pathname, protocol } = parse(address);
  return cut(host ? host + template(pathname) : protocol, 200);
}

/** Host and path of a script as they are: its name is what an error, and a source map, is found by. A page's is a template. */
export function codePlace(address: string): string {
  const { host, pathname } = parse(address);
  return CODE.test(pathname) && host ? cut(host + pathname, 180) : route(address);
}
const CODE = /\.([cm]?[jt]sx?|vue|svelte|wasm|css)$/i;

/** An error's message without digits, quoted text, e-mail addresses and queries, at most 200 characters. */
export function scrub(message: unknown): string {
  const text = cut(String(message), 1000)
    .replace(/\S+@\S+/g, "<email>")
    .replace(/(\w:\/\/[^\s?#]*)[?#]\S*/g, "$1")
    .replace(/"[^"]*"|`[^`]*`|\u201c[^\u201d]*\u201d|\B'[^']*'/g, "<text>")
    .replace(/\d+/g, "#")
    .replace(/\s+/g, " ")
    .trim();
  return cut(text, 200);
}

/** A browser's own scripts and its extensions', Safari's behind an address that says nothing. */
export const FOREIGN = /-extension:|^(chrome|about|resource|webkit-masked-url|user-script|gecko|opera):/;

/** What browsers inside apps, translators and fillers of forms put into every page. */
export const INJECTED = /__gCrWeb|_AutofillCallbackHandler|webkit\.messageHandlers|zaloJSV2|Java (object|bridge) is gone|instantSearchSDK|__firefox__|ceCurrentVideo/;

/** Whether an address belongs to the site: the same owner, or one of the hosts that the tag names. */
export function firstParty(address: string): boolean {
  const { hostname } = parse(address);
  return attribute("hosts").split(/[\s,]+/).some((own) => own && isBelow(hostname, own)) || isOneOwner(hostname, location.hostname);
}

/**
 * Whether two hosts have one owner, without the list of public suffixes: one below the other, or both below a name that cannot be
 * a suffix under which anybody registers. In doubt no: the tag's `data-snag-hosts` names the others.
 */
export function isOneOwner(a: string, b: string): boolean {
  if (isBelow(a, b) || isBelow(b, a)) return true;
  const [ours, theirs] = [a.split("."), b.split(".")];
  let shared = 0;
  while (shared < ours.length && ours.at(-1 - shared) === theirs.at(-1 - shared)) shared++;
  const common = ours.slice(ours.length - shared).join(".");
  // an IP address has no owner in its parts
  return shared > 1 && !/^[\d.]+$|:/.test(a) && !SUFFIX.test(common);
}
/** co.uk, com.au, ne.jp ...; and where many sites of many owners live side by side. */
const SUFFIX = /^([a-z]{2,3}|gov|info|name|press|tokyo)\.[a-z]{2}$|^(github|gitlab|netlify|vercel|pages|web|onrender|herokuapp|workers|surge|azurewebsites|cloudfront|amazonaws|myshopify|blogspot|appspot|firebaseapp|wordpress|webflow|wixsite|squarespace|fly|render|glitch|ngrok|deno|githubusercontent|cloudflare|fastly|akamai\w*|azureedge|b-cdn|r2|repl|replit|codesandbox|stackblitz|framer|bubble)\.\w+$|^(s3|[\w-]+\.compute|[\w-]+\.s3)[\w.-]*\.amazonaws\.com$/;

function isBelow(host: string, parent: string): boolean {
  return host === parent || (parent.includes(".") && host.endsWith("." + parent) && !SUFFIX.test(parent));
}

/** A made-up name, as of an eval, belongs to the page. */
function parse(address: string): URL | Location {
  try {
    return new URL(address, location.href);
  } catch {
    return location;
  }
}
