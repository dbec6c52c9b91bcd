/** The choice of the page's language. Each language is called what it is called in itself, so that its speakers find it. */

import { chooseLanguage, chosenLanguage, languages } from "../language.js";
import { say } from "../strings.js";
import { html } from "./html.js";

export function LanguageChoice() {
  const choose = (/** @type {any} */ event) => chooseLanguage(event.target.value);
  return html`<label class="language">
    <span>${say.language}</span>
    <select name="language" value=${chosenLanguage.value} onChange=${choose}>
      <option value="">${say.languageSystem}</option>
      ${languages.map(({ code, name }) => html`<option key=${code} value=${code} lang=${code}>${name}</option>`)}
    </select>
  </label>`;
}
