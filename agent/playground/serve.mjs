// Serves the playground on loopback: `npm run playground [-- PORT]`. The agent is built from src, names kept, at each start.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const here = new URL(".", import.meta.url);
const agent = (
  await build({
    absWorkingDir: here.pathname,
    entryPoints: ["watched.ts"],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    define: { VERSION: '"playground"', BUILD: '"playground"', PACE: "1" },
  })
).outputFiles[0].text;

const FILES = { "/": ["index.html", "text/html"], "/stage": ["stage.html", "text/html"], "/panel.js": ["panel.js", "text/javascript"] };
const listeners = new Set();
const pause = ms => new Promise(done => setTimeout(done, ms));

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://playground");
  const send = (status, type, body) => response.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(body);
  if (pathname === "/v1/beacons") {
    const parts = [];
    for await (const part of request) parts.push(part);
    const told = JSON.stringify(JSON.parse(Buffer.concat(parts)));
    for (const one of listeners) one.write(`data: ${told}\n\n`);
    return response.writeHead(204).end();
  }
  if (pathname === "/told") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).write("\n");
    listeners.add(response);
    return request.on("close", () => listeners.delete(response));
  }
  if (pathname.startsWith("/api/")) {
    await pause(Number(searchParams.get("ms")) || 0);
    const status = Number(pathname.slice(5));
    return status ? send(status, "application/json", '{"done":true}') : request.destroy();
  }
  if (pathname === "/agent.js") return send(200, "text/javascript", agent);
  const [file, type] = FILES[pathname] ?? [];
  if (!file) return send(404, "text/html", "<h1>404: there is no such page</h1>");
  return send(200, type, await readFile(new URL(file, here)));
}

const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
server.listen(Number(process.argv[2] ?? 8899), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
