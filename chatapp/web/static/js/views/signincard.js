/** The card that people see before they are signed in. */

import { html } from "./html.js";
import { Mark } from "./icons.js";
import { LanguageChoice } from "./languagechoice.js";

/** @param {{ title: string, hint: string, children?: any }} props */
export function SignInCard({ title, hint, children }) {
  return html`<main class="signin">
    <section class="signin-card" aria-labelledby="signin-title">
      <header class="signin-head">
        <${Mark} size=${52} />
        <h1 id="signin-title">${title}</h1>
        <p>${hint}</p>
      </header>
      ${children}
      <${LanguageChoice} />
    </section>
  </main>`;
}
