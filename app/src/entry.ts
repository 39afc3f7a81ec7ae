/** Loads the app where the browser can run it, and says so where it cannot. */

import { lacking } from "./frame/browser";

const absent = lacking();

if (absent.length) refuse(`It lacks ${absent.join(", ")}.`);
else import("./main").catch((problem: unknown) => refuse(`The app does not load: ${String(problem)}.`));

function refuse(reason: string): void {
  const page = document.createElement("main");
  const title = document.createElement("h1");
  const text = document.createElement("p");
  page.className = "failure";
  title.textContent = "This browser cannot show Sightline";
  text.setAttribute("role", "alert");
  text.textContent =
    `${reason} Open the same link in a current Chrome, Edge, Firefox or Safari. ` +
    "Every decision is safe in the project.";
  page.append(title, text);
  document.getElementById("app")?.replaceChildren(page);
}
