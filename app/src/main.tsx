import { render } from "preact";
import { decisionsAddress } from "./api/routes";
import { bindKeyboard, returnKeyboard } from "./frame/keyboard";
import "./frame/theme";
import { Notices } from "./frame/views/notices";
import { annotator } from "./sort/state/annotator";
import { project } from "./sort/state/project";
import { beginWhenReady, failure, openProject, type Failure } from "./sort/start";
import { AnnotatorQuestion } from "./sort/views/annotator-form";
import { Workspace } from "./sort/views/workspace";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/workspace.css";

function App() {
  return (
    <>
      <Page />
      <Notices />
    </>
  );
}

function Page() {
  if (failure.value) return <FailurePage {...failure.value} />;
  if (!project.value) return <p class="empty">Opening …</p>;
  return annotator.value ? <Workspace /> : <AnnotatorQuestion />;
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
      <button type="button" title="Try again" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  );
}

bindKeyboard(window);
returnKeyboard(document);
beginWhenReady();
void openProject();
render(<App />, document.getElementById("app") as HTMLElement);
