/** The sentences about the search, a part of strings.js. */

/** @param {(count: number) => string} counted says a number of messages */
export const searchSay = (counted) => ({
  palette: "Search",
  paletteOpen: "Search everything",
  paletteField: "Messages, people, groups, commands",
  paletteResults: "Results",
  paletteCommands: "Commands",
  paletteMessages: "Messages",
  paletteDetails: "Details of this conversation",
  paletteIn: "in",
  paletteTo: "to",
  paletteOrder: "Order of the messages",
  paletteNewest: "Newest",
  paletteBest: "Best",
  paletteMore: "Show more messages",
  paletteSearching: "Searching",
  paletteNoMessages: "No messages found.",
  paletteFound: (/** @type {number} */ count, /** @type {boolean} */ hasMore) =>
    hasMore ? `The first ${counted(count)}` : `${counted(count)} found`,
  paletteFilters: "Narrow a search for messages",
  /** @type {[string, string][]} */
  paletteFilterHints: [
    ['"at the station"', "These words in this order"],
    ["from:alice", "Written by somebody, or from:me"],
    ['in:"Weekend plans"', "In a group, or with a person"],
    ["before:2026-02-01", "Until the day before"],
    ["after:2026-01-31", "From this day on"],
    ["has:link", "With a link"],
    ["has:poll", "Polls"],
  ],
});
