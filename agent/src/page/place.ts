/** Where the visitor is: the view, its address without ids, and what the site calls it. */
import { uuid } from "../transport/ids";
import type { Growing, Stamp } from "../transport/stamp";
import { cut } from "./cut";
import { template } from "./scrub";

/** Stored for the next page, so that its names are not private. */
export interface View {
  key: string;
  /** ms since 1970, by performance.timeOrigin */
  since: number;
  stamp: Stamp;
  /** something was clicked or pressed there */
  acted?: boolean;
  /** the visitor found something to do there: typed, scrolled, or an activation worked */
  used?: boolean;
  /** its page_view, for what is found out of it later */
  sent?: Growing;
  /** its loop has been reported */
  looped?: boolean;
}

let viewId = uuid();
let path = address();
let group: string | undefined;
const names: Record<string, string> = {};

/** The view of this moment; `page_group` is what the site calls it, else the path's template. */
export function place(): { view_id: string; page_group: string } {
  const { body, documentElement } = document;
  const marked = body?.dataset.snagPage ?? documentElement?.dataset.snagPage; // not parsed yet where a runner put us in
  return { view_id: viewId, page_group: cut(names[path] || (marked ?? (group ??= template(path.replace(/\?[^#]*/, "")))), 200) };
}

/** The site's own name for the view at this address. */
export function nameView(name: string): void {
  names[address()] = "" + name;
}

/** The address of the view, which the browser's may have left already. */
export function viewPath(): string {
  return path;
}

/** Whether the browser is at another address than the view. */
export function hasMoved(): boolean {
  return path !== address();
}

/** The view has got another address, and stays the same. */
export function rename(): void {
  path = address();
  group = undefined;
}

/** Another view, at the browser's address. */
export function enterView(): void {
  rename();
  viewId = uuid();
}

/** Two addresses of one document are two views, but a place within a page is none; a hash router's is. */
function address(): string {
  const { pathname, search, hash } = location;
  return pathname + search + (/^#!?\//.test(hash) ? hash : "");
}
