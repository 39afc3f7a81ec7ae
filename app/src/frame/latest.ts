/** Fetching what stands now, when it is asked for more often than it can come. */

/** Run one at a time; whoever asks meanwhile waits until it has run once more. */
export function latest(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;

  const untilNobodyAsks = async () => {
    try {
      while (again) {
        again = false;
        await run();
      }
    } finally {
      running = null; // at once, or who asks just now would be told of what is over
    }
  };
  return () => {
    again = true;
    running ??= untilNobodyAsks();
    return running;
  };
}
