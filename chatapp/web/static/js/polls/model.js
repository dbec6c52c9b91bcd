/** Polls: whether one is closed, how it looks with another vote of mine, and what is wrong with a new one. */

/**
 * @typedef {import("./types.js").Poll} Poll
 * @typedef {import("./types.js").NewPoll} NewPoll
 */

export const OPTIONS_MIN = 2;
export const OPTIONS_MAX = 10;
export const OPTION_CHARACTERS_MAX = 100;
export const QUESTION_CHARACTERS_MAX = 300;

/**
 * @param {Poll} poll
 * @param {number} now milliseconds since 1970
 */
export function isClosed({ closedAt, closesAt }, now) {
  return Boolean(closedAt) || (closesAt !== undefined && Date.parse(closesAt) <= now);
}

/**
 * @param {Poll} poll
 * @param {number[]} mine the options that I vote for now
 * @returns {Poll} with the counts as they will be
 */
export function withVote(poll, mine) {
  const before = poll.mine ?? [];
  const by = (/** @type {number} */ option) => Number(mine.includes(option)) - Number(before.includes(option));
  const voterCount = poll.voterCount + Number(mine.length > 0) - Number(before.length > 0);
  return { ...poll, mine, voterCount, options: poll.options.map((option, at) => ({ ...option, votes: option.votes + by(at) })) };
}

/**
 * @param {Poll} poll
 * @param {number} option that I have clicked
 * @returns {number[]} the options that I vote for then
 */
export function choose({ isMultiple, mine = [] }, option) {
  if (!isMultiple) return [option];
  return mine.includes(option) ? mine.filter((one) => one !== option) : [...mine, option];
}

/**
 * @param {Poll} poll
 * @param {number} option
 * @returns {number} the part of the voters who chose it, in percent
 */
export function percentOf({ options, voterCount }, option) {
  return voterCount > 0 ? Math.round((100 * options[option].votes) / voterCount) : 0;
}

/**
 * The fields of the options: always an empty one more, until there are as many as there may be.
 * @param {string[]} options
 */
export function withEmptyField(options) {
  const isFull = options.length >= OPTIONS_MAX || options.at(-1)?.trim() === "";
  return isFull ? options : [...options, ""];
}

/** @param {string[]} options @returns {string[]} those that say something */
export function writtenOf(options) {
  return options.map((option) => option.trim()).filter(Boolean);
}

/**
 * @param {NewPoll} poll
 * @param {number} now milliseconds since 1970
 * @returns {{ kind: "question" | "few" | "past" } | { kind: "same", option: string } | null}
 */
export function problemOf({ question, options, closesAt }, now) {
  if (!question) return { kind: "question" };
  if (options.length < OPTIONS_MIN) return { kind: "few" };
  const folded = options.map((option) => option.normalize("NFKC").toLowerCase());
  const twice = folded.findIndex((option, at) => folded.indexOf(option) !== at);
  if (twice >= 0) return { kind: "same", option: options[twice] };
  return closesAt !== undefined && Date.parse(closesAt) <= now ? { kind: "past" } : null;
}

/**
 * @param {{ sender: string, poll?: Poll }} message
 * @param {import("../models/conversation.js").Conversation} conversation
 * @param {string} me
 */
export function mayClose({ sender, poll }, { group, role }, me) {
  if (!poll || isClosed(poll, Date.now())) return false;
  return sender === me || (group && role !== "member");
}
