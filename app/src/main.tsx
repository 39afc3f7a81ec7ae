import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { decisionsAddress } from "./api/routes";
import { getStart } from "./api/start";
import { setActions } from "./frame/actions";
import { bindKeyboard, returnKeyboard } from "./frame/keyboard";
import "./frame/theme";
import { Notices } from "./frame/views/notices";
import { annotator } from "./sort/state/annotator";
import { project } from "./sort/state/project";
import { closed } from "./sort/state/live";
import { away, beginWhenReady, failure, openProject, type Failure } from "./sort/start";
import { AnnotatorQuestion } from "./sort/views/annotator-form";
import { Workspace } from "./sort/views/workspace";
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
/** Whether a project that cannot be shown can be left for another. */
const canLeave = signal(false);

function Page() {
  if (atStart.value) return <StartPage />;
  if (closed.value || (away.value && project.value)) return <ClosedPage />;
  if (failure.value) return <FailurePage {...failure.value} />;
  if (!project.value) return <p class="empty">Opening …</p>;
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
      <h1>{project.value?.name} is no longer open here</h1>
      <p role="alert">
        Another project was opened in its place. Every saved answer is in {project.value?.path_name};
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
  else beginWhenReady();
  if (failure.value) getStart().then(() => (canLeave.value = true), () => {});
}

bindKeyboard(window);
returnKeyboard(document);
void begin();
render(<App />, document.getElementById("app") as HTMLElement);
