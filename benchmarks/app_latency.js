// Installed before the page's own code: notes when a key was pressed, and when what it brings is painted.

(() => {
  const PICTURES = ["canvas.overlay", "canvas.snapshots", ".trace"];
  const WAIT_MS = 10;
  const probe = { presses: [], frames: 0, firstShown: null, presented: new Map() };
  window.latencyProbe = probe;

  /** Row of the candidate that map, snapshots and trace all show; null while they differ. */
  probe.row = () => {
    const rows = PICTURES.map((place) => document.querySelector(place)?.dataset.row);
    return rows[0] !== undefined && rows.every((row) => row === rows[0]) ? Number(rows[0]) : null;
  };

  /** Call after the next frame is painted: a task that is queued within a frame runs behind it. */
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  const afterPaint = (then) =>
    requestAnimationFrame(() => {
      waiting.push(then);
      channel.port2.postMessage(null);
    });

  let last = null;
  const whole = () => document.querySelector("canvas.outlines")?.dataset.whole === "true";

  probe.arm = () => {
    probe.presses = [];
    probe.armed = true;
  };
  probe.lastRow = () => probe.row() ?? last ?? 0;
  probe.nextFrame = () => new Promise((resolve) => afterPaint(resolve));
  probe.pending = () => probe.presses.some(({ shown }) => shown === null);

  /** Resolves once the last press has brought its candidate, or after some seconds. */
  probe.settled = async (seconds) => {
    const until = performance.now() + 1000 * seconds;
    while (probe.pending() && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return !probe.pending();
  };

  addEventListener(
    "keydown",
    (event) => {
      if (!probe.armed || event.repeat) return;
      const before = probe.row() ?? last;
      const press = { pressed: event.timeStamp, shown: null };
      probe.presses.push(press);
      const look = () => {
        const row = probe.row();
        if (row === null || row < 0 || row === before || !whole()) afterPaint(look);
        else {
          press.shown = performance.now();
          last = row;
        }
      };
      afterPaint(look);
    },
    { capture: true },
  );

  // What the browser itself says of the same keys: until its next frame was presented, in steps of 8 ms.
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      if (name === "keydown") probe.presented.set(startTime, duration);
    }
  }).observe({ type: "event", durationThreshold: 16 });

  probe.times = () => ({
    shown: probe.presses.map(({ pressed, shown }) => (shown === null ? null : shown - pressed)),
    presented: probe.presses.map(({ pressed }) => probe.presented.get(pressed) ?? null),
  });

  // Frames in which the pointer or the wheel has moved something.
  let moved = false;
  for (const kind of ["pointermove", "wheel"]) {
    addEventListener(kind, () => (moved = true), { capture: true, passive: true });
  }
  const count = () => {
    if (moved) probe.frames += 1;
    moved = false;
    requestAnimationFrame(count);
  };

  const first = () => {
    const row = probe.row();
    if (row === null || row < 0 || !whole()) setTimeout(first, WAIT_MS);
    else afterPaint(() => (probe.firstShown = performance.timeOrigin + performance.now()));
  };
  first();
  probe.countFrames = () => {
    probe.frames = 0;
    if (!probe.counting) requestAnimationFrame(count);
    probe.counting = true;
  };
})();
