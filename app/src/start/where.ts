/** Start page or project: which of them this page shows stands in its address. */

const PARAMETER = "start";

export function startIsAskedFor(): boolean {
  return new URLSearchParams(location.search).has(PARAMETER);
}

/** Load the page anew, so that nothing of one project is left over in another. */
export function goToStart(): void {
  const url = new URL(location.href);
  url.searchParams.set(PARAMETER, "1");
  location.assign(url);
}

export function goToProject(): void {
  const url = new URL(location.href);
  url.searchParams.delete(PARAMETER);
  location.assign(url);
}
