/** The sentences about polls. The page loads them with the first poll. */

import { isolated } from "../models/bidi.js";

const plural = new Intl.PluralRules("en");
const counted = (/** @type {number} */ count, /** @type {string} */ one, /** @type {string} */ other) =>
  `${count.toLocaleString()} ${plural.select(count) === "one" ? one : other}`;

export const pollSay = {
  one: "Choose one",
  several: "Choose any number",
  anonymous: "Anonymous",
  closed: "Closed",
  endsAt: (/** @type {string} */ moment) => `Ends ${moment}`,
  votes: (/** @type {number} */ count) => counted(count, "vote", "votes"),
  voters: (/** @type {number} */ count) => (count === 0 ? "Nobody has voted yet" : `${counted(count, "person has", "people have")} voted`),
  takeBack: "Take my vote back",
  whoVoted: "Who voted",
  whoVotedFailed: "The votes could not be loaded.",
  nobody: "Nobody",
  close: "Close the poll",
  title: "New poll",
  question: "Question",
  questionHint: "For example: where shall we eat?",
  option: (/** @type {number} */ number) => `Option ${number}`,
  options: "Options",
  optionsHint: "2 to 10 of them. A new field appears as you type.",
  allowSeveral: "More than one choice",
  allowSeveralHint: "Everybody may vote for several options",
  isAnonymous: "Anonymous",
  isAnonymousHint: "Nobody sees who voted for what",
  end: "Ends (if you like)",
  endHint: "Nobody can vote after that",
  create: "Create the poll",
  creating: "Creating…",
  failed: "The poll could not be created. Try again.",
  problems: {
    question: "Write a question.",
    few: "Write at least two options.",
    same: (/** @type {string} */ option) => `“${isolated(option)}” is there twice.`,
    past: "Choose an end in the future.",
  },
};
