/** The people whom an `@` in the message field could mean. The focus stays in the field: its keys move in the list. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { fetchGroup } from "../../api.js";
import { takeGroup } from "../../changes.js";
import { choicesFor, speakersIn, typedMention } from "../../models/mentionchoices.js";
import { shownOf } from "../../models/passage.js";
import { conversationOf, me, nameOf, people, timelineOf } from "../../store.js";
import { say } from "../../strings.js";
import { Avatar } from "../avatar.js";
import { BotBadge } from "../botbadge.js";
import { applyEdit } from "../editing.js";
import { classes, html } from "../html.js";

/** @typedef {import("../../models/mentionchoices.js").Choice} Choice */

const LIST = "mention-list";

/** @param {{ id: string, field: HTMLTextAreaElement, text: string }} props */
export function MentionList({ id, field, text }) {
  const typed = useTyped(field, text);
  const [closedAt, setClosedAt] = useState(-1);
  const [current, setCurrent] = useState(0);
  useMembers(id);
  const choices = typed && typed.start !== closedAt ? choicesFor(peopleOf(id), speakersIn(shownOf(timelineOf(id).value).messages), typed.query) : [];
  const at = Math.min(current, choices.length - 1);
  useEffect(() => setCurrent(0), [typed?.start, typed?.query]);
  useEffect(() => void (!typed && setClosedAt(-1)), [typed]);
  const choose = (/** @type {Choice} */ { username }) => {
    if (!typed) return;
    const insert = `@${username} `;
    const end = typed.start + insert.length;
    applyEdit(field, { from: typed.start, to: field.selectionStart, insert, start: end, end });
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (choices.length === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    if (steps[event.key]) setCurrent((at + steps[event.key] + choices.length) % choices.length);
    else if (event.key === "Enter" || event.key === "Tab") choose(choices[at]);
    else if (event.key === "Escape" && typed) setClosedAt(typed.start);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  useFieldKeys(field, onKey, choices.length > 0 ? `${LIST}-${at}` : null);
  if (choices.length === 0) return null;
  return html`<div class="mention-place">
    <div id=${LIST} class="mention-list" role="listbox" tabIndex=${0} aria-label=${say.mentionSuggestions}>
      ${choices.map((choice, index) => html`<${Option} key=${choice.username} choice=${choice} index=${index} isCurrent=${index === at} choose=${choose} />`)}
    </div>
    <span class="unseen" role="status">${say.mentionsFound({ count: choices.length })}</span>
  </div>`;
}

/** @param {{ choice: Choice, index: number, isCurrent: boolean, choose: (choice: Choice) => void }} props */
function Option({ choice, index, isCurrent, choose }) {
  const { username, name } = choice;
  // The field keeps the focus.
  const keepFocus = (/** @type {Event} */ event) => event.preventDefault();
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => void (isCurrent && element.current?.scrollIntoView({ block: "nearest" })), [isCurrent]);
  return html`<div id=${`${LIST}-${index}`} ref=${element} role="option" aria-selected=${isCurrent} class=${classes("mention-option", isCurrent && "mention-current")}
      onPointerDown=${keepFocus} onMouseDown=${keepFocus} onClick=${() => choose(choice)}>
    <${Avatar} id=${username} name=${name} size="small" />
    <b><bdi>${name}</bdi></b> <small><bdi dir="ltr">@${username}</bdi></small><${BotBadge} username=${username} />
  </div>`;
}

/** What is typed before the caret; null while an input method composes. @param {HTMLTextAreaElement} field @param {string} text */
function useTyped(field, text) {
  const [caret, setCaret] = useState(field.selectionStart);
  const [isComposing, setComposing] = useState(false);
  useEffect(() => {
    const look = () => setCaret(field.selectionStart === field.selectionEnd && document.activeElement === field ? field.selectionStart : -1);
    const begin = () => setComposing(true);
    const end = () => setComposing(false);
    const names = ["input", "keyup", "click", "focus", "blur"];
    for (const name of names) field.addEventListener(name, look);
    field.addEventListener("compositionstart", begin);
    field.addEventListener("compositionend", end);
    return () => {
      for (const name of names) field.removeEventListener(name, look);
      field.removeEventListener("compositionstart", begin);
      field.removeEventListener("compositionend", end);
    };
  }, [field]);
  return useMemo(() => (isComposing || caret < 0 ? null : typedMention(text, caret)), [isComposing, caret, text]);
}

/**
 * The keys come here before the field's own handlers. A screen reader hears of the current choice through the field.
 * @param {HTMLTextAreaElement} field
 * @param {(event: KeyboardEvent) => void} onKey
 * @param {string | null} active
 */
function useFieldKeys(field, onKey, active) {
  useLayoutEffect(() => {
    field.addEventListener("keydown", onKey, { capture: true });
    return () => field.removeEventListener("keydown", onKey, { capture: true });
  });
  useLayoutEffect(() => {
    if (active === null) return undefined;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", LIST);
    field.setAttribute("aria-activedescendant", active);
    return () => {
      for (const name of ["aria-autocomplete", "aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
    };
  }, [field, active]);
}

/** The members of a large group are fetched when they are asked for. @param {string} id */
function useMembers(id) {
  const { group, members, receiver } = conversationOf(id);
  const isUnknown = group && members.length === 0;
  useEffect(() => {
    if (isUnknown) fetchGroup(receiver).then(takeGroup, () => {});
  }, [id, isUnknown]);
}

/** @param {string} id @returns {Choice[]} whom a message here may mention, but myself */
function peopleOf(id) {
  const { group, members, receiver } = conversationOf(id);
  const usernames = (group ? members.map(({ username }) => username) : [receiver]).filter((username) => username !== me.value && people.value.has(username));
  const choices = usernames.map((username) => ({ username, name: nameOf(username) }));
  return group ? [...choices, { username: "group", name: say.mentionGroup, isForAll: true }, { username: "here", name: say.mentionHere, isForAll: true }] : choices;
}
