/** A dialog that keeps the focus inside while it is open. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { closeDialog, openDialog } from "../dialogs";
import { Icon } from "./icon";

interface DialogProps {
  readonly name: string;
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

export function Dialog({ name, title, wide = false, children }: DialogProps) {
  return openDialog.value === name ? (
    <OpenDialog title={title} wide={wide} close={closeDialog}>
      {children}
    </OpenDialog>
  ) : null;
}

interface OpenDialogProps {
  readonly title: string;
  readonly wide?: boolean;
  /** Without it the dialog cannot be left but by what is in it. */
  readonly close?: () => void;
  readonly children: ComponentChildren;
}

export function OpenDialog({ title, wide = false, close, children }: OpenDialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  // At once: a key pressed before the next frame is the dialog's already.
  useLayoutEffect(() => openModal(element.current as HTMLDialogElement), []);
  return (
    <dialog
      ref={element}
      class={wide ? "dialog wide" : "dialog"}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close?.();
      }}
      onPointerDown={(event) => event.target === element.current && close?.()}
    >
      <div class="dialog-body">
        <header>
          <h2>{title}</h2>
          {close && (
            <button type="button" class="quiet" title="Close (Esc)" onClick={close}>
              <Icon name="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The keyboard goes to the control that wants it, else to the first; when it closes, back to where it was. */
function openModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  const first = ".dialog-body > :not(header) :is(input, select, textarea, button)";
  const wanted = dialog.querySelector<HTMLElement>("[autofocus]") ?? dialog.querySelector<HTMLElement>(first);
  wanted?.focus();
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
