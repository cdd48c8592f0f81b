// The ready-made prompt of update policy "prompt": says that a new version is
// ready and lets the visitor decide. Styled through the CSSOM, which a strict
// Content-Security-Policy allows; sites restyle it by #swgen-prompt.

import type { Update } from "./register";

export interface Texts {
  message: string;
  accept: string;
  dismiss: string;
  lang: string;
}

export const prompt =
  ({ message, accept, dismiss, lang }: Texts) =>
  (update: Update): void => {
    if (document.getElementById("swgen-prompt")) return;
    const box = document.createElement("div");
    box.id = "swgen-prompt";
    box.lang = lang;
    // A live region is announced without taking the focus from what the
    // visitor is doing.
    box.setAttribute("role", "status");
    Object.assign(box.style, {
      position: "fixed",
      insetBlockEnd: "1rem",
      insetInlineEnd: "1rem",
      zIndex: "2147483647",
      maxWidth: "min(26rem, calc(100vw - 2rem))",
      boxSizing: "border-box",
      padding: "1rem",
      borderRadius: ".5rem",
      font: "1rem/1.4 system-ui, sans-serif",
      color: "CanvasText",
      background: "Canvas",
      border: "1px solid GrayText",
      boxShadow: "0 .25rem 1rem rgb(0 0 0 / .3)",
    });
    const button = (text: string, act: () => void): HTMLButtonElement => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      Object.assign(made.style, { font: "inherit", padding: ".4rem .8rem", marginInlineEnd: ".5rem", minHeight: "2.75rem" });
      made.addEventListener("click", () => {
        box.remove();
        act();
      });
      return made;
    };
    const text = document.createElement("p");
    text.style.margin = "0 0 .75rem";
    box.addEventListener("keydown", ({ key }) => {
      if (key == "Escape") box.remove();
    });
    box.append(text, button(accept, update.apply), button(dismiss, () => {}));
    document.body.append(box);
    // A live region speaks of changes to it, so the words come after it is there.
    setTimeout(() => (text.textContent = message), 50);
  };
