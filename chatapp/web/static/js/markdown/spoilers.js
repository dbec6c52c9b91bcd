/** A rule for markdown-it: `||text||` is a spoiler. It pairs its marks as emphasis does. */

/**
 * @typedef {import("markdown-it").MarkdownIt} MarkdownIt
 * @typedef {import("markdown-it").StateInline} InlineState
 */

const MARK = "||";
const MARK_CODE = MARK.charCodeAt(0);

/** What ends a bare address: a spoiler's or a strike's mark, or italics at its end. */
const MARK_IN_ADDRESS = /\|\||~~|_+$/u;

/** markdown-it's own rule for plain text, which stops at every character that may mean something, does not stop at `|`. */
const PLAIN = /[^\n!#$%&*+\-:<=>@[\\\]^_`{|}~]+/uy;

/** @param {MarkdownIt} parser */
export function addSpoilers(parser) {
  parser.inline.ruler.at("text", readPlain);
  parser.inline.ruler.before("strikethrough", "spoiler", readMarks);
  parser.inline.ruler2.before("strikethrough", "spoiler", pairMarks);
}

/**
 * A bare address ends where the text that it stands in does. Else it would take the marks for its own, and a spoiler would be shown.
 * @param {MarkdownIt["linkify"]} linkify
 */
export function stopAtMarks(linkify) {
  const match = linkify.match.bind(linkify);
  const matchAtStart = linkify.matchAtStart.bind(linkify);
  linkify.match = (text) => match(text)?.map(withoutMarks) ?? null;
  linkify.matchAtStart = (text) => {
    const found = matchAtStart(text);
    return found && withoutMarks(found);
  };
}

/** @param {NonNullable<ReturnType<MarkdownIt["linkify"]["matchAtStart"]>>} found */
function withoutMarks(found) {
  const at = found.raw.search(MARK_IN_ADDRESS);
  const extra = at === -1 ? 0 : found.raw.length - at;
  found.lastIndex -= extra;
  found.raw = found.raw.slice(0, found.raw.length - extra);
  found.text = found.text.slice(0, found.text.length - extra);
  found.url = found.url.slice(0, found.url.length - extra);
  return found;
}

/**
 * @param {InlineState} state
 * @param {boolean} silent
 */
function readPlain(state, silent) {
  PLAIN.lastIndex = state.pos;
  const found = PLAIN.exec(state.src)?.[0];
  if (!found || state.pos + found.length > state.posMax) return readUpToEnd(state, found, silent);
  if (!silent) state.pending += found;
  state.pos += found.length;
  return true;
}

/**
 * @param {InlineState} state
 * @param {string | undefined} found text that goes on beyond the part that is being read
 * @param {boolean} silent
 */
function readUpToEnd(state, found, silent) {
  const text = found?.slice(0, state.posMax - state.pos);
  if (!text) return false;
  if (!silent) state.pending += text;
  state.pos += text.length;
  return true;
}

/**
 * @param {InlineState} state
 * @param {boolean} silent
 */
function readMarks(state, silent) {
  if (silent || state.src.charCodeAt(state.pos) !== MARK_CODE) return false;
  const { length, can_open: open, can_close: close } = state.scanDelims(state.pos, true);
  if (length < MARK.length) return false;
  if (length % MARK.length) state.push("text", "", 0).content = "|";
  for (let at = 0; at + MARK.length <= length; at += MARK.length) {
    state.push("text", "", 0).content = MARK;
    state.delimiters.push({ marker: MARK_CODE, length: 0, token: state.tokens.length - 1, end: -1, open, close });
  }
  state.pos += length;
  return true;
}

/** @param {InlineState} state */
function pairMarks(state) {
  const lists = [state.delimiters, ...state.tokens_meta.map((found) => found?.delimiters ?? [])];
  for (const delimiters of lists) {
    for (const { marker, end, token } of delimiters) {
      if (marker !== MARK_CODE || end === -1) continue;
      turnInto(state, token, "spoiler_open", 1);
      turnInto(state, delimiters[end].token, "spoiler_close", -1);
    }
  }
  return true;
}

/**
 * @param {InlineState} state
 * @param {number} at
 * @param {string} type
 * @param {1 | -1} nesting
 */
function turnInto(state, at, type, nesting) {
  Object.assign(state.tokens[at], { type, nesting, tag: "", markup: MARK, content: "" });
}
