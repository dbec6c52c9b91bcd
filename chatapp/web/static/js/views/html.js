/** Templates without a build step: tagged strings become preact elements, never markup. */

import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);

/**
 * Joins the class names that apply.
 * @param {...(string | false | null | undefined)} names
 */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
