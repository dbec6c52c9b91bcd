/**
 * The keyboard in the list of messages. Tab enters it at one message, the arrow keys go from message to message, and
 * single keys do what the buttons of the chosen message do.
 */

import { useState } from "preact/hooks";
import { edit, replyTo } from "../composing.js";
import { mayDelete } from "../models/permissions.js";
import { conversationOf, me } from "../store.js";
import { openFor } from "./messageparts.js";
import { parts } from "./opendialog.js";

/**
 * @typedef {import("../models/rows.js").Row} Row
 * @typedef {import("../models/rows.js").MessageRow} MessageRow
 */

/**
 * @param {string} id the conversation's key
 * @param {Row[]} drawn
 */
export function useMessageKeys(id, drawn) {
  const [chosen, setChosen] = useState("");
  const messages = /** @type {MessageRow[]} */ (drawn.filter(({ type }) => type === "message"));
  const current = messages.some(({ key }) => key === chosen) ? chosen : (messages.at(-1)?.key ?? "");
  const onFocus = (/** @type {FocusEvent} */ event) => {
    const key = rowOf(event.target)?.dataset.row;
    if (key) setChosen(key);
  };
  /** @returns {boolean} whether the key was for a message */
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const row = rowOf(event.target);
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return false;
    const action = MOVES[event.key] ? () => step(row, MOVES[event.key]) : actionOf(event.key, id, messages.find(({ key }) => key === row.dataset.row), row);
    if (!action) return false;
    event.preventDefault();
    action();
    return true;
  };
  return { current, onFocus, onKey };
}

/** @type {Record<string, "previousElementSibling" | "nextElementSibling">} */
const MOVES = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" };

/** @param {EventTarget | null} element */
function rowOf(element) {
  return element instanceof Element ? /** @type {HTMLElement | null} */ (element.closest("article[data-row]")) : null;
}

/**
 * @param {Element} row
 * @param {"previousElementSibling" | "nextElementSibling"} direction
 */
function step(row, direction) {
  let next = row[direction];
  while (next && !next.matches("article[data-row]")) next = next[direction];
  if (next instanceof HTMLElement) next.focus();
}

/**
 * @param {string} key that was pressed
 * @param {string} id
 * @param {MessageRow | undefined} row
 * @param {Element} element
 * @returns {(() => void) | null}
 */
function actionOf(key, id, row, element) {
  const message = row?.message;
  if (!message || (message.deletedAt && !message.threadId)) return null;
  if (key === "t") return () => parts.value?.openThread(message);
  if (message.deletedAt) return null;
  if (key === "Enter" || key === "ContextMenu") return () => openFor("messageMenu", id, message, element.querySelector(".bubble"));
  if (key === "+") return () => openFor("emoji", id, message, element.querySelector(".bubble"));
  if (key === "r") return () => replyTo(id, message);
  if (key === "f") return () => openFor("forward", id, message);
  if (key === "s") return () => parts.value?.toggleSaved(message);
  if (key === "e" && !message.forwarded && message.sender === me.peek()) return () => edit(id, message);
  if (key === "Delete" && mayDelete(message, conversationOf(id), me.peek())) return () => openFor("deleteMessage", id, message);
  return null;
}
