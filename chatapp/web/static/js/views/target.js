/** Brings the message that the address names into view, and marks it for a moment. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../strings.js";
import { summaryOf } from "../summaries.js";
import * as store from "../store.js";

/** @typedef {import("../models/rows.js").MessageRow} MessageRow */

const MARK_MILLISECONDS = 2_500;

/** Where the message is put, as a part of the visible height. */
const FROM_TOP = 1 / 3;

/**
 * @param {string} id
 * @param {import("./scroller.js").Scroller} scroller
 * @param {import("../models/rows.js").Row[]} rows
 * @returns {string | null} the key of the row to mark
 */
export function useTarget(id, scroller, rows) {
  const marked = useSignal(/** @type {string | null} */ (null));
  const reached = useRef(/** @type {object | null} */ (null));
  const found = useRef(/** @type {MessageRow | null} */ (null));
  const target = store.target.value;
  if (target?.key === id && target !== reached.current) {
    const row = rowAt(rows, target.sequence, scroller.hasEnd);
    if (row) {
      reached.current = target;
      found.current = row;
      scroller.holdAt(row.key, -scroller.height * FROM_TOP);
    }
  }
  useEffect(() => {
    const row = found.current;
    if (!row || row.message?.sequence !== target?.sequence) return undefined;
    marked.value = row.key;
    store.announcement.value = say.announceTarget({ name: store.nameOf(row.sender), text: summaryOf(row.message ?? row) });
    const timer = setTimeout(() => (marked.value = null), MARK_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [reached.current]);
  return marked.value;
}

/**
 * @param {import("../models/rows.js").Row[]} rows
 * @param {number} sequence
 * @param {boolean} isExact otherwise the next message will do, as where the message is hidden from me
 * @returns {MessageRow | null}
 */
function rowAt(rows, sequence, isExact) {
  for (const row of rows) {
    if (row.type !== "message" || !row.message || row.message.sequence < sequence) continue;
    return row.message.sequence === sequence || !isExact ? row : null;
  }
  return null;
}
