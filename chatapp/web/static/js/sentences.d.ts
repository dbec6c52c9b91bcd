/** The sentences' names and arguments, for the type checker only. A test compares them with the catalogues. */

import type early from "../locales/en.json";
import type late from "../locales/en.later.json";

type Count = { count: number };
type Name = { name: string };
type Text = { text: string };
type Group = { group: string };
type Moment = { moment: string };

export interface Arguments {
  threadIn: Name;
  threadReplies: Count;
  addButton: Count;
  announceElsewhere: Name;
  announceMention: Name;
  announceMessage: Name & Text;
  announceTarget: Name & Text;
  answering: Name;
  bytesLeft: Count;
  composerLabel: Name;
  composerPlaceholder: Name;
  dayAt: { day: string; time: string };
  deletedBy: Name;
  deleteTitle: Group;
  detailsCreated: Moment;
  doNotDisturbZone: { zone: string };
  emojiNone: Text;
  emptyGroup: Name;
  emptyPrivate: Name;
  groupPicked: Count;
  groupRemove: Name;
  hiddenControl: { code: string };
  joinGroup: Name;
  joinPasswordHint: Count;
  lastSeen: Moment;
  leaveTitle: Group;
  listNoMatch: Text;
  members: Count;
  membersOnline: Count;
  mentionedYou: Text;
  mentionsFound: Count;
  memberRemoveHint: Group;
  memberRemoveTitle: Name;
  messagesWith: Name;
  missingPerson: { username: string };
  newBelow: Count;
  notifyGroup: Name & Group;
  openGroupNamed: Name;
  others: Count;
  paletteFound: Count;
  paletteFoundFirst: Count;
  peopleOnline: Count;
  forwardedFrom: Name;
  forwardButton: Count;
  forwardedNow: Count;
  forwardPicked: Count;
  laterDone: Moment;
  laterTooFar: Count;
  laterZone: { zone: string };
  pollEndsAt: Moment;
  pollOption: { number: number };
  pollSameOption: { option: string };
  pollVoters: Count;
  pollVotes: Count;
  savedBy: Name & { conversation: string };
  scheduledCount: Count;
  scheduledFailed: Count;
  scheduledNotSent: { reason: string };
  scheduledTo: Name;
  pinnedBy: Name;
  previewFrom: Name;
  reactionBy: Count & { emoji: string; people: string };
  receiptsAtLatest: Moment;
  receiptsDelivered: Count;
  receiptsRead: Count;
  receiptsShow: { state: string };
  receiptsWaiting: Count;
  roleIn: { role: string };
  rowLabel: Name & { time: string };
  selfName: Name;
  shortcutFormat: Name;
  signInNoMatch: Text;
  signInTooMany: { seconds: number };
  titleUnread: { count: string };
  todayAt: { time: string };
  tooLong: Count & { most: number };
  typingOne: Name;
  typingTwo: Name & { other: string };
  unread: Count;
  unreadMentions: Count;
  yesterdayAt: { time: string };
}

type Texts = typeof early & typeof late;

/** A sentence is a text, or a function of its arguments. */
export type Say = { readonly [Key in keyof Texts]: Key extends keyof Arguments ? (values: Arguments[Key]) => string : Texts[Key] };
