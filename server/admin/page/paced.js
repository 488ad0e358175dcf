// Asking again and again without asking too much.

const SHORTEST_MS = 1000;

/**
 * The action at once when it was quiet, and then once per second at the most; one that takes long is done less often.
 * What was called meanwhile is made up for by one more run.
 */
export function createPaced(action) {
  let resting = false;
  let again = false;
  let timer = null;

  async function run() {
    resting = true;
    again = false;
    const begun = performance.now();
    await action();
    timer = setTimeout(() => {
      resting = false;
      if (again) run();
    }, Math.max(SHORTEST_MS, 4 * (performance.now() - begun)));
  }

  return {
    call() {
      if (resting) again = true;
      else run();
    },
    stop() {
      clearTimeout(timer);
      again = false;
    },
  };
}
