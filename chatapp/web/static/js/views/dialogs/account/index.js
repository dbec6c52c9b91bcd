/** My account: a list of sections, each with a page of its own. A new section is a module here and a line in `SECTIONS`. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { say } from "../../../strings.js";
import { dialog, me, nameOf, session } from "../../../store.js";
import { Avatar } from "../../avatar.js";
import { Dialog } from "../../dialog.js";
import { html } from "../../html.js";
import { SectionMenu } from "../sectionmenu.js";
import { BlockedSection } from "./blocked.js";
import { EmailSection } from "./email.js";
import { LeaveSection } from "./leave.js";
import { OwnDataSection } from "./owndata.js";
import { PasskeysSection } from "./passkeys.js";
import { PasswordSection } from "./password.js";
import { SecondFactorSection } from "./secondfactor.js";
import { ProfileSection } from "./profile.js";
import { SessionsSection } from "./sessions.js";
import { UsernameSection } from "./username.js";

/** @typedef {import("../sectionmenu.js").Section} AccountSection */

/** @type {AccountSection[]} */
const SECTIONS = [
  { id: "profile", title: () => say.profile, hint: () => say.profileHint, Section: ProfileSection },
  { id: "username", title: () => say.username, hint: () => say.usernameHint, Section: UsernameSection },
  { id: "password", title: () => say.accountPassword, hint: () => say.accountPasswordHint, Section: PasswordSection },
  { id: "email", title: () => say.email, hint: () => say.emailHint, Section: EmailSection },
  { id: "passkeys", title: () => say.passkeys, hint: () => say.passkeysHint, Section: PasskeysSection },
  { id: "secondfactor", title: () => say.secondFactor, hint: () => say.secondFactorHint, Section: SecondFactorSection },
  { id: "blocked", title: () => say.accountBlocked, hint: () => say.accountBlockedHint, Section: BlockedSection },
  { id: "sessions", title: () => say.accountSessions, hint: () => say.accountSessionsHint, Section: SessionsSection },
  { id: "owndata", title: () => say.ownData, hint: () => say.ownDataHint, Section: OwnDataSection },
  { id: "leave", title: () => say.leaveAccount, hint: () => say.leaveAccountHint, Section: LeaveSection },
];

/** Leads to a dialog of its own. */
const ADMINISTRATION = { id: "administration", title: () => say.administration, hint: () => say.administrationHint };

export function AccountDialog() {
  const open = useSignal(/** @type {AccountSection | null} */ (null));
  const last = useSignal("");
  const show = (/** @type {AccountSection | null} */ section) => {
    last.value = open.peek()?.id ?? "";
    open.value = section;
  };
  const section = open.value;
  return html`<${Dialog} title=${section ? section.title() : say.account} onBack=${section && (() => show(null))}>
    ${section ? html`<${Page} key=${section.id} section=${section} />` : html`<${Menu} last=${last.value} onChoose=${show} />`}
  <//>`;
}

/** @param {{ section: AccountSection }} props */
function Page({ section }) {
  useLayoutEffect(() => {
    // A field of the section may have taken the focus.
    if (document.activeElement?.tagName !== "INPUT") document.getElementById("dialog-title")?.focus();
  }, []);
  return html`<${section.Section} />`;
}

/** @param {{ last: string, onChoose: (section: AccountSection) => void }} props */
function Menu({ last, onChoose }) {
  const name = nameOf(me.value);
  const isStaff = ["moderator", "administrator"].includes(session.value.role);
  const choose = (/** @type {any} */ entry) => (entry === ADMINISTRATION ? (dialog.value = "administration") : onChoose(entry));
  return html`
    <div class="account-me"><${Avatar} id=${me.value} name=${name} /><span><b><bdi>${name}</bdi></b><small><bdi>@${me.value}</bdi></small></span></div>
    <${SectionMenu} sections=${isStaff ? [...SECTIONS, ADMINISTRATION] : SECTIONS} last=${last} onChoose=${choose} />`;
}
