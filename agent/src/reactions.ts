/** Reactions that only a call tells of: the clipboard, downloads made by a script, media and files asked for, drawing. */
import type { Core } from "./main";
import { clock, listen, tap } from "./safe";

const STILL_MS = 400;

export function start({ happened, causeNow, latestOpen }: Core): void {
  const caused = () => causeNow() && happened();
  tap(window.Clipboard?.prototype, "writeText write", caused);
  tap(URL, "createObjectURL", caused);
  tap(HTMLMediaElement.prototype, "play", caused); // also of media outside the document
  tap(HTMLInputElement.prototype, "click", caused); // a file is asked for

  // older browsers do not tell of it otherwise
  if (!("navigation" in window)) listen(window, "beforeunload", () => happened());

  /** Whether something was drawn, not what. A canvas that draws all the time is noise. */
  let drawnAt = -Infinity;
  const drawn = () => {
    const last = latestOpen();
    if (last && last.t - drawnAt > STILL_MS) happened();
    else drawnAt = clock();
  };
  for (const context of ["CanvasRenderingContext2D", "WebGLRenderingContext", "WebGL2RenderingContext"]) {
    tap((window as any)[context]?.prototype, "fill stroke fillRect clearRect drawImage drawArrays drawElements", drawn);
  }
}
