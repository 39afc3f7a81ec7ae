import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { decisionsAddress } from "./api/routes";
import { getStart } from "./api/start";
import { setActions } from "./frame/actions";
import { annotator } from "./frame/annotator";
import { closed } from "./frame/connection";
import { bindKeyboard, returnKeyboard } from "./frame/keyboard";
import { away, fail, failure, opened, openProject, type Failure } from "./frame/opened";
import { moveIn, type Tenant } from "./frame/tenant";
import "./frame/theme";
import { AnnotatorQuestion } from "./frame/views/annotator-form";
import { Notices } from "./frame/views/notices";
import { sorting } from "./sort/tenant";
import { beginStart } from "./start/begin";
import { StartPage } from "./start/views/start-page";
import { goToStart, startIsAskedFor } from "./start/where";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/workspace.css";
import "./styles/panels.css";
import "./styles/table.css";
import "./styles/map.css";
import "./styles/evidence.css";
import "./styles/start.css";
import "./styles/practice.css";

function App() {
  return (
    <>
      <Page />
      <Notices />
    </>
  );
}

const atStart = signal(false);
const tenant = signal<Tenant | null>(null);
/** Whether a project that cannot be shown can be left for another. */
const canLeave = signal(false);

function Page() {
  if (atStart.value) return <StartPage />;
  if (closed.value || (away.value && opened.value)) return <ClosedPage />;
  if (failure.value) return <FailurePage {...failure.value} />;
  if (!tenant.value) return <p class="empty">Opening …</p>;
  const { Workspace } = tenant.value;
  return annotator.value ? <Workspace /> : <AnnotatorQuestion />;
}

/** Nothing can be judged here any more. */
function ClosedPage() {
  const way = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    setActions([]);
    way.current?.focus();
  }, []);
  return (
    <main class="failure">
      <h1>{opened.value?.name} is no longer open here</h1>
      <p role="alert">
        Another project was opened in its place. Every saved answer is in {opened.value?.path_name};
        what was not saved yet is kept in this browser until it is open again.
      </p>
      <button type="button" class="primary" ref={way} title="Choose a project" onClick={goToStart}>
        Start page
      </button>
    </main>
  );
}

function FailurePage({ text, decisions }: Failure) {
  return (
    <main class="failure">
      <h1>This project cannot be shown</h1>
      <p role="alert">{text}</p>
      {decisions && (
        <p>
          <a href={decisionsAddress().href} download="decisions.csv">
            Save all decisions as a table
          </a>
        </p>
      )}
      <div class="failure-ways">
        <button type="button" title="Try again" onClick={() => location.reload()}>
          Try again
        </button>
        {canLeave.value && (
          <button type="button" title="Choose another project" onClick={goToStart}>
            Start page
          </button>
        )}
      </div>
    </main>
  );
}

/** The project, or the start page where none is open or it is asked for. */
async function begin(): Promise<void> {
  if (!startIsAskedFor()) await openProject();
  atStart.value = startIsAskedFor() || away.value;
  if (atStart.value) await beginStart();
  else await settleIn();
  if (failure.value) getStart().then(() => (canLeave.value = true), () => {});
}

/** The workspace of the project's kind; that of sorting is here already. */
async function settleIn(): Promise<void> {
  if (!opened.value) return;
  try {
    const found = opened.value.kind === "sort" ? sorting : (await import("./track/tenant")).tracking;
    moveIn(found);
    tenant.value = found;
  } catch (problem) {
    fail(problem);
  }
}

bindKeyboard(window);
returnKeyboard(document);
void begin();
render(<App />, document.getElementById("app") as HTMLElement);
