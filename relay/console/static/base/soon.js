// Drawing once for many changes: a storm of a thousand events is a few pictures, not a thousand.

const LATEST_MS = 250; // a hidden tab has no frames, and its title must still change

/** A function that draws before the next frame, however often it is called until then. */
export function soon(draw) {
  let isWaiting = false;
  const run = () => {
    if (!isWaiting) return;
    isWaiting = false;
    draw();
  };
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    if (document.hidden) setTimeout(run, 0);
    else {
      requestAnimationFrame(run);
      setTimeout(run, LATEST_MS);
    }
  };
}
